"""Folders that the `datasets` library saved, as labelled rows."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import astuple
from pathlib import Path
from typing import Any

from mlpkg.articles.arrow_records import (
    SPLIT,
    is_dataset_folder,
    load_dataset_folder,
)
from mlpkg.articles.json_records import Record
from mlpkg.data.rows import Columns, require_columns
from mlpkg.exceptions import DataError

__all__ = ["SPLIT", "is_dataset_folder", "read_dataset"]


def read_dataset(path: Path, split: str | None, columns: Columns) -> Iterator[Record]:
    """Yield the rows of a dataset, numbered from 1.

    Parameters
    ----------
    path
        The folder.
    split
        Name of a split; None where the folder holds a dataset without splits.
    columns
        Columns to read, others are not decoded. Codes of a ``ClassLabel`` column
        become their names.

    Raises
    ------
    DataError
        The folder is damaged, the split is not named or not there, or the text or
        label column is missing.
    """
    dataset = _load(path, split)
    try:
        require_columns(dataset.column_names, columns)
    except DataError as error:
        raise DataError(f"{path}: {error}") from None
    wanted = [name for name in dataset.column_names if name in astuple(columns)]
    dataset = dataset.select_columns(wanted)
    names = {
        name: feature.names
        for name, feature in dataset.features.items()
        if hasattr(feature, "names")
    }
    for number, row in enumerate(dataset, start=1):
        # -1 is how datasets write a label that is hidden.
        decoded = {
            name: kinds[row[name]] if _is_code(row[name]) else None
            for name, kinds in names.items()
        }
        yield number, row | decoded


def _load(path: Path, split: str | None) -> Any:
    """Load one dataset from a folder."""
    from datasets import DatasetDict

    try:
        loaded = load_dataset_folder(path)
    except DataError as error:
        raise DataError(f"{path}: {error}") from None
    if not isinstance(loaded, DatasetDict):
        if split is not None:
            raise DataError(
                f"{path} holds one dataset without splits; leave {SPLIT}{split} out"
            )
        return loaded
    if split not in loaded:
        raise DataError(
            f"{path} holds the splits {', '.join(map(str, loaded))}, got {split!r}; "
            f"name one as {path.name}{SPLIT}{next(iter(loaded), 'train')}"
        )
    return loaded[split]


def _is_code(value: object) -> bool:
    """Tell the code of a class from a hidden or missing one."""
    return isinstance(value, int) and value >= 0
