"""Records of any columns to files that `mlpkg.data.row_files` reads back.

`mlpkg.data.output` writes predictions, whose columns are fixed; here the caller
decides.
"""

from __future__ import annotations

import csv
import json
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from mlpkg.data.whole_file import whole_file
from mlpkg.exceptions import DataError

__all__ = ["RECORD_SUFFIXES", "empty_folder", "write_records"]

Records = Sequence[Mapping[str, Any]]


def write_records(
    path: Path, records: Records, columns: Sequence[str] | None = None
) -> None:
    """Write records; the suffix decides the form.

    Parameters
    ----------
    path
        A file to write or replace: ``.jsonl``, ``.csv`` or ``.parquet``.
    records
        All with the same keys.
    columns
        Those keys, which a table without records shows, too; None takes the first's.

    Raises
    ------
    DataError
        The suffix is not known, or the folder does not exist.
    """
    writer = _WRITERS.get(path.suffix.lower())
    if writer is None:
        raise DataError(
            f"{path}: rows are written to {', '.join(_WRITERS)}, not to "
            f"{path.suffix or 'a file without suffix'!r}"
        )
    with whole_file(path) as temporary:
        writer(temporary, records, columns or list(records[0] if records else ()))


def empty_folder(path: Path) -> Path:
    """Make a folder; `DataError` where it holds something already."""
    if path.exists() and (not path.is_dir() or any(path.iterdir())):
        raise DataError(
            f"{path}: exists and is not an empty folder; nothing is overwritten, name "
            "a new folder"
        )
    path.mkdir(parents=True, exist_ok=True)
    return path


def _write_jsonl(path: Path, records: Records, _: Sequence[str]) -> None:
    """Write an object a line."""
    with path.open("w", encoding="utf-8", newline="\n") as stream:
        for record in records:
            stream.write(json.dumps(record, ensure_ascii=False) + "\n")


def _write_csv(path: Path, records: Records, columns: Sequence[str]) -> None:
    """Write a header and a row a record; None is an empty field."""
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, columns)
        writer.writeheader()
        writer.writerows(records)


def _write_parquet(path: Path, records: Records, columns: Sequence[str]) -> None:
    """Write one table."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    table = {name: [record[name] for record in records] for name in columns}
    pq.write_table(pa.table(table), path)


_WRITERS: dict[str, Callable[[Path, Records, Sequence[str]], None]] = {
    ".jsonl": _write_jsonl,
    ".csv": _write_csv,
    ".parquet": _write_parquet,
}
RECORD_SUFFIXES = tuple(_WRITERS)
