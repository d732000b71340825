"""Markup features: what the elements around a line say of it, and of its neighbours.

Names of classes are the outlet's own and may be meaningless; where the page's prose
stands in the tree is not. Pages without markup have zeros throughout.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Hashable, Sequence
from functools import lru_cache
from math import log1p
from typing import TYPE_CHECKING, TypeVar

import numpy as np

from mlpkg.records import Block, Page

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["MARKUP", "markup_values"]

_NAMED: dict[str, frozenset[str]] = {
    name: frozenset(words.split())
    for name, words in {
        "menu_words": "nav menu navigation footer header sidebar breadcrumb "
        "breadcrumbs toolbar masthead topbar navbar login search skip",
        "share_words": "share social sharing follow facebook twitter whatsapp buttons",
        "comment_words": "comment comments disqus respond reply discussion",
        "related_words": "related recommend recommended trending popular more latest "
        "next prev widget teaser card promo list feed grid",
        "advert_words": "ad ads advert advertisement sponsor sponsored banner cookie "
        "consent modal popup overlay",
        "sign_up_words": "newsletter subscribe subscription signup paywall donate",
        "byline_words": "byline author meta date time timestamp published tags tag "
        "category bio profile kicker",
        "caption_words": "caption credit figure image photo gallery video media",
        "headline_words": "headline title hed heading deck standfirst summary subtitle",
        "content_words": "article story content body post entry text main paragraph "
        "prose",
    }.items()
}
_OWN = (
    "has_markup",
    "link_density",
    "all_linked",
    "is_paragraph",
    "is_heading",
    "is_top_heading",
    "in_list",
    "in_table",
    "in_figure",
    "in_quote",
    "in_furniture",
    "in_article",
    "depth",
    *_NAMED,
)
_AROUND = (
    "parent_prose",
    "parent_lines",
    "parent_links",
    "region_prose",
    "region_links",
    "kind_prose",
)
MARKUP = (*_OWN, *_AROUND)

_STEP = re.compile(r"([^/\[]+)\[\d+\]")
_HEADINGS = frozenset(("h1", "h2", "h3", "h4", "h5", "h6"))
_FURNITURE = frozenset("nav footer aside header form menu address dialog".split())
_ARTICLE = frozenset(("article", "main"))
# A line at least this long with few links is prose for the share of the page's prose.
PROSE_CHARACTERS = 80
PROSE_LINKS = 0.5
# Steps from a line up to what holds the parts of an article together.
REGION = 3


def markup_values(page: Page) -> NDArray[np.float32]:
    """Values of `MARKUP`, shape (n_segments, len(MARKUP))."""
    blocks = {id(s.block): s.block for s in page.segments if s.block is not None}
    marked = {key: block for key, block in blocks.items() if block.path}
    if not marked:
        return np.zeros((len(page), len(MARKUP)), np.float32)
    row_of = {key: row for row, key in enumerate(marked)}
    rows = [row_of.get(id(segment.block), -1) for segment in page.segments]
    # The last row is for segments without markup.
    table = np.zeros((len(marked) + 1, len(MARKUP)), np.float32)
    table[:-1] = _of_lines(list(marked.values()))
    return table[rows]


def _of_lines(blocks: list[Block]) -> NDArray[np.float64]:
    """Values of `MARKUP` for lines with markup."""
    density = np.array([block.link_density for block in blocks])
    parents = [block.path.rpartition("/")[0] for block in blocks]
    # The lines of a list share all tags but the last.
    tags = [
        _tags(parent) + _tags(block.path[len(parent) :])
        for block, parent in zip(blocks, parents, strict=True)
    ]
    regions = [_region(block.path) for block in blocks]
    around = _Surroundings(blocks, density)
    own = np.column_stack([np.ones(len(blocks)), density, density > 0.9])
    return np.column_stack(
        [
            own,
            _of_distinct(tags, _by_tags),
            _of_distinct([block.words for block in blocks], _by_words),
            *around.of_groups(parents, "prose", "lines", "links"),
            *around.of_groups(regions, "prose", "links"),
            *around.of_groups(tags, "prose"),
        ]
    )


_Key = TypeVar("_Key", bound=Hashable)


def _of_distinct(
    keys: Sequence[_Key], values_of: Callable[[_Key], tuple[float, ...]]
) -> NDArray[np.float64]:
    """Values of each key, a row each, asked once for equal keys."""
    distinct, numbers = _numbered(keys)
    table: NDArray[np.float64] = np.array([values_of(key) for key in distinct])
    return table[numbers]


def _numbered(keys: Sequence[_Key]) -> tuple[list[_Key], NDArray[np.intp]]:
    """Return the distinct keys and for each key its place among them."""
    places: dict[_Key, int] = {}
    numbers = [places.setdefault(key, len(places)) for key in keys]
    return list(places), np.array(numbers, np.intp)


def _region(path: str) -> str:
    """Return the path of what stands `REGION` steps above a line, or of the body."""
    if path.count("/") > REGION:
        return path.rsplit("/", REGION)[0]
    return "/".join(path.split("/")[:2])


@lru_cache(maxsize=4096)
def _tags(path: str) -> tuple[str, ...]:
    """Names of the elements of a path."""
    return tuple(_STEP.findall(path))


@lru_cache(maxsize=4096)
def _by_tags(tags: tuple[str, ...]) -> tuple[float, ...]:
    """Values from `is_paragraph` to `depth`."""
    around, last = frozenset(tags), tags[-1] if tags else ""
    return (
        float(last == "p"),
        float(not _HEADINGS.isdisjoint(around)),
        float("h1" in around),
        float("li" in around or "dd" in around),
        float("td" in around or "th" in around),
        float("figure" in around or "figcaption" in around),
        float("blockquote" in around),
        float(not _FURNITURE.isdisjoint(around)),
        float(not _ARTICLE.isdisjoint(around)),
        log1p(len(tags)),
    )


@lru_cache(maxsize=4096)
def _by_words(words: tuple[str, ...]) -> tuple[float, ...]:
    """Whether the classes and ids hold a word of each kind."""
    found = frozenset(words)
    return tuple(float(not kind.isdisjoint(found)) for kind in _NAMED.values())


class _Surroundings:
    """How much of the page's prose and links stands where a line stands.

    A line's parent is the element above it, its region some steps further up, and its
    kind the tags on the way to it.
    """

    def __init__(self, blocks: list[Block], density: NDArray[np.float64]) -> None:
        self.size = np.array([block.end - block.start for block in blocks])
        self.linked = self.size * density
        is_prose = (self.size >= PROSE_CHARACTERS) & (density < PROSE_LINKS)
        self.prose = np.where(is_prose, self.size, 0)

    def of_groups(
        self, names: Sequence[Hashable], *wanted: str
    ) -> list[NDArray[np.float64]]:
        """Columns for the groups of lines that share a name."""
        group = _numbered(names)[1]
        total = max(1, self.prose.sum())
        size = np.bincount(group, self.size)
        found = {
            "prose": np.bincount(group, self.prose) / total,
            "lines": np.log1p(np.bincount(group)),
            "links": np.bincount(group, self.linked) / np.maximum(1, size),
        }
        return [found[name][group] for name in wanted]
