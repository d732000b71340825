"""Place features: where a segment stands on its page, and what stands around it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from mlpkg.features.measured_texts import MeasuredTexts, content_words
from mlpkg.records import Page, Segment

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["PLACE", "place_values"]

PLACE = (
    "from_top",
    "from_bottom",
    "relative",
    "index_in_block",
    "block_segments",
    "block_characters",
    "last_in_block",
    "copies",
    "copy_before",
    "prose_before",
    "prose_after",
    "prose_near_before",
    "prose_near_after",
    "before_first_prose",
    "after_last_prose",
    "gap_before",
    "gap_after",
    "title_overlap",
    "top_overlap",
    "page_segments",
    "page_prose_share",
    "told_in_body",
    "headline_like",
    "after_headline",
)
# A segment of this many words, cut at white space, that ends like a sentence is prose.
PROSE_WORDS = 9
NEAR = 4
# Prose further away than this is nowhere near.
FAR = 20
# Headlines have at least this many words; beyond the other length says nothing more.
MIN_HEADLINE_WORDS = 4
HEADLINE_WORDS = 10
# Lines above which a copy of the headline may stand.
TOP_LINES = 40


def place_values(page: Page, measured: MeasuredTexts) -> NDArray[np.float32]:
    """Values of `PLACE`, given the page's texts; shape (n_segments, len(PLACE))."""
    texts, words = measured.texts, measured.content_words
    total = len(texts)
    prose = (measured.pieces >= PROSE_WORDS) & measured.stopped
    told = _told_in_body(words, prose)
    headline = _headline(measured.pieces, told, _body_start(prose))
    index = np.arange(total)
    columns = (
        np.log1p(index),
        np.log1p(total - 1 - index),
        index / max(1, total - 1),
        *_block_columns(page.segments),
        *_copy_columns(texts),
        *_prose_columns(prose),
        _title_overlaps(words, content_words(page.article.title)),
        _top_overlaps(words),
        np.log1p(total),
        prose.sum() / max(1, total),
        told,
        index == headline,
        (index > headline) & (index <= headline + 2),
    )
    values = np.empty((total, len(PLACE)), np.float32)
    for number, column in enumerate(columns):
        values[:, number] = column
    return values


def _block_columns(segments: Sequence[Segment]) -> Iterator[NDArray[Any]]:
    """Columns from `index_in_block` to `last_in_block`."""
    blocks = [segment.block for segment in segments]
    begins = np.array(
        [
            b is not a or b is None
            for a, b in zip([None, *blocks], blocks, strict=False)
        ],
        dtype=bool,
    )
    number = np.cumsum(begins) - 1
    firsts = np.flatnonzero(begins)
    ends = np.append(firsts, len(segments))[1:]
    characters = np.array(
        [
            segments[end - 1].end - segments[first].start
            for first, end in zip(firsts.tolist(), ends.tolist(), strict=True)
        ],
        dtype=np.intp,
    )
    index = np.arange(len(segments))
    yield np.log1p(index - firsts[number])
    yield np.log1p((ends - firsts)[number])
    yield np.log1p(characters[number])
    yield index == ends[number] - 1


def _copy_columns(texts: Sequence[str]) -> Iterator[NDArray[Any]]:
    """Columns `copies` and `copy_before`."""
    counts = Counter(texts)
    yield np.log1p([counts[text] - 1 for text in texts])
    first: dict[str, int] = {}
    yield np.array([first.setdefault(text, i) < i for i, text in enumerate(texts)])


def _prose_columns(prose: NDArray[np.bool_]) -> Iterator[NDArray[Any]]:
    """Columns from `prose_before` to `gap_after`."""
    total = len(prose)
    index = np.arange(total)
    running = np.concatenate([[0], np.cumsum(prose)])
    yield np.log1p(running[:-1])
    yield np.log1p(running[-1] - running[1:])
    yield (running[:-1] - running[np.maximum(0, index - NEAR)]) / NEAR
    yield (running[np.minimum(total, index + 1 + NEAR)] - running[1:]) / NEAR
    yield running[1:] == 0
    yield running[:-1] == running[-1]
    yield np.log1p(_gaps(prose))
    yield np.log1p(_gaps(prose[::-1])[::-1])


def _gaps(prose: NDArray[np.bool_]) -> NDArray[np.int64]:
    """Segments back to the nearest prose before each segment, at most `FAR`."""
    index = np.arange(len(prose))
    last = np.maximum.accumulate(np.where(prose, index, -FAR))
    before = np.concatenate([[-FAR], last[:-1]])
    gaps: NDArray[np.int64] = np.minimum(index - before, FAR)
    return gaps


def _told_in_body(words: list[frozenset[str]], prose: NDArray[np.bool_]) -> list[float]:
    """For each segment the share of its words that stand in the page's prose too.

    A page tells what its headline announces; teasers of other stories it does not.
    """
    counts: Counter[str] = Counter()
    for found, is_prose in zip(words, prose, strict=True):
        if is_prose:
            counts.update(found)
    once = frozenset(counts)
    again = frozenset(word for word in counts if counts[word] > 1)
    return [
        len(found & (again if is_prose else once)) / (len(found) or 1)
        for found, is_prose in zip(words, prose, strict=True)
    ]


def _body_start(prose: NDArray[np.bool_]) -> int:
    """Return the first prose that more prose follows soon: lone lines are notices."""
    running = np.concatenate([[0], np.cumsum(prose), np.full(NEAR, prose.sum())])
    soon = running[1 + NEAR :] - running[1 : 1 + len(prose)]
    found = np.flatnonzero(prose & (soon >= NEAR // 2))
    return int(found[0]) if len(found) else len(prose)


def _headline(pieces: NDArray[np.intp], told: list[float], first: int) -> int:
    """Return the line above the prose that reads most like its headline, or -10."""
    best, place = 0.0, -10
    for i, words in enumerate(pieces[:first].tolist()):
        score = told[i] * min(words, HEADLINE_WORDS)
        if words >= MIN_HEADLINE_WORDS and score > best:
            best, place = score, i
    return place


def _title_overlaps(words: list[frozenset[str]], title: frozenset[str]) -> list[float]:
    """Share of the words of a segment and the title that both hold (Jaccard)."""
    shared = [len(found & title) for found in words]
    return [
        common / (len(found) + len(title) - common) if common else 0.0
        for found, common in zip(words, shared, strict=True)
    ]


def _top_overlaps(words: list[frozenset[str]]) -> list[float]:
    """For each segment its largest overlap (Jaccard) with a line above near the top.

    Lines are found by their words: few lines share any.
    """
    by_word: dict[str, list[int]] = {}
    overlaps: list[float] = []
    for i, found in enumerate(words):
        lines = [line for word in found if word in by_word for line in by_word[word]]
        size = len(found)
        overlaps.append(
            max(n / (size + len(words[line]) - n) for line, n in Counter(lines).items())
            if lines
            else 0.0
        )
        if i < TOP_LINES and size >= MIN_HEADLINE_WORDS:
            for word in found:
                by_word.setdefault(word, []).append(i)
    return overlaps
