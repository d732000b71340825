"""Nearly equal texts on two sides, found without comparing every pair."""

from __future__ import annotations

import math
import re
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

__all__ = ["NearDuplicate", "near_duplicates"]

_WORD = re.compile(r"\w+")
# Odd, with well-mixed bits: numbers of words become hashes of word sequences.
_MIX = np.uint64(0x9E3779B97F4A7C15)


@dataclass(frozen=True, slots=True)
class NearDuplicate:
    """One text that nearly stands on the other side.

    Parameters
    ----------
    text, other
        Place in the first and in the second list.
    similarity
        Jaccard similarity of their shingles, 0 to 1.
    """

    text: int
    other: int
    similarity: float


def near_duplicates(
    texts: Sequence[str],
    others: Sequence[str],
    *,
    threshold: float = 0.7,
    size: int = 5,
) -> list[NearDuplicate]:
    """Find each text that is nearly equal to one of the others.

    Parameters
    ----------
    texts, others
        The two sides.
    threshold
        Least Jaccard similarity, above 0 and up to 1.
    size
        Words a shingle; a text with fewer has none and resembles nothing.

    Returns
    -------
    list of NearDuplicate
        At most one a text, the first that was found, in the order of `texts`.

    Notes
    -----
    Texts are compared as sets of word shingles (Broder 1997, "On the resemblance and
    containment of documents"), whatever their case and punctuation. The search is
    exact where Broder samples: two sets that are similar enough share one of their
    rarest shingles (prefix filter of Chaudhuri, Ganti and Kaushik 2006), so an index
    of those gives all candidates. Near-linear as long as rare shingles are rare. In
    short texts one word is much: changed amid 20, it leaves 11 of 21 shingles.

    Examples
    --------
    >>> words = "the old quay was closed to all ships on monday by the port office"
    >>> near_duplicates([words + " again"], ["a quiet day", words])
    [NearDuplicate(text=0, other=1, similarity=0.9090909090909091)]
    """
    rows = _shingles([*texts, *others], size)
    own, foreign = rows[: len(texts)], rows[len(texts) :]
    index: dict[int, list[int]] = defaultdict(list)
    for place, row in enumerate(foreign):
        for shingle in row[: _prefix(len(row), threshold)]:
            index[shingle].append(place)
    sets = [frozenset(row) for row in foreign]
    matches = (
        _first_match(place, row, index, sets, threshold)
        for place, row in enumerate(own)
    )
    return [match for match in matches if match is not None]


def _first_match(
    place: int,
    row: list[int],
    index: dict[int, list[int]],
    sets: list[frozenset[int]],
    threshold: float,
) -> NearDuplicate | None:
    """Look a text up by its rarest shingles and compare the candidates."""
    own = frozenset(row)
    seen: set[int] = set()
    for shingle in row[: _prefix(len(row), threshold)]:
        for other in index.get(shingle, ()):
            if other in seen:
                continue
            seen.add(other)
            shared = len(own & sets[other])
            similarity = shared / (len(own) + len(sets[other]) - shared)
            if similarity >= threshold:
                return NearDuplicate(place, other, similarity)
    return None


def _prefix(length: int, threshold: float) -> int:
    """Count the shingles of which a similar set must share one."""
    # The tolerance keeps 0.7 * 10 from needing 8 shared shingles.
    return length - math.ceil(threshold * length - 1e-9) + 1 if length else 0


def _shingles(texts: Sequence[str], size: int) -> list[list[int]]:
    """Turn each text into numbers of its distinct shingles, the rarest first."""
    numbers: dict[str, int] = {}
    lengths, words = [], []
    for text in texts:
        found = _WORD.findall(text.casefold())
        lengths.append(len(found))
        words += [numbers.setdefault(word, len(numbers)) for word in found]
    hashes = _hash_windows(np.array(words, dtype=np.uint64), size)
    _, codes, counts = np.unique(hashes, return_inverse=True, return_counts=True)
    ranks = np.empty(len(counts), dtype=np.int64)
    ranks[np.argsort(counts, kind="stable")] = np.arange(len(counts))
    ranked = ranks[codes]
    starts = np.cumsum([0, *lengths])[:-1]
    return [
        # A window that begins in the last words would reach into the next text.
        sorted(set(ranked[start : start + max(length - size + 1, 0)].tolist()))
        for start, length in zip(starts, lengths, strict=True)
    ]


def _hash_windows(words: NDArray[np.uint64], size: int) -> NDArray[np.uint64]:
    """Hash every window of words to 64 bits."""
    hashes = np.zeros(max(len(words) - size + 1, 0), dtype=np.uint64)
    for place in range(size):
        hashes ^= words[place : place + len(hashes)] + np.uint64(1)
        hashes *= _MIX
        hashes ^= hashes >> np.uint64(29)
    return hashes
