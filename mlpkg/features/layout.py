"""Layout features: the shape of a segment's letters and its place on the page."""

from __future__ import annotations

import re
from collections import Counter
from math import log1p

from mlpkg.records import Page, Segment

__all__ = ["MARKUP", "PLACE", "SHAPE", "markup_values", "place_values", "shape_values"]

SHAPE = (
    "characters",
    "words",
    "upper_share",
    "title_share",
    "digit_share",
    "mark_share",
    "stopped",
    "starts_lower",
    "starts_digit",
    "starts_mark",
    "mean_word",
    "all_capitals",
    "short",
    "function_share",
)
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
MARKUP = (
    "has_markup",
    "link_density",
    "paragraph",
    "heading",
    "list_item",
    "cell",
    "caption",
    "quote",
    "nav_words",
    "content_words",
    "depth",
)

# A segment of this many words that ends like a sentence is taken for prose.
PROSE_WORDS = 9
NEAR = 4
# Headlines have at least this many words; beyond the other length says nothing more.
MIN_HEADLINE_WORDS = 4
HEADLINE_WORDS = 10
_STOPPED = re.compile(r"[.!?…:][\"'”’»)\]]*$")
_WORD = re.compile(r"[^\W_]+(?:['’-][^\W_]+)*")
_FUNCTION = frozenset(
    "a an and are as at be been but by for from had has have he her his if in into is "
    "it its more not of on one or our out she so than that the their them there they "
    "this to up was we were what when which who will with would you".split()
)
_NAV_WORDS = frozenset(
    "nav menu footer header sidebar share social related comment comments widget promo "
    "newsletter breadcrumb tags tag byline caption advert ad ads sponsor banner cookie "
    "subscribe login modal popup recommend trending toolbar copyright meta".split()
)
_CONTENT_WORDS = frozenset(
    "article story content body post entry text main paragraph".split()
)


def shape_values(text: str) -> list[float]:
    """Values of `SHAPE` for one text; they need no page."""
    words = _WORD.findall(text)
    letters = sum(c.isalpha() for c in text)
    upper = sum(c.isupper() for c in text)
    digits = sum(c.isdigit() for c in text)
    spaces = sum(c.isspace() for c in text)
    size = max(1, len(text))
    count = max(1, len(words))
    first = text[:1]
    return [
        log1p(len(text)),
        log1p(len(words)),
        upper / max(1, letters),
        sum(word[0].isupper() for word in words) / count,
        digits / size,
        (size - letters - digits - spaces) / size,
        float(_STOPPED.search(text) is not None),
        float(first.islower()),
        float(first.isdigit()),
        float(not first.isalnum()),
        sum(map(len, words)) / count / 10,
        float(letters > 0 and upper == letters),
        float(len(words) <= 4),
        sum(word.lower() in _FUNCTION for word in words) / count,
    ]


def place_values(page: Page) -> list[list[float]]:
    """Values of `PLACE`, a row a segment of the page."""
    segments = page.segments
    total = len(segments)
    prose = [_is_prose(segment.text) for segment in segments]
    copies = Counter(segment.text for segment in segments)
    seen: Counter[str] = Counter()
    in_block = _block_positions(segments)
    first = next((i for i, is_prose in enumerate(prose) if is_prose), total)
    last = next((i for i in range(total - 1, -1, -1) if prose[i]), -1)
    title = _words(page.article.title)
    top = [_words(segment.text) for segment in segments[:40]]
    share = sum(prose) / max(1, total)
    running = [0]
    for is_prose in prose:
        running.append(running[-1] + is_prose)
    told = _told_in_body(segments, prose)
    headline = _headline(segments, told, _body_start(prose))
    rows = []
    for i, segment in enumerate(segments):
        index, count, characters = in_block[i]
        words = _words(segment.text)
        before = running[i] - running[max(0, i - NEAR)]
        after = running[min(total, i + 1 + NEAR)] - running[i + 1]
        rows.append(
            [
                log1p(i),
                log1p(total - 1 - i),
                i / max(1, total - 1),
                log1p(index),
                log1p(count),
                log1p(characters),
                float(index == count - 1),
                log1p(copies[segment.text] - 1),
                float(seen[segment.text] > 0),
                log1p(running[i]),
                log1p(running[total] - running[i + 1]),
                before / NEAR,
                after / NEAR,
                float(i < first),
                float(i > last),
                log1p(_distance(prose, i, -1)),
                log1p(_distance(prose, i, 1)),
                _overlap(words, title),
                max((_overlap(words, t) for t in top[:i] if len(t) > 3), default=0.0),
                log1p(total),
                share,
                told[i],
                float(i == headline),
                float(headline < i <= headline + 2),
            ]
        )
        seen[segment.text] += 1
    return rows


def markup_values(segment: Segment) -> list[float]:
    """Values of `MARKUP`; all zero for a segment of plain text."""
    block = segment.block
    if block is None or not block.tag:
        return [0.0] * len(MARKUP)
    names = set(block.words)
    return [
        1.0,
        block.link_density,
        float(block.tag == "p"),
        float(block.tag in {"h1", "h2", "h3", "h4", "h5", "h6"}),
        float("/li" in block.path),
        float(block.tag in {"td", "th"}),
        float("figcaption" in block.path or "figure" in block.path),
        float("blockquote" in block.path),
        float(not _NAV_WORDS.isdisjoint(names)),
        float(not _CONTENT_WORDS.isdisjoint(names)),
        log1p(block.path.count("/")),
    ]


def _is_prose(text: str) -> bool:
    """Tell whether a text looks like a sentence of running prose."""
    return len(text.split()) >= PROSE_WORDS and _STOPPED.search(text) is not None


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


def _told_in_body(segments: tuple[Segment, ...], prose: list[bool]) -> list[float]:
    """For each segment the share of its words that stand in the page's prose too.

    A page tells what its headline announces; teasers of other stories it does not.
    """
    words = [_words(segment.text) for segment in segments]
    counts: Counter[str] = Counter()
    for found, is_prose in zip(words, prose, strict=True):
        if is_prose:
            counts.update(found)
    return [
        sum(counts[word] > is_prose for word in found) / len(found) if found else 0.0
        for found, is_prose in zip(words, prose, strict=True)
    ]


def _body_start(prose: list[bool]) -> int:
    """Return the first prose that more prose follows soon: lone lines are notices."""
    for i, is_prose in enumerate(prose):
        if is_prose and sum(prose[i + 1 : i + 1 + NEAR]) >= NEAR // 2:
            return i
    return len(prose)


def _headline(segments: tuple[Segment, ...], told: list[float], first: int) -> int:
    """Return the line above the prose that reads most like its headline, or -10."""
    best, place = 0.0, -10
    for i in range(min(first, len(segments))):
        words = len(segments[i].text.split())
        score = told[i] * min(words, HEADLINE_WORDS)
        if words >= MIN_HEADLINE_WORDS and score > best:
            best, place = score, i
    return place


def _distance(prose: list[bool], start: int, step: int) -> int:
    """Segments to the nearest prose in one direction, at most 20."""
    for distance in range(1, 20):
        place = start + step * distance
        if not 0 <= place < len(prose):
            return 20
        if prose[place]:
            return distance
    return 20


def _words(text: str) -> frozenset[str]:
    """Words of a text without the commonest, lower case."""
    return frozenset(w.lower() for w in _WORD.findall(text[:400])) - _FUNCTION


def _overlap(words: frozenset[str], reference: frozenset[str]) -> float:
    """Share of the words of either side that both hold (Jaccard)."""
    if not words or not reference:
        return 0.0
    return len(words & reference) / len(words | reference)
