"""Checks of page files: what the parser cannot see from one file alone."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from mlpkg.articles import article_from_html
from mlpkg.data.corpus import labelled_page
from mlpkg.data.page_format import PageFile, read_page
from mlpkg.data.render_html import TEMPLATES, render_html
from mlpkg.exceptions import DataError

__all__ = ["check_pages"]

# A prose row this long that stands on two pages was copied, not met twice.
LONG_ROW = 60


def check_pages(path: Path) -> tuple[int, list[str]]:
    """Check a page file or a folder of them.

    Parameters
    ----------
    path
        A file or a folder, read recursively.

    Returns
    -------
    checked : int
        Files looked at.
    faults : list of str
        One line a fault: file, line where there is one, and what is wrong.

    Raises
    ------
    DataError
        There is no page file.
    """
    files = sorted(path.rglob("*.page")) if path.is_dir() else [path]
    if not files or not files[0].is_file():
        raise DataError(f"{path}: no page file (*.page) there")
    faults: list[str] = []
    pages: list[tuple[Path, PageFile]] = []
    for file in files:
        try:
            pages.append((file, read_page(file)))
        except DataError as error:
            faults += str(error).splitlines()
    for file, page in pages:
        faults += [f"{file}: {fault}" for fault in _page_faults(file, page)]
    faults += _shared_faults(pages)
    return len(files), faults


def _page_faults(file: Path, page: PageFile) -> Iterator[str]:
    """Faults of one page: its name, and its forms read back."""
    if file.stem != page.id:
        yield f"line 1: id={page.id!r} is not the file's name"
    forms = {"text": None} | {
        name: article_from_html(render_html(page, name), page.id) for name in TEMPLATES
    }
    for name, article in forms.items():
        try:
            labelled_page(page, article)
        except DataError as error:
            yield f"{name} form: {error}"
            break


def _shared_faults(pages: list[tuple[Path, PageFile]]) -> Iterator[str]:
    """Faults between pages: ids used twice, long prose that stands twice."""
    ids: dict[str, Path] = {}
    prose: dict[str, Path] = {}
    for file, page in pages:
        if page.id in ids:
            yield f"{file}: id={page.id!r} is that of {ids[page.id]} too"
        ids[page.id] = file
        for row in page.rows:
            long = row.label != "boilerplate" and len(row.text) >= LONG_ROW
            if long and prose.setdefault(row.text, file) != file:
                yield f"{file}: {row.text[:50]!r}… stands in {prose[row.text]} too"
