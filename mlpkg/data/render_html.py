"""The HTML form of a page file: its rows in the markup that news sites use.

Templates are Jinja files under `mlpkg/data/templates`, a site design each. A row's
kind picks its element; the visible text is the same whatever the template. What differs
between sites of one design (tags, class names, which words are links) is drawn from the
page's id, so that a page always renders alike.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any

from mlpkg.data.page_format import PageFile, Row
from mlpkg.data.render import block_lines
from mlpkg.exceptions import DataError

if TYPE_CHECKING:
    from jinja2 import Environment

__all__ = ["TEMPLATES", "render_html"]

TEMPLATES = ("news_site", "agency", "television", "blog", "table_2003", "app")

_ARTICLE_KINDS = frozenset({"headline", "deck", "prose", "list", "quote", "subhead"})
# Kinds whose lines are links on most sites.
_LINKED_KINDS = frozenset({"nav", "share", "related", "tags"})
# Share of the longer article lines with a link inside, and the words that it spans.
INLINE_LINKS = 0.25
LINK_WORDS = 3


@dataclass(frozen=True, slots=True)
class _Line:
    """One rendered line: the kind of its first row and its text."""

    kind: str
    text: str

    @property
    def is_sentence(self) -> bool:
        """Whether it ends like a sentence: teasers do, linked headlines do not."""
        return self.text.endswith((".", "!", "”", '"', "’"))


@dataclass(frozen=True, slots=True)
class _Zone:
    """Consecutive lines of one part of the page: article text or furniture."""

    part: str
    blocks: tuple[tuple[_Line, ...], ...]

    @property
    def lines(self) -> list[_Line]:
        """Its lines, whatever their block."""
        return [line for block in self.blocks for line in block]


def render_html(
    page: PageFile, template: str = "news_site", furniture: str = "boilerplate"
) -> str:
    """Render a page as an HTML document.

    Parameters
    ----------
    page
        The page.
    template
        One of `TEMPLATES`.
    furniture
        Name of the furniture label.

    Returns
    -------
    str
        A complete document; read back by `mlpkg.articles.article_from_html` it has
        the lines of `mlpkg.data.render.render_text`.

    Raises
    ------
    DataError
        The template is not known.
    """
    if template not in TEMPLATES:
        raise DataError(f"unknown template {template!r}; known: {', '.join(TEMPLATES)}")
    blocks = [
        tuple(
            _Line(_kind(line[0], furniture), " ".join(row.text for row in line))
            for line in block_lines(block, furniture)
        )
        for block in page.blocks
    ]
    before, article, after = _sections(_zones(blocks))
    draw = random.Random(f"{template} {page.header.get('id', '')}")  # noqa: S311
    html: str = (
        _environment()
        .get_template(f"{template}.html")
        .render(
            header=page.header,
            title=_title(blocks, page.header),
            before=before,
            article=article,
            after=after,
            pick=draw.choice,
            name=_namer(draw),
            linked=_linker(draw),
        )
    )
    return html


def _kind(row: Row, furniture: str) -> str:
    """Kind of a line, with a name for lines that carry none."""
    return row.kind or ("other" if row.label == furniture else "prose")


def _title(blocks: Sequence[Sequence[_Line]], header: Any) -> str:
    """Title of the document: the headline glued to the outlet, as sites have it."""
    lines = [line for block in blocks for line in block]
    headline = next((line.text for line in lines if line.kind == "headline"), "")
    return " - ".join(filter(None, (headline, header["outlet"])))


def _zones(blocks: Sequence[tuple[_Line, ...]]) -> list[_Zone]:
    """Group blocks into runs of article text and runs of one kind of furniture."""
    zones: list[_Zone] = []
    for block in blocks:
        kind = block[0].kind
        part = "article" if kind in _ARTICLE_KINDS else kind
        if zones and zones[-1].part == part:
            zones[-1] = _Zone(part, (*zones[-1].blocks, block))
        else:
            zones.append(_Zone(part, (block,)))
    return zones


def _sections(zones: list[_Zone]) -> tuple[list[_Zone], list[_Zone], list[_Zone]]:
    """Cut the page into what stands before, inside and after the article.

    Furniture between two pieces of the article stands inside, as on real pages.
    """
    places = [i for i, zone in enumerate(zones) if zone.part == "article"]
    if not places:
        return zones, [], []
    first, last = places[0], places[-1] + 1
    return zones[:first], zones[first:last], zones[last:]


def _namer(draw: random.Random) -> Callable[[str], str]:
    """Return what gives each part of this page a class name without meaning."""
    names: dict[str, str] = {}

    def name(part: str) -> str:
        return names.setdefault(part, f"css-{draw.getrandbits(32):x}")

    return name


def _linker(draw: random.Random) -> Callable[[_Line], Any]:
    """Return what writes a line's text with the links that it would have."""
    from markupsafe import Markup, escape

    def linked(line: _Line) -> Any:
        if line.kind in _LINKED_KINDS and not line.is_sentence:
            return Markup('<a href="/p{}">{}</a>').format(
                draw.randrange(999), line.text
            )
        words = line.text.split(" ")
        spare = len(words) - 2 * LINK_WORDS
        if line.kind not in _ARTICLE_KINDS or spare < 1 or draw.random() > INLINE_LINKS:
            return escape(line.text)
        begin = draw.randrange(LINK_WORDS, LINK_WORDS + spare)
        parts = (
            words[:begin],
            words[begin : begin + LINK_WORDS],
            words[begin + LINK_WORDS :],
        )
        return Markup('{} <a href="/s">{}</a> {}').format(*map(" ".join, parts))

    return linked


@cache
def _environment() -> Environment:
    """Jinja environment over the package's templates."""
    from jinja2 import Environment, PackageLoader, StrictUndefined

    return Environment(
        loader=PackageLoader("mlpkg.data", "templates"),
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        undefined=StrictUndefined,
    )
