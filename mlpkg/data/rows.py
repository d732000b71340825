"""Labelled rows: JSON lines, CSV or Parquet with a text and a label a row."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from mlpkg.articles import normalise
from mlpkg.exceptions import DataError
from mlpkg.labels import LabelScheme

__all__ = ["Columns", "LabelledRow", "read_labelled_rows"]

# More faults than this are counted, not shown.
SHOWN_FAULTS = 20

# Line and content; a line that cannot be read at all is told with the wrong rows.
Record = tuple[int, dict[str, Any] | DataError]


@dataclass(frozen=True, slots=True)
class Columns:
    """Names of the columns of labelled rows; `article` may be missing from a file."""

    text: str = "text"
    label: str = "label"
    article: str = "article"


@dataclass(frozen=True, slots=True)
class LabelledRow:
    """One row: its line (or row number, from 1), text, label name and article id."""

    line: int
    text: str
    label: str
    article: str = ""


def read_labelled_rows(
    path: Path, columns: Columns, scheme: LabelScheme
) -> list[LabelledRow]:
    """Read every row of a file.

    Raises
    ------
    DataError
        The suffix is not known, a column is missing, or rows are wrong; all wrong
        rows are listed with file and line.
    """
    reader = _READERS.get(path.suffix.lower())
    if reader is None:
        raise DataError(
            f"{path}: labelled rows are read from {', '.join(_READERS)}, not from "
            f"{path.suffix or 'a file without suffix'!r}"
        )
    rows: list[LabelledRow] = []
    faults: list[str] = []
    try:
        for line, record in reader(path):
            try:
                rows.append(_row(line, record, columns, scheme))
            except DataError as error:
                faults.append(f"{path}, line {line}: {error}")
    except UnicodeDecodeError as error:
        raise DataError(
            f"{path}: not UTF-8 ({error.reason}); save the file as UTF-8"
        ) from None
    if faults:
        shown = faults[:SHOWN_FAULTS]
        if len(faults) > len(shown):
            shown.append(f"… and {len(faults) - len(shown)} more rows are wrong")
        raise DataError("\n".join(shown))
    if not rows:
        raise DataError(f"{path}: holds no row")
    return rows


def _row(
    line: int,
    record: dict[str, Any] | DataError,
    columns: Columns,
    scheme: LabelScheme,
) -> LabelledRow:
    """Check one record."""
    if isinstance(record, DataError):
        raise record
    for name in (columns.text, columns.label):
        if name not in record:
            near = get_close_matches(name, [str(key) for key in record], n=1)
            hint = f"; did you mean {near[0]!r}?" if near else ""
            raise DataError(
                f"no column {name!r} among {', '.join(map(str, record))}{hint} "
                "(column names are set under data.columns)"
            )
    text, label = record[columns.text], record[columns.label]
    clean = normalise(text).strip() if isinstance(text, str) else ""
    if not clean:
        raise DataError(
            f"{columns.text!r} must be a text that is not empty, got {text!r}"
        )
    if label not in scheme.names:
        raise DataError(
            f"unknown label {label!r}; expected one of {', '.join(scheme.names)}"
        )
    article = record.get(columns.article)
    return LabelledRow(
        line, clean, label, "" if article is None else normalise(str(article)).strip()
    )


def _read_jsonl(path: Path) -> Iterator[Record]:
    """Yield the objects of a JSON lines file."""
    with path.open(encoding="utf-8-sig") as stream:
        for number, line in enumerate(stream, start=1):
            if not line.strip():
                continue
            try:
                record = json.loads(line)
            except json.JSONDecodeError as error:
                yield number, DataError(f"not JSON ({error.msg}), got {line[:60]!r}")
                continue
            if isinstance(record, dict):
                yield number, record
            else:
                yield number, DataError(f"expected a JSON object, got {line[:60]!r}")


def _read_csv(path: Path) -> Iterator[Record]:
    """Yield the rows of a CSV file with a header, each with its first line.

    `csv.DictReader` would pass over fields that are missing or too many.
    """
    with path.open(encoding="utf-8-sig", newline="") as stream:
        reader = csv.reader(stream, strict=True)
        begin = 1
        try:
            header = next(reader, [])
            begin = reader.line_num + 1
            for fields in reader:
                if len(fields) == len(header):
                    yield begin, dict(zip(header, fields, strict=True))
                elif fields:
                    yield begin, DataError(_uneven(fields, header))
                begin = reader.line_num + 1
        except csv.Error as error:
            raise DataError(
                f"{path}, line {begin}: not CSV ({error}); fields with commas, quotes "
                "or line ends stand in quotes, quotes inside them are doubled"
            ) from None


def _uneven(fields: list[str], header: list[str]) -> str:
    """Say that a CSV row does not fit its header."""
    return (
        f"{len(fields)} fields where the header has {len(header)} "
        f"({', '.join(header)}); put fields that hold commas in quotes"
    )


def _read_parquet(path: Path) -> Iterator[Record]:
    """Yield the rows of a Parquet file, batch by batch."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        with pq.ParquetFile(path) as file:
            number = 0
            for batch in file.iter_batches():
                for record in batch.to_pylist():
                    number += 1
                    yield number, record
    except (pa.ArrowException, OSError) as error:
        raise DataError(f"{path}: not a whole Parquet file ({error})") from None


_READERS: dict[str, Callable[[Path], Iterator[Record]]] = {
    ".jsonl": _read_jsonl,
    ".csv": _read_csv,
    ".parquet": _read_parquet,
}
