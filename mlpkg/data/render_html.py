"""The HTML form of a page file: its rows in the markup that news sites use.

Templates are Jinja files under `mlpkg/data/templates`, a site design each. A row's
kind picks its element; the visible text is the same whatever the template.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

from mlpkg.data.page_format import PageFile, Row
from mlpkg.data.render import block_lines
from mlpkg.exceptions import DataError

if TYPE_CHECKING:
    from jinja2 import Environment

__all__ = ["TEMPLATES", "render_html"]

TEMPLATES = ("news_site", "blog", "table_2003")


@dataclass(frozen=True, slots=True)
class _Line:
    """One rendered line: the kind of its first row and its text."""

    kind: str
    text: str


@dataclass(frozen=True, slots=True)
class _Zone:
    """Consecutive lines of one part of the page: article text or furniture."""

    part: str
    blocks: tuple[tuple[_Line, ...], ...]


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
    html: str = (
        _environment()
        .get_template(f"{template}.html")
        .render(header=page.header, zones=list(_zones(blocks)))
    )
    return html


def _kind(row: Row, furniture: str) -> str:
    """Kind of a line, with a name for lines that carry none."""
    return row.kind or ("other" if row.label == furniture else "prose")


_ARTICLE_KINDS = frozenset({"headline", "deck", "prose", "list", "quote", "subhead"})


def _zones(blocks: list[tuple[_Line, ...]]) -> Iterator[_Zone]:
    """Group blocks into runs of article text and runs of one kind of furniture."""
    pending: list[tuple[_Line, ...]] = []
    part = ""
    for block in blocks:
        kind = block[0].kind
        current = "article" if kind in _ARTICLE_KINDS else kind
        if pending and current != part:
            yield _Zone(part, tuple(pending))
            pending = []
        part = current
        pending.append(block)
    if pending:
        yield _Zone(part, tuple(pending))


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
