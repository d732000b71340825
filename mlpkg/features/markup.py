"""Markup features: what the elements around a line say of it, and of its neighbours.

Names of classes are the outlet's own and may be meaningless; where the page's prose
stands in the tree is not. Pages without markup have zeros throughout.
"""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass
from functools import lru_cache
from math import log1p

from mlpkg.records import Block, Page

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


def markup_values(page: Page) -> list[tuple[float, ...]]:
    """Values of `MARKUP`, a row a segment of the page."""
    blocks = {id(s.block): s.block for s in page.segments if s.block is not None}
    marked = {key: block for key, block in blocks.items() if block.path}
    if not marked:
        return [_NOTHING] * len(page)
    around = _Surroundings(list(marked.values()))
    rows = {key: _own(b) + around.values(b) for key, b in marked.items()}
    return [rows.get(id(segment.block), _NOTHING) for segment in page.segments]


_NOTHING = (0.0,) * len(MARKUP)


def _own(block: Block) -> tuple[float, ...]:
    """Values that the elements around one line tell."""
    density = block.link_density
    return (
        1.0,
        density,
        float(density > 0.9),
        *_by_path(block.path),
        *_by_words(block.words),
    )


@lru_cache(maxsize=4096)
def _by_path(path: str) -> tuple[float, ...]:
    """Values from `is_paragraph` to `depth`."""
    tags = _STEP.findall(path)
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


@dataclass(slots=True)
class _Group:
    """Lines that share a place in the tree."""

    lines: int = 0
    characters: int = 0
    linked: float = 0.0
    prose: int = 0

    def add(self, size: int, linked: float, prose: int) -> None:
        """Count a line."""
        self.lines += 1
        self.characters += size
        self.linked += linked
        self.prose += prose

    def links(self) -> float:
        """Share of the characters inside links."""
        return self.linked / max(1, self.characters)


class _Surroundings:
    """How much of the page's prose and links stands where a line stands.

    A line's parent is the element above it, its region some steps further up, and its
    kind the tags on the way to it.
    """

    def __init__(self, blocks: list[Block]) -> None:
        self.groups: dict[str, _Group] = defaultdict(_Group)
        self.prose = 0
        for block in blocks:
            size = block.end - block.start
            is_prose = size >= PROSE_CHARACTERS and block.link_density < PROSE_LINKS
            prose = size if is_prose else 0
            self.prose += prose
            for name in _places(block.path):
                self.groups[name].add(size, size * block.link_density, prose)

    def values(self, block: Block) -> tuple[float, ...]:
        """Values of `_AROUND` for one line."""
        parent, region, kind = (self.groups[name] for name in _places(block.path))
        total = max(1, self.prose)
        return (
            parent.prose / total,
            log1p(parent.lines),
            parent.links(),
            region.prose / total,
            region.links(),
            kind.prose / total,
        )


@lru_cache(maxsize=4096)
def _places(path: str) -> tuple[str, str, str]:
    """Names of the parent, the region and the kind of a line."""
    steps = path.split("/")
    return (
        "/".join(steps[:-1]),
        "region:" + "/".join(steps[: max(2, len(steps) - REGION)]),
        "kind:" + "/".join(_STEP.findall(path)),
    )
