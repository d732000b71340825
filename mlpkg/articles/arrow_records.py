"""Records of Parquet files and of folders that the `datasets` library saved."""

from __future__ import annotations

import io
import json
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

from mlpkg.articles.json_records import Record
from mlpkg.exceptions import DataError

__all__ = [
    "SPLIT",
    "Select",
    "dataset_splits",
    "is_dataset_folder",
    "load_dataset_folder",
    "read_dataset_folder",
    "read_parquet",
]

# Chooses the columns to read among those of the file; raises where none will do.
Select = Callable[[Sequence[str]], Sequence[str]]
# Between a folder of several splits and the name of one.
SPLIT = "::"
_MARKS = ("dataset_info.json", "state.json", "dataset_dict.json")
# Rows decoded at once. Few: a packed table can repeat a page of megabytes, and pages
# with their markup are large as it is.
ROWS = 64


def read_parquet(
    source: str | io.BytesIO,
    select: Select = list,
    first: int = 1,
    last: int | None = None,
) -> Iterator[Record]:
    """Yield the rows of a Parquet file with their numbers, from 1.

    Parameters
    ----------
    source
        A path or the bytes.
    select
        Which columns to read.
    first, last
        Numbers of the rows to read; row groups without any are not touched.

    Raises
    ------
    DataError
        The file is damaged as a whole or from here on.
    """
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        with pq.ParquetFile(source, page_checksum_verification=True) as file:
            columns = list(select(_distinct(file.schema_arrow.names)))
            groups, number = _row_groups(file.metadata, first, last)
            for batch in file.iter_batches(ROWS, row_groups=groups, columns=columns):
                if last is not None and number >= last:
                    return
                if number + len(batch) >= first:
                    yield from _numbered(_rows(batch), number, first, last)
                number += len(batch)
    except (pa.ArrowException, OSError) as error:
        raise DataError(f"not a whole Parquet file ({error})") from None


def is_dataset_folder(path: Path) -> bool:
    """Tell whether ``save_to_disk`` of a dataset or of several splits wrote it."""
    return any((path / name).is_file() for name in _MARKS)


def dataset_splits(path: Path) -> list[str]:
    """Return the names of the splits in a folder, none for a dataset without."""
    try:
        content = json.loads((path / _MARKS[-1]).read_text(encoding="utf-8"))
        names = [str(name) for name in content["splits"]]
        if any(Path(name).name != name for name in names):
            raise ValueError(f"splits outside the folder: {names!r:.60}")
        return names
    except FileNotFoundError:
        return []
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise _damaged(error) from None


def load_dataset_folder(path: Path) -> Any:
    """Load a `datasets.Dataset` or `DatasetDict` from its folder."""
    import pyarrow as pa
    from datasets import load_from_disk

    try:
        _check_inside(path)
        return load_from_disk(str(path))
    except (OSError, ValueError, KeyError, TypeError, pa.ArrowException) as error:
        raise _damaged(error) from None


def _check_inside(path: Path) -> None:
    """Refuse a state that names files outside of its folder."""
    if (path / "state.json").is_file():
        state = json.loads((path / "state.json").read_text(encoding="utf-8"))
        names = [str(file["filename"]) for file in state["_data_files"]]
        if any(Path(name).name != name for name in names):
            raise ValueError(f"files outside the folder: {names!r:.60}")


def read_dataset_folder(
    path: Path, select: Select = list, first: int = 1, last: int | None = None
) -> Iterator[Record]:
    """Yield the rows of a dataset without splits, numbered from 1.

    Parameters
    ----------
    path
        The folder; that of a split is inside the one of all splits.
    select
        Which columns to read.
    first, last
        Numbers of the rows to read.

    Raises
    ------
    DataError
        The folder is damaged.
    """
    table = load_dataset_folder(path).with_format("arrow")
    columns = list(select(table.column_names))
    end = len(table) if last is None else min(last, len(table))
    number = first - 1
    for batch in table.select_columns(columns).select(range(number, end)).iter(ROWS):
        yield from _numbered(_rows(batch), number, first, last)
        number += len(batch)


def _row_groups(metadata: Any, first: int, last: int | None) -> tuple[list[int], int]:
    """Choose the row groups of a range and count the rows before them."""
    groups, before, start = [], 0, 0
    for group in range(metadata.num_row_groups):
        end = start + metadata.row_group(group).num_rows
        if end < first:
            before = end
        elif last is None or start < last:
            groups.append(group)
        start = end
    return groups, before


def _numbered(
    records: list[dict[str, Any]], before: int, first: int, last: int | None
) -> Iterator[Record]:
    """Yield records by number, after those before them, within a range."""
    for number, record in enumerate(records, start=before + 1):
        if first <= number and (last is None or number <= last):
            yield number, record


def _distinct(names: list[str]) -> list[str]:
    """Refuse a table in which a name means two columns."""
    twice = next((name for name in names if names.count(name) > 1), None)
    if twice is not None:
        raise DataError(
            f"the column {twice!r} more than once; give each a name of its own"
        )
    return names


def _rows(batch: Any) -> list[dict[str, Any]]:
    """Return the rows of an Arrow table as plain values."""
    import pyarrow as pa

    columns = {}
    for name in batch.schema.names:
        column = batch.column(name)
        if pa.types.is_temporal(column.type):
            # Python's dates end at the year 9999 and at microseconds.
            column = column.cast(pa.string())
        try:
            columns[name] = column.to_pylist()
        except UnicodeDecodeError:  # text that never was UTF-8
            columns[name] = column.cast(pa.binary()).to_pylist()
    return [
        dict(zip(columns, values, strict=True))
        for values in zip(*columns.values(), strict=True)
    ]


def _damaged(error: Exception) -> DataError:
    """Say that a folder cannot be loaded."""
    return DataError(
        f"not a whole datasets folder ({error}); save it again with save_to_disk"
    )
