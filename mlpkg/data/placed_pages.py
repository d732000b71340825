"""Page files with the line of each row, for checks that name the place of a fault."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from mlpkg.data.page_format import PageFile, read_page
from mlpkg.exceptions import DataError

__all__ = ["PlacedPage", "read_placed_pages"]


@dataclass(frozen=True, slots=True)
class PlacedPage:
    """A page with its file and the lines of its rows.

    Parameters
    ----------
    file
        The page file.
    page
        Its content.
    lines
        Line of each row in the file, from 1.
    """

    file: Path
    page: PageFile
    lines: tuple[int, ...]

    def place(self, row: int | None = None) -> str:
        """Name the file and the line of a row; None for the header."""
        if row is None:
            return f"{self.file}, line 1"
        # A rendered form may have more segments than the file has rows.
        return f"{self.file}, line {self.lines[min(row, len(self.lines) - 1)]}"


def read_placed_pages(path: Path) -> tuple[int, list[PlacedPage], list[str]]:
    """Read a page file, or all of a folder.

    Parameters
    ----------
    path
        A file or a folder, read recursively.

    Returns
    -------
    files : int
        Files looked at.
    pages : list of PlacedPage
        Those that can be read, sorted by path.
    faults : list of str
        What is wrong with the others, a line a fault.

    Raises
    ------
    DataError
        There is no page file.
    """
    files = sorted(path.rglob("*.page")) if path.is_dir() else [path]
    if not files or not files[0].is_file():
        raise DataError(f"{path}: no page file (*.page) there")
    pages: list[PlacedPage] = []
    faults: list[str] = []
    for file in files:
        try:
            pages.append(PlacedPage(file, read_page(file), _row_lines(file)))
        except DataError as error:
            faults += str(error).splitlines()
    return len(files), pages, faults


def _row_lines(file: Path) -> tuple[int, ...]:
    """Line numbers of the rows of a page file: what follows the header."""
    lines = file.read_text(encoding="utf-8-sig").split("\n")
    return tuple(i for i, line in enumerate(lines, start=1) if i > 1 and line.strip())
