"""Checks of page files: what the parser cannot see from one file alone."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from mlpkg.articles import article_from_html
from mlpkg.data.corpus import row_fault, text_article
from mlpkg.data.page_format import PageFile, read_page
from mlpkg.data.render_html import TEMPLATES, render_html
from mlpkg.exceptions import DataError
from mlpkg.segmentation import Segmenter

__all__ = ["check_pages"]

# A prose row this long that stands on two pages was copied, not met twice.
LONG_ROW = 60


@dataclass(frozen=True, slots=True)
class _Checked:
    """A page that parses: its file, content, and the line of each row."""

    file: Path
    page: PageFile
    lines: tuple[int, ...]

    def place(self, row: int) -> str:
        """Name file and line of a row."""
        return f"{self.file}, line {self.lines[min(row, len(self.lines) - 1)]}"


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
        One line a fault: file, line and what is wrong.

    Raises
    ------
    DataError
        There is no page file.
    """
    files = sorted(path.rglob("*.page")) if path.is_dir() else [path]
    if not files or not files[0].is_file():
        raise DataError(f"{path}: no page file (*.page) there")
    faults: list[str] = []
    pages: list[_Checked] = []
    for file in files:
        try:
            pages.append(_Checked(file, read_page(file), _row_lines(file)))
        except DataError as error:
            faults += str(error).splitlines()
    for checked in pages:
        faults += _page_faults(checked)
    faults += _shared_faults(pages)
    return len(files), faults


def _row_lines(file: Path) -> tuple[int, ...]:
    """Line numbers of the rows of a page file: what follows the header."""
    lines = file.read_text(encoding="utf-8-sig").split("\n")
    return tuple(i for i, line in enumerate(lines, start=1) if i > 1 and line.strip())


def _page_faults(checked: _Checked) -> Iterator[str]:
    """Faults of one page: its name, and its forms read back."""
    file, page = checked.file, checked.page
    if file.stem != page.id:
        yield f"{file}, line 1: id={page.id!r} is not the file's name"
    forms = {"text": text_article(page)} | {
        name: article_from_html(render_html(page, name), page.id) for name in TEMPLATES
    }
    for name, article in forms.items():
        fault = row_fault(page, Segmenter().segment(article))
        if fault is not None:
            yield f"{checked.place(fault[0])}: in the {name} form, {fault[1]}"
            break


def _shared_faults(pages: Sequence[_Checked]) -> Iterator[str]:
    """Faults between pages: ids used twice, long prose that stands twice."""
    ids: dict[str, Path] = {}
    prose: dict[str, tuple[Path, str]] = {}
    for checked in pages:
        file, page = checked.file, checked.page
        first = ids.setdefault(page.id, file)
        if first != file:
            yield f"{file}, line 1: id={page.id!r} is that of {first} too"
        for index, row in enumerate(page.rows):
            if row.label == "boilerplate" or len(row.text) < LONG_ROW:
                continue
            here = checked.place(index)
            first, there = prose.setdefault(row.text, (file, here))
            if first != file:
                yield f"{here}: {row.text[:50]!r}… is the row of {there} too"
