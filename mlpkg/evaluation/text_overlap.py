"""What a text shares with a reference text: its word sequences, and each of its lines.

For corpora that give the main text of a page but no labels of its lines. Words are
compared whatever their case and punctuation.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import astuple, dataclass
from typing import Literal

import numpy as np

from mlpkg.evaluation.bootstrap import (
    MetricRow,
    bootstrap_means,
    percentile_interval,
    resampled_sums,
)
from mlpkg.exceptions import DataError

__all__ = ["Place", "ShingleCounts", "line_places", "overlap_rows", "shingle_counts"]

# A shorter line may stand in a text by chance: "read more", "the company".
MIN_RUN = 5

# Of a line: in the reference text, not in it, or not to be told.
Place = Literal["inside", "outside", "ambiguous"]

_METRICS = ("precision", "recall", "f1")
_WORD = re.compile(r"\w+")


@dataclass(frozen=True, slots=True)
class ShingleCounts:
    """Word sequences of two texts; counts of several pairs add up.

    Parameters
    ----------
    shared, found, reference
        How many are in both, in the text found, in the reference text. A sequence
        that repeats counts each time.

    Examples
    --------
    >>> counts = ShingleCounts(3, 4, 6) + ShingleCounts(1, 1, 2)
    >>> counts.precision, counts.recall
    (0.8, 0.5)
    """

    shared: int
    found: int
    reference: int

    def __add__(self, other: ShingleCounts) -> ShingleCounts:
        return ShingleCounts(
            self.shared + other.shared,
            self.found + other.found,
            self.reference + other.reference,
        )

    @property
    def precision(self) -> float:
        """Share of the found that is in the reference; 0 where nothing was found."""
        return self.shared / self.found if self.found else float(not self.reference)

    @property
    def recall(self) -> float:
        """Share of the reference that was found; 0 where it is empty."""
        return self.shared / self.reference if self.reference else float(not self.found)

    @property
    def f1(self) -> float:
        """Harmonic mean of both; where both texts are empty all three are 1."""
        total = self.found + self.reference
        return 2 * self.shared / total if total else 1.0


def shingle_counts(found: str, reference: str, size: int = 4) -> ShingleCounts:
    """Compare two texts as multisets of word sequences (shingles).

    Parameters
    ----------
    found, reference
        Any texts; white space, line ends, case and punctuation do not matter.
    size
        Words a sequence, at least 1. A text with fewer words is one sequence.

    Returns
    -------
    ShingleCounts
        With precision, recall and F1.

    Raises
    ------
    DataError
        `size` is below 1.

    Notes
    -----
    The measure of benchmarks of article extraction, with four words. Unlike the sets
    of `mlpkg.evaluation.near_duplicates`, a passage extracted twice counts as wrong
    once. Linear in the length of the texts.

    Examples
    --------
    >>> shingle_counts("One two three.", "ONE two three four", size=2).recall
    0.6666666666666666
    """
    if size < 1:
        raise DataError(f"size is {size!r}, expected a number of words of at least 1")
    ours, theirs = _shingles(found, size), _shingles(reference, size)
    return ShingleCounts((ours & theirs).total(), ours.total(), theirs.total())


def overlap_rows(
    counts: Sequence[ShingleCounts], n: int = 1000, level: float = 0.95, seed: int = 0
) -> tuple[MetricRow, ...]:
    """Give the scores of several texts, each page of equal weight and pooled.

    Parameters
    ----------
    counts
        One a page.
    n, level, seed
        Resamples of pages, level and seed of the intervals.

    Returns
    -------
    tuple of MetricRow
        ``precision``, ``recall`` and ``f1``: means over the pages, with support in
        pages; then ``pooled_precision`` and so on of the sums of the counts, in which
        a long page weighs more, with support in word sequences of the reference.

    Raises
    ------
    DataError
        There is no page.
    """
    if not counts:
        raise DataError("no counts to average; compare at least one text")
    means = {name: np.array([getattr(c, name) for c in counts]) for name in _METRICS}
    pages = [str(place) for place in range(len(counts))]
    sums = resampled_sums(np.array([astuple(c) for c in counts]), n, seed)
    drawn = [ShingleCounts(*row) for row in sums.astype(int).tolist()]
    total = sum(counts, start=ShingleCounts(0, 0, 0))
    pooled = tuple(
        MetricRow(
            f"pooled_{name}",
            "",
            getattr(total, name),
            *percentile_interval(np.array([getattr(c, name) for c in drawn]), level),
            total.reference,
        )
        for name in _METRICS
    )
    return bootstrap_means(means, pages, n, level, seed) + pooled


def line_places(lines: Sequence[str], reference: str, title: str = "") -> list[Place]:
    """Tell which lines of a page stand in a reference text.

    Parameters
    ----------
    lines
        The lines, or blocks, of a page.
    reference
        The main text of the page, one of its blocks a line.
    title
        The page's title.

    Returns
    -------
    list of {"inside", "outside", "ambiguous"}
        A line is inside when its words are those of a line of the reference text, or
        when it has five words or more and they follow each other somewhere in that
        text. It is ambiguous when it is the title (the headline, which references
        hold or leave out, or a copy of it), when it has no words, and when a shorter
        line stands in the text but is no line of it.

    Examples
    --------
    >>> line_places(["Home", "It rained.", "rained"], "It rained.")
    ['outside', 'inside', 'ambiguous']
    """
    whole = {_words(line) for line in reference.split("\n")}
    text, headline = _words(reference), _words(title)
    return [_place(_words(line), whole, text, headline) for line in lines]


def _place(line: str, whole: set[str], text: str, headline: str) -> Place:
    """Judge one line by its words."""
    if line in (headline, ""):
        return "ambiguous"
    if line in whole:
        return "inside"
    # Between spaces, so that no word counts as the end of another.
    if f" {line} " not in f" {text} ":
        return "outside"
    return "inside" if line.count(" ") + 1 >= MIN_RUN else "ambiguous"


def _shingles(text: str, size: int) -> Counter[tuple[str, ...]]:
    """Count the word sequences of a text."""
    words = _WORD.findall(text.casefold())
    if not words:
        return Counter()
    last = max(len(words) - size, 0)
    return Counter(tuple(words[i : i + size]) for i in range(last + 1))


def _words(text: str) -> str:
    """Return the words of a text, a space between them."""
    return " ".join(_WORD.findall(text.casefold()))
