"""The files that hold rows, read record by record: JSON lines, CSV and Parquet."""

from __future__ import annotations

import csv
import gzip
import json
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, TextIO, cast

from mlpkg.exceptions import DataError

__all__ = ["SUFFIXES", "Record", "read_records"]

# Line and content; a line that cannot be read at all is told with the wrong rows.
Record = tuple[int, dict[str, Any] | DataError]

_GZIP = ".gz"


def read_records(path: Path) -> Iterator[Record]:
    """Yield the records of a file with their lines (rows of Parquet, from 1).

    Raises
    ------
    DataError
        The suffix is not known, or the file is broken as a whole.
    """
    name = path.name.lower()
    reader = next((_READERS[s] for s in SUFFIXES if name.endswith(s)), None)
    if reader is None:
        raise DataError(
            f"{path}: labelled rows are read from {', '.join(SUFFIXES)}, not from "
            f"{path.suffix or 'a file without suffix'!r}"
        )
    try:
        yield from reader(path)
    except UnicodeDecodeError as error:
        raise DataError(
            f"{path}: not UTF-8 ({error.reason}); save the file as UTF-8"
        ) from None
    except (gzip.BadGzipFile, EOFError, zlib.error) as error:
        raise DataError(
            f"{path}: not a whole gzip file ({error}); compress it again"
        ) from None


def _open(path: Path, newline: str | None = None) -> TextIO:
    """Open a text file, compressed or not."""
    if path.suffix.lower() == _GZIP:
        stream = gzip.open(path, "rt", encoding="utf-8-sig", newline=newline)  # noqa: SIM115 (the caller's)
        return cast(TextIO, stream)
    return path.open(encoding="utf-8-sig", newline=newline)


def _read_jsonl(path: Path) -> Iterator[Record]:
    """Yield the objects of a JSON lines file."""
    with _open(path) as stream:
        for number, line in enumerate(stream, start=1):
            if not line.strip():
                continue
            try:
                record = json.loads(line)
            except (ValueError, RecursionError) as error:
                yield number, DataError(f"not JSON ({error}), got {line[:60]!r}")
                continue
            if isinstance(record, dict):
                yield number, record
            else:
                yield number, DataError(f"expected a JSON object, got {line[:60]!r}")


def _read_csv(path: Path) -> Iterator[Record]:
    """Yield the rows of a CSV file with a header, each with its first line.

    `csv.DictReader` would pass over fields that are missing or too many.
    """
    with _open(path, newline="") as stream:
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
    ".jsonl.gz": _read_jsonl,
    ".csv.gz": _read_csv,
}
SUFFIXES = tuple(_READERS)
