"""The check of the corpus's page files: each page, then what pages do to each other.

`check_data` looks for doubtful rows in anybody's data; this holds pages to the rules of
the bundled corpus, and needs the search for near-copies, which lies in this layer.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from pathlib import Path

from mlpkg.data.corpus import PARTS, part_of
from mlpkg.data.page_faults import page_faults
from mlpkg.data.placed_pages import PlacedPage, read_placed_pages
from mlpkg.evaluation.leakage import PROSE_WORDS, SIMILARITY
from mlpkg.evaluation.near_copies import near_copies
from mlpkg.labels import DEFAULT_SCHEME

__all__ = ["check_pages"]

# Furniture of so many words on pages of more outlets than this was copied; shorter
# lines ("Sign up for our newsletter") and the footer of one outlet recur by right.
STOCK_WORDS, STOCK_OUTLETS = 12, 3
# Fewer pages in a folder are a draft, which need not have every label.
CORPUS_PAGES = 20
_NUMBER = re.compile(r"[a-z]+[0-9]+(?=-|$)")


def check_pages(path: Path) -> tuple[int, list[str]]:
    """Check a page file or a folder of them by the rules of the bundled corpus.

    Parameters
    ----------
    path
        A file or a folder, read recursively.

    Returns
    -------
    checked : int
        Files looked at.
    faults : list of str
        One line a fault: file, line, what is wrong and what to do. Faults of single
        pages come first; copies between parts before those inside one.

    Raises
    ------
    DataError
        There is no page file.

    Notes
    -----
    615 pages took 18 seconds of one core, most of them to render and read back every
    page in each form.
    """
    checked, pages, faults = read_placed_pages(path)
    for placed in pages:
        faults += page_faults(placed)
    faults += _id_faults(pages)
    if len(pages) >= CORPUS_PAGES:
        faults += _label_faults(path, pages)
    faults += _furniture_faults(pages)
    faults += _prose_faults(pages)
    return checked, faults


def _id_faults(pages: Sequence[PlacedPage]) -> Iterator[str]:
    """Find ids, or their letters and number (``a01``), that two pages share."""
    by_id: dict[str, PlacedPage] = {}
    by_number: dict[str, PlacedPage] = {}
    for placed in pages:
        page_id = placed.page.id
        first = by_id.setdefault(page_id, placed)
        if first is not placed:
            yield (
                f"{placed.place()}: id={page_id!r} is that of {first.file} too; give "
                "the newer page another"
            )
            continue
        number = _NUMBER.match(page_id)
        if number is None:
            continue
        first = by_number.setdefault(number[0], placed)
        if first is not placed:
            yield (
                f"{placed.place()}: id={page_id!r} begins with {number[0]!r}, as that "
                f"of {first.file} does; give the newer page another number"
            )


def _label_faults(path: Path, pages: Sequence[PlacedPage]) -> Iterator[str]:
    """Find labels that no row of a part has."""
    used: dict[str, set[str]] = defaultdict(set)
    for placed in pages:
        used[part_of(placed.page)] |= {row.label for row in placed.page.rows}
    for part in filter(used.__contains__, PARTS):
        for label in DEFAULT_SCHEME.labels:
            if label.name not in used[part]:
                yield (
                    f"{path}: no row of the part {part!r} is labelled {label.letter} "
                    f"({label.name}); add pages that have it"
                )


def _furniture_faults(pages: Sequence[PlacedPage]) -> Iterator[str]:
    """Find long furniture that stands word for word on pages of several outlets."""
    rows: dict[str, list[tuple[PlacedPage, int]]] = defaultdict(list)
    for placed in pages:
        for index, row in enumerate(placed.page.rows):
            furniture = row.label == DEFAULT_SCHEME.furniture
            if furniture and len(row.text.split()) > STOCK_WORDS:
                rows[" ".join(row.text.split())].append((placed, index))
    for text, found in rows.items():
        outlets = {placed.page.header["outlet"] for placed, _ in found}
        if len(outlets) > STOCK_OUTLETS:
            first, *others = [placed.place(index) for placed, index in found]
            yield (
                f"{first}: furniture {text[:50]!r}… stands on pages of {len(outlets)} "
                f"outlets, too: {'; '.join(others)}; word it anew on each"
            )


def _prose_faults(pages: Sequence[PlacedPage]) -> list[str]:
    """Find prose that nearly stands on another page."""
    rows = [
        (placed, index, row.text)
        for placed in pages
        for index, row in enumerate(placed.page.rows)
        if row.label != DEFAULT_SCHEME.furniture
        and len(row.text.split()) >= PROSE_WORDS
    ]
    texts = [text for _, _, text in rows]
    parts = [part_of(placed.page) for placed, _, _ in rows]
    files = [placed.file for placed, _, _ in rows]
    between = near_copies(texts, parts, threshold=SIMILARITY)
    # A row may have a copy in its part and one in another; the worse is told.
    told = {match.text for match in between}
    inside = [
        match
        for match in near_copies(texts, files, threshold=SIMILARITY)
        if match.text not in told
    ]
    faults = []
    for match in [*between, *inside]:
        (here, index, text), (there, other, _) = rows[match.text], rows[match.other]
        pair = parts[match.other], parts[match.text]
        where = (
            f"in the same part ({pair[0]})"
            if pair[0] == pair[1]
            else f"in different parts ({pair[0]}, {pair[1]}), which falsifies scores"
        )
        faults.append(
            f"{here.place(index)}: {text[:50]!r}… nearly stands in "
            f"{there.place(other)} (similarity {match.similarity:.2f}), "
            f"{where}; write one of them anew"
        )
    return faults
