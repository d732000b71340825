"""Records of CSV and TSV: rows under a header, a broken one at the cost of itself."""

from __future__ import annotations

import csv
from collections import deque
from collections.abc import Callable, Iterable, Iterator

from mlpkg.articles.json_records import Record
from mlpkg.articles.text_lines import MAX_LINE, Line
from mlpkg.exceptions import DataError

__all__ = ["read_csv"]

# A quote that is never closed swallows the rows after it. They are read again without
# the row that opened it; so often, since a hostile file can ask for it at every line.
MAX_REREADS = 20
_Row = tuple[int, list[str] | DataError]


def read_csv(
    lines: Iterable[Line],
    delimiter: str | None = None,
    check: Callable[[list[str]], object] = len,
) -> Iterator[Record]:
    """Yield rows as dicts under the names of the header.

    Parameters
    ----------
    lines
        The lines of the file.
    delimiter
        Between cells; None takes the comma, or the semicolon or tab where the header
        holds one and no comma.
    check
        Is shown the header; raises `DataError` where no row can be of use.

    Yields
    ------
    line : int
        Where the row begins, from 1.
    row : dict or DataError
        A row of another width than the header, or with broken quotes, is an error.

    Raises
    ------
    DataError
        There is no usable header, or the stream is damaged from here on.
    """
    header: list[str] | None = None
    for number, cells in _rows(_Lines(lines), delimiter):
        if header is None:
            header = _header(cells)
            check(header)
        elif isinstance(cells, DataError):
            yield number, cells
        elif len(cells) == len(header):
            yield number, dict(zip(header, cells, strict=True))
        else:
            yield number, DataError(_uneven(cells, header))


class _Lines:
    """Lines for the csv module, which remembers those of a row and takes them back."""

    def __init__(self, lines: Iterable[Line]) -> None:
        self._lines = iter(lines)
        self._waiting: deque[Line] = deque()
        self.row: list[Line] = []

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        line = self.peek()
        if line is None or isinstance(line[1], DataError):
            raise StopIteration
        self.row.append(self._waiting.popleft())
        return line[1] + "\n"

    def peek(self) -> Line | None:
        """Return the next line, None at the end."""
        if not self._waiting:
            self._waiting.extend(line for line in [next(self._lines, None)] if line)
        return self._waiting[0] if self._waiting else None

    def skip(self) -> None:
        """Pass over the next line."""
        self._waiting.popleft()

    def take_back(self) -> None:
        """Read the lines of the row again, but for the first."""
        self._waiting.extendleft(reversed(self.row[1:]))


def _rows(lines: _Lines, delimiter: str | None) -> Iterator[_Row]:
    """Yield cells, and errors where there are none; blank lines are passed over."""
    rereads = 0
    while (line := lines.peek()) is not None:
        number, text = line
        if isinstance(text, DataError):
            lines.skip()
            yield number, text
            continue
        delimiter = delimiter or _delimiter(text)
        lines.row = []
        try:
            cells = _next_row(csv.reader(lines, delimiter=delimiter, strict=True))
        except csv.Error as error:
            yield number, DataError(_broken(error))
            rereads += len(lines.row) > 1
            if rereads <= MAX_REREADS:
                lines.take_back()
            continue
        if cells:
            yield number, cells


def _next_row(reader: Iterator[list[str]]) -> list[str]:
    """Read one row; cells may be longer than the csv module lets them be."""
    limit = csv.field_size_limit(MAX_LINE)
    try:
        return next(reader)
    finally:
        csv.field_size_limit(limit)  # it holds for the whole process


def _delimiter(header: str) -> str:
    """Guess what stands between cells by the header."""
    if "," in header:
        return ","
    return next((sign for sign in ";\t" if sign in header), ",")


def _header(cells: list[str] | DataError) -> list[str]:
    """Check the first row, which names the columns."""
    if isinstance(cells, DataError):
        raise DataError(f"no header to read rows by: {cells}")
    names = [cell.strip() for cell in cells]
    twice = next((name for name in names if names.count(name) > 1), None)
    if twice is not None:
        raise DataError(
            f"the header has the column {twice!r} more than once; give each a name of "
            "its own"
        )
    return names


def _broken(error: csv.Error) -> str:
    """Say that a row is not CSV."""
    return (
        f"not CSV ({error}); fields with commas, quotes or line ends stand in quotes, "
        "quotes inside them are doubled"
    )


def _uneven(cells: list[str], header: list[str]) -> str:
    """Say that a row does not fit its header."""
    return (
        f"{len(cells)} fields where the header has {len(header)} "
        f"({', '.join(header):.200}); put fields that hold commas in quotes"
    )
