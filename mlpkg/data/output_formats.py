"""How output rows stand in JSON lines, CSV and Parquet: a writer and a reader each.

Files, temporary names and standard output are `mlpkg.data.output`'s; here are streams.
"""

from __future__ import annotations

import csv
import io
import json
from abc import ABC, abstractmethod
from codecs import getwriter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, BinaryIO

from mlpkg.exceptions import DataError
from mlpkg.labels import LabelScheme

__all__ = [
    "FORMATS",
    "SCHEMA_VERSION",
    "Format",
    "Row",
    "RowWriter",
    "column_types",
]

SCHEMA_VERSION = 1
# Small enough to hold as Python objects (some 20 MB), large enough to compress well.
ROWS_A_GROUP = 16_384
# The csv module refuses fields above 128 KiB; one unbroken line can be longer.
MAX_CSV_FIELD = 2**31 - 1

Row = dict[str, Any]


def column_types(labels: Iterable[str]) -> dict[str, type]:
    """Return the columns in order, with the Python type of each."""
    strings = ("source", "record", "article_id", "url")
    return {
        **dict.fromkeys(strings, str),
        **dict.fromkeys(("index", "start", "end"), int),
        "text": str,
        "label": str,
        "confidence": float,
        **{f"p_{name}": float for name in labels},
        "abstained": bool,
        "model": str,
    }


def _check_columns(
    found: Mapping[str, Any], wanted: Mapping[str, Any], place: str
) -> None:
    """Refuse any other set of columns than the wanted one."""
    if found.keys() != wanted.keys():
        raise DataError(
            f"{place}: expected the columns {', '.join(wanted)}; missing: "
            f"{sorted(wanted.keys() - found.keys())}, unknown: "
            f"{sorted(found.keys() - wanted.keys())}"
        )


class RowWriter(ABC):
    """Writes rows to a binary stream; `open_writer` makes one.

    Parameters
    ----------
    stream
        Open for writing; the writer does not close it.
    scheme
        The labels, which decide the columns.
    types
        The columns with their types where a row is something else than a segment.
    """

    def __init__(
        self,
        stream: BinaryIO,
        scheme: LabelScheme,
        types: Mapping[str, type] | None = None,
    ) -> None:
        self._stream = stream
        self._types = types or column_types(scheme.names)

    def write(self, rows: Iterable[Row]) -> None:
        """Write rows.

        Raises
        ------
        DataError
            A row has other keys than the columns.
        """
        for row in rows:
            _check_columns(row, self._types, "output row")
            self._put({name: row[name] for name in self._types})

    @abstractmethod
    def _put(self, row: Row) -> None:
        """Take one row, its keys in column order."""

    def finish(self) -> None:  # noqa: B027 (most formats have no end mark)
        """Write what is still held back; called after the last row."""

    def close(self) -> None:  # noqa: B027 (the same)
        """Let go of the stream, after success and failure alike."""


class _JsonWriter(RowWriter):
    """One JSON object a line."""

    def _put(self, row: Row) -> None:
        line = json.dumps(row, ensure_ascii=False, allow_nan=False)
        self._stream.write(line.encode("utf-8") + b"\n")


class _CsvWriter(RowWriter):
    """RFC 4180 with a header; booleans are ``true`` and ``false``."""

    def __init__(
        self,
        stream: BinaryIO,
        scheme: LabelScheme,
        types: Mapping[str, type] | None = None,
    ) -> None:
        super().__init__(stream, scheme, types)
        self._rows = csv.writer(getwriter("utf-8")(stream))
        self._rows.writerow(self._types)

    def _put(self, row: Row) -> None:
        self._rows.writerow(
            str(value).lower() if isinstance(value, bool) else value
            for value in row.values()
        )


class _ParquetWriter(RowWriter):
    """Row groups under an explicit schema."""

    def __init__(
        self,
        stream: BinaryIO,
        scheme: LabelScheme,
        types: Mapping[str, type] | None = None,
    ) -> None:
        import pyarrow as pa
        from pyarrow import parquet

        super().__init__(stream, scheme, types)
        names = {str: "string", int: "int64", float: "float64", bool: "bool"}
        fields = [
            pa.field(name, pa.type_for_alias(names[kind]), nullable=False)
            for name, kind in self._types.items()
        ]
        metadata = {"schema": str(SCHEMA_VERSION), "labels": json.dumps(scheme.names)}
        self._schema = pa.schema(fields, metadata)
        self._writer = parquet.ParquetWriter(stream, self._schema, compression="zstd")
        self._group: list[Row] = []

    def _put(self, row: Row) -> None:
        self._group.append(row)
        if len(self._group) >= ROWS_A_GROUP:
            self.finish()

    def finish(self) -> None:
        if self._group:
            import pyarrow as pa

            table = pa.Table.from_pylist(self._group, schema=self._schema)
            self._writer.write_table(table)
            self._group = []

    def close(self) -> None:
        self._writer.close()


def _types_of(found: Iterable[str], place: str) -> dict[str, type]:
    """Types of the columns that a file has, its labels taken from their names."""
    names = list(found)
    types = column_types(name[2:] for name in names if name.startswith("p_"))
    _check_columns(dict.fromkeys(names), types, place)
    return types


def _read_json(stream: BinaryIO, name: str) -> list[Row]:
    rows = []
    for number, line in enumerate(stream, start=1):
        try:
            row = json.loads(line.decode("utf-8-sig" if number == 1 else "utf-8"))
        except ValueError as error:
            raise DataError(
                f"{name}, line {number}: expected a JSON object in UTF-8, got "
                f"{line[:60]!r} ({error})"
            ) from None
        if not isinstance(row, dict):
            raise DataError(
                f"{name}, line {number}: expected a JSON object, got {row!r}"
            )
        _types_of(row, f"{name}, line {number}")
        rows.append(row)
    return rows


def _read_csv(stream: BinaryIO, name: str) -> list[Row]:
    limit = csv.field_size_limit(MAX_CSV_FIELD)
    try:
        with io.TextIOWrapper(stream, encoding="utf-8-sig", newline="") as text:
            return _csv_rows(csv.reader(text, strict=True), name)
    finally:
        csv.field_size_limit(limit)


def _csv_rows(lines: Any, name: str) -> list[Row]:
    """Read header and rows from a csv reader."""
    try:
        header: list[str] = next(lines, [])
        types = _types_of(header, f"{name}, line 1")
        return [
            _csv_row(cells, header, types, f"{name}, line {lines.line_num}")
            for cells in lines
        ]
    except (csv.Error, UnicodeDecodeError) as error:
        raise DataError(
            f"{name}, after line {lines.line_num}: expected CSV in UTF-8: {error}"
        ) from None


def _csv_row(
    cells: list[str], header: list[str], types: dict[str, type], place: str
) -> Row:
    """Give the cells of one line their types."""
    if len(cells) != len(header):
        raise DataError(f"{place}: expected {len(header)} cells, got {len(cells)}")
    row: Row = {}
    for name, cell in zip(header, cells, strict=True):
        kind = types[name]
        try:
            row[name] = _TRUTH[cell] if kind is bool else kind(cell)
        except (KeyError, ValueError):
            raise DataError(
                f"{place}: {name!r} must be {_EXPECTED[kind]}, got {cell!r}"
            ) from None
    return row


_TRUTH = {"true": True, "false": False}
_EXPECTED = {bool: "true or false", int: "an integer", float: "a number"}


def _read_parquet(stream: BinaryIO, name: str) -> list[Row]:
    from pyarrow import ArrowInvalid, parquet

    try:
        with parquet.ParquetFile(stream) as file:
            table = file.read()
    except ArrowInvalid as error:
        raise DataError(f"{name}: not a Parquet file: {error}") from None
    version = (table.schema.metadata or {}).get(b"schema", b"").decode()
    if version != str(SCHEMA_VERSION):
        raise DataError(
            f"{name}: schema version {version!r} in the metadata, expected "
            f"{str(SCHEMA_VERSION)!r}; write the file again, or install the mlpkg "
            "that wrote it"
        )
    _types_of(table.column_names, name)
    rows: list[Row] = table.to_pylist()
    return rows


@dataclass(frozen=True, slots=True)
class Format:
    """How rows of one format are written and read.

    Parameters
    ----------
    writer
        Made with a binary stream and a scheme.
    read
        Called with a binary stream and its name for messages.
    compressed
        Whether the stream is gzip in the file.
    needs_file
        Whether a pipe will not do.
    """

    writer: type[RowWriter]
    read: Callable[[BinaryIO, str], list[Row]]
    compressed: bool = False
    needs_file: bool = False


FORMATS = {
    ".jsonl": Format(_JsonWriter, _read_json),
    ".csv": Format(_CsvWriter, _read_csv),
    ".parquet": Format(_ParquetWriter, _read_parquet, needs_file=True),
    ".jsonl.gz": Format(_JsonWriter, _read_json, compressed=True),
    ".csv.gz": Format(_CsvWriter, _read_csv, compressed=True),
}
