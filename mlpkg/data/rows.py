"""Labelled rows: JSON lines, CSV or Parquet with a text and a label a row."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from mlpkg.exceptions import DataError
from mlpkg.labels import LabelScheme

__all__ = ["Columns", "LabelledRow", "read_labelled_rows"]

# More faults than this are counted, not shown.
SHOWN_FAULTS = 20

Record = tuple[int, dict[str, Any]]


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
    for line, record in reader(path):
        try:
            rows.append(_row(line, record, columns, scheme))
        except DataError as error:
            faults.append(f"{path}, line {line}: {error}")
    if faults:
        shown = faults[:SHOWN_FAULTS]
        if len(faults) > len(shown):
            shown.append(f"… and {len(faults) - len(shown)} more rows are wrong")
        raise DataError("\n".join(shown))
    if not rows:
        raise DataError(f"{path}: holds no row")
    return rows


def _row(
    line: int, record: dict[str, Any], columns: Columns, scheme: LabelScheme
) -> LabelledRow:
    """Check one record."""
    for name in (columns.text, columns.label):
        if name not in record:
            near = get_close_matches(name, [str(key) for key in record], n=1)
            hint = f"; did you mean {near[0]!r}?" if near else ""
            raise DataError(
                f"no column {name!r} among {', '.join(map(str, record))}{hint} "
                "(column names are set under data.columns)"
            )
    text, label = record[columns.text], record[columns.label]
    if not isinstance(text, str) or not text.strip():
        raise DataError(
            f"{columns.text!r} must be a text that is not empty, got {text!r}"
        )
    if label not in scheme.names:
        raise DataError(
            f"unknown label {label!r}; expected one of {', '.join(scheme.names)}"
        )
    article = record.get(columns.article)
    return LabelledRow(
        line, text.strip(), label, "" if article is None else str(article)
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
                raise DataError(
                    f"{path}, line {number}: not JSON ({error.msg})"
                ) from None
            if not isinstance(record, dict):
                raise DataError(
                    f"{path}, line {number}: expected an object, got "
                    f"{type(record).__name__}"
                )
            yield number, record


def _read_csv(path: Path) -> Iterator[Record]:
    """Yield the rows of a CSV file with a header."""
    with path.open(encoding="utf-8-sig", newline="") as stream:
        reader = csv.DictReader(stream)
        for record in reader:
            yield reader.line_num, {k: v for k, v in record.items() if k is not None}


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
    except pa.ArrowInvalid as error:
        raise DataError(f"{path}: not a Parquet file ({error})") from None


_READERS: dict[str, Callable[[Path], Iterator[Record]]] = {
    ".jsonl": _read_jsonl,
    ".csv": _read_csv,
    ".parquet": _read_parquet,
}
