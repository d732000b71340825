"""Place features: where a segment stands on its page, and what stands around it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from math import log1p
from typing import TYPE_CHECKING, Any

import numpy as np

from mlpkg.features.shape import FUNCTION_WORDS, STOPPED, WORD
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
# A segment of this many words that ends like a sentence is taken for prose.
PROSE_WORDS = 9
NEAR = 4
# Prose further away than this is nowhere near.
FAR = 20
# Headlines have at least this many words; beyond the other length says nothing more.
MIN_HEADLINE_WORDS = 4
HEADLINE_WORDS = 10
# Lines above which a copy of the headline may stand.
TOP_LINES = 40


def place_values(page: Page) -> NDArray[np.float32]:
    """Return the values of `PLACE`, shape (n_segments, len(PLACE))."""
    texts = page.texts
    total = len(texts)
    words = [_words(text) for text in texts]
    prose = np.array([_is_prose(text) for text in texts], dtype=bool)
    told = _told_in_body(words, prose)
    headline = _headline(texts, told, _body_start(prose))
    index = np.arange(total)
    title = _words(page.article.title)
    columns = [
        np.log1p(index),
        np.log1p(total - 1 - index),
        index / max(1, total - 1),
        *_block_columns(page.segments),
        *_copy_columns(texts),
        *_prose_columns(prose),
        [_overlap(found, title) for found in words],
        _top_overlaps(words),
        np.full(total, np.log1p(total)),
        np.full(total, prose.sum() / max(1, total)),
        told,
        index == headline,
        (index > headline) & (index <= headline + 2),
    ]
    return np.array(columns, dtype=np.float32).T


def _block_columns(segments: tuple[Segment, ...]) -> Iterator[Sequence[float]]:
    """Columns from `index_in_block` to `last_in_block`."""
    found = np.array(_block_positions(segments)).reshape(-1, 3).T
    yield from np.log1p(found)
    yield found[0] == found[1] - 1


def _copy_columns(texts: list[str]) -> Iterator[Sequence[float]]:
    """Columns `copies` and `copy_before`."""
    counts = Counter(texts)
    yield [log1p(counts[text] - 1) for text in texts]
    seen: set[str] = set()
    before = []
    for text in texts:
        before.append(float(text in seen))
        seen.add(text)
    yield before


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


def _is_prose(text: str) -> bool:
    """Tell whether a text looks like a sentence of running prose."""
    return len(text.split()) >= PROSE_WORDS and STOPPED.search(text) is not None


def _block_positions(segments: tuple[Segment, ...]) -> list[tuple[int, int, int]]:
    """For each segment its place in its block, the block's segments and length."""
    groups: list[list[Segment]] = []
    for segment in segments:
        if groups and groups[-1][-1].block is segment.block is not None:
            groups[-1].append(segment)
        else:
            groups.append([segment])
    return [
        (place, len(group), group[-1].end - group[0].start)
        for group in groups
        for place in range(len(group))
    ]


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
        len(found & (again if is_prose else once)) / max(1, len(found))
        for found, is_prose in zip(words, prose, strict=True)
    ]


def _body_start(prose: NDArray[np.bool_]) -> int:
    """Return the first prose that more prose follows soon: lone lines are notices."""
    for i, is_prose in enumerate(prose):
        if is_prose and sum(prose[i + 1 : i + 1 + NEAR]) >= NEAR // 2:
            return i
    return len(prose)


def _headline(texts: list[str], told: list[float], first: int) -> int:
    """Return the line above the prose that reads most like its headline, or -10."""
    best, place = 0.0, -10
    for i in range(min(first, len(texts))):
        words = len(texts[i].split())
        score = told[i] * min(words, HEADLINE_WORDS)
        if words >= MIN_HEADLINE_WORDS and score > best:
            best, place = score, i
    return place


def _top_overlaps(words: list[frozenset[str]]) -> list[float]:
    """For each segment its largest overlap with a line above it near the top."""
    by_word: dict[str, list[int]] = {}
    overlaps = []
    for i, found in enumerate(words):
        near = {place for word in found for place in by_word.get(word, ())}
        overlaps.append(max((_overlap(found, words[j]) for j in near), default=0.0))
        if i < TOP_LINES and len(found) >= MIN_HEADLINE_WORDS:
            for word in found:
                by_word.setdefault(word, []).append(i)
    return overlaps


def _words(text: str) -> frozenset[str]:
    """Words of a text without the commonest, lower case."""
    return frozenset(WORD.findall(text[:400].lower())) - FUNCTION_WORDS


def _overlap(words: frozenset[str], reference: frozenset[str]) -> float:
    """Share of the words of either side that both hold (Jaccard)."""
    if not words or not reference:
        return 0.0
    return len(words & reference) / len(words | reference)
