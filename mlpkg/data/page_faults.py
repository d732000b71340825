"""Faults of one page of the corpus: what its parser does not see."""

from __future__ import annotations

import re
from collections.abc import Iterator

from mlpkg.articles import article_from_html
from mlpkg.data.corpus import row_fault, text_article
from mlpkg.data.placed_pages import PlacedPage
from mlpkg.data.real_outlets import credited_outlets, is_real_outlet
from mlpkg.data.render_html import TEMPLATES, render_html
from mlpkg.labels import DEFAULT_SCHEME
from mlpkg.segmentation import Segmenter

__all__ = ["page_faults"]

_HAND = re.compile(r"hand-[a-z0-9]+(-[a-z0-9]+)*")


def page_faults(placed: PlacedPage) -> Iterator[str]:
    """Check one page.

    Parameters
    ----------
    placed
        The page with the lines of its rows.

    Yields
    ------
    str
        Place, fault and remedy: of its header, of its labels, of the real outlets that
        it names, and the first row that a rendered form does not give back.
    """
    yield from _header_faults(placed)
    if all(row.label == DEFAULT_SCHEME.furniture for row in placed.page.rows):
        yield (
            f"{placed.place()}: no row of article text, every one is labelled "
            f"{DEFAULT_SCHEME.furniture!r}; add the article, or take the page out"
        )
    yield from _outlet_faults(placed)
    yield from _form_faults(placed)


def _header_faults(placed: PlacedPage) -> Iterator[str]:
    """Check the id and the hand."""
    page = placed.page
    if placed.file.stem != page.id:
        yield (
            f"{placed.place()}: id={page.id!r} is not the file's name; name the file "
            f"{page.id}.page"
        )
    hand = page.header["hand"]
    if not _HAND.fullmatch(hand):
        yield (
            f"{placed.place()}: hand={hand!r} is not 'hand-' with a-z, 0-9 or hyphens; "
            "name it as in hand-a"
        )


def _outlet_faults(placed: PlacedPage) -> Iterator[str]:
    """Find real outlets, as the page's own and in its rows."""
    outlet = placed.page.header["outlet"]
    named = [outlet] if is_real_outlet(outlet) else credited_outlets(outlet)
    places = [(placed.place(), name) for name in named]
    for index, row in enumerate(placed.page.rows):
        places += [(placed.place(index), name) for name in credited_outlets(row.text)]
    for place, name in places:
        yield f"{place}: {name!r} is a real outlet; invent one"


def _form_faults(placed: PlacedPage) -> Iterator[str]:
    """Find the first row that is not read back from a rendered form."""
    page = placed.page
    forms = {"text": text_article(page)} | {
        name: article_from_html(render_html(page, name), page.id) for name in TEMPLATES
    }
    for name, article in forms.items():
        fault = row_fault(page, Segmenter().segment(article))
        if fault is not None:
            yield f"{placed.place(fault[0])}: in the {name} form, {fault[1]}"
            return
