"""The files that hold labelled rows: which ones, and strictly as UTF-8.

How a record stands in JSON lines, CSV and Parquet is `mlpkg.articles`' to know.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from pathlib import Path

from mlpkg.articles.arrow_records import read_parquet
from mlpkg.articles.csv_records import read_csv
from mlpkg.articles.json_records import Record, read_json_lines
from mlpkg.articles.streams import open_stream
from mlpkg.articles.text_lines import Line
from mlpkg.exceptions import DataError

__all__ = ["SUFFIXES", "Record", "read_records"]


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
    except DataError as error:
        raise DataError(f"{path}: {error}") from None


def _lines(path: Path) -> Iterator[Line]:
    """Yield the lines of a file; a label under a guessed encoding is no label."""
    with open_stream(str(path)) as stream:
        text = io.TextIOWrapper(stream, "utf-8-sig")
        try:
            for number, line in enumerate(text, start=1):
                yield number, line.removesuffix("\n")
        finally:
            text.detach()  # it would close what `open_stream` closes


def _read_jsonl(path: Path) -> Iterator[Record]:
    """Yield the objects of a JSON lines file."""
    return read_json_lines(_lines(path))


def _read_csv(path: Path) -> Iterator[Record]:
    """Yield the rows of a CSV file with a header, each with its first line."""
    return read_csv(_lines(path), delimiter=",")


def _read_parquet(path: Path) -> Iterator[Record]:
    """Yield the rows of a Parquet file."""
    return read_parquet(str(path))


_READERS: dict[str, Callable[[Path], Iterator[Record]]] = {
    ".jsonl": _read_jsonl,
    ".csv": _read_csv,
    ".parquet": _read_parquet,
    ".jsonl.gz": _read_jsonl,
    ".csv.gz": _read_csv,
}
SUFFIXES = tuple(_READERS)
