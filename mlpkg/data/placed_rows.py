"""Labelled rows of any source with the place where each stands, and every fault.

`mlpkg.data.gold` refuses data at the first thing that makes them useless; this goes on,
so that a person can mend all of it at once.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

from mlpkg.data.dataset_folder import read_dataset
from mlpkg.data.gold import GoldPage, load_gold
from mlpkg.data.label_map import LabelMap
from mlpkg.data.row_files import Record, read_records
from mlpkg.data.row_pages import pages_of_rows
from mlpkg.data.rows import Columns, sound_rows
from mlpkg.data.source_form import source_form
from mlpkg.exceptions import DataError
from mlpkg.labels import DEFAULT_SCHEME, LabelScheme

__all__ = ["PlacedData", "PlacedRow", "read_placed_rows"]


@dataclass(frozen=True, slots=True)
class PlacedRow:
    """One labelled text and where it stands.

    Parameters
    ----------
    place
        File and line, or what the source has in place of lines.
    article
        Id of the article; empty for a row that came without its page.
    text
        The text.
    label
        The label; None where it is partial or missing.
    index
        What orders the rows of the article, where the source states it.
    """

    place: str
    article: str
    text: str
    label: str | None
    index: int | None = None


@dataclass(frozen=True, slots=True)
class PlacedData:
    """The sound rows of a source in its order, and what is wrong with the others."""

    rows: tuple[PlacedRow, ...]
    faults: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Reading:
    """How labels and columns are to be read."""

    columns: Columns
    scheme: LabelScheme
    label_map: LabelMap

    def gold(self, source: str | Path) -> list[GoldPage]:
        """Load a source or a file of it."""
        return load_gold(
            source,
            columns=self.columns,
            scheme=self.scheme,
            label_map=self.label_map,
        )


def read_placed_rows(
    source: str | Path,
    *,
    columns: Columns | None = None,
    scheme: LabelScheme = DEFAULT_SCHEME,
    label_map: LabelMap | None = None,
) -> PlacedData:
    """Read what `load_gold` reads, and go on after faults.

    Parameters
    ----------
    source, columns, scheme, label_map
        As `mlpkg.data.gold.load_gold` takes them.

    Returns
    -------
    PlacedData
        All faults of labelled rows, datasets and page files; of span files and Label
        Studio exports those that their readers tell before they give up.

    Raises
    ------
    DataError
        There is no such source, or a row file is broken as a whole.
    """
    reading = _Reading(columns or Columns(), scheme, label_map or LabelMap())
    reading.label_map.check(scheme)
    found = source_form(source)
    path = found.path
    if found.form == "rows":
        return _records(read_records(path), f"{path}, line", path.name, reading)
    if found.form == "dataset":
        records = read_dataset(path, found.part, reading.columns)
        return _records(records, f"{source}, row", Path(source).name, reading)
    if found.form == "spans":
        return _gold(str(path), reading, _span_places(path))
    if found.form in ("pages", "page"):
        files = sorted(path.rglob("*.page")) if found.form == "pages" else [path]
        return _joined(_gold(str(file), reading, _page_places(file)) for file in files)
    return _gold(str(source), reading)


def _records(
    records: Iterable[Record], place: str, name: str, reading: _Reading
) -> PlacedData:
    """Check records one by one."""
    rows, faults = sound_rows(
        records, place, reading.columns, reading.scheme, reading.label_map
    )
    try:
        pages_of_rows(rows, name, place)
    except DataError as error:
        faults += str(error).splitlines()
    placed = (
        PlacedRow(
            f"{place} {row.line}",
            row.article,
            row.text,
            row.label if row.allowed is None else None,
            row.index,
        )
        for row in rows
    )
    return PlacedData(tuple(placed), tuple(faults))


def _gold(
    source: str,
    reading: _Reading,
    place: Callable[[GoldPage, int], str] | None = None,
) -> PlacedData:
    """Load pages; their spans are the rows."""
    try:
        pages = reading.gold(source)
    except DataError as error:
        return PlacedData((), tuple(str(error).splitlines()))
    place = place or (lambda page, i: f"{source}, article {page.id}, span {i + 1}")
    rows = [
        PlacedRow(
            place(page, i),
            page.id if page.has_context else "",
            page.page.article.text[start:end],
            page.labels[i] if page.allowed is None or not page.allowed[i] else None,
        )
        for page in pages
        for i, (start, end) in enumerate(page.spans)
    ]
    return PlacedData(tuple(rows), ())


def _joined(parts: Iterable[PlacedData]) -> PlacedData:
    """Put the files of a folder together."""
    found = list(parts)
    return PlacedData(
        tuple(row for part in found for row in part.rows),
        tuple(fault for part in found for fault in part.faults),
    )


def _page_places(file: Path) -> Callable[[GoldPage, int], str]:
    """Return what names the line of a row of a page file."""
    # Read before the file is checked: the check, not this, tells what is no text.
    lines = file.read_text(encoding="utf-8-sig", errors="replace").split("\n")
    filled = [i for i, line in enumerate(lines, start=1) if i > 1 and line.strip()]
    return lambda _, row: f"{file}, line {filled[row]}"


def _span_places(file: Path) -> Callable[[GoldPage, int], str]:
    """Return what names the line of a span."""
    lines: dict[tuple[str, int], int] = {}

    def place(page: GoldPage, span: int) -> str:
        if not lines:
            with file.open(encoding="utf-8-sig") as stream:
                for number, line in enumerate(stream, start=1):
                    if line.strip():
                        row = json.loads(line)
                        lines[row["doc"], row["start"]] = number
        return f"{file}, line {lines[page.id, page.spans[span][0]]}"

    return place
