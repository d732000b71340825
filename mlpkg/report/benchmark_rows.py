"""Reads a benchmark folder: rows, tasks and comparisons, each checked.

A folder holds ``rows/**/*.json``, one object a row (`Row`); ``tasks.json``,
``{"schema": 1, "tasks": [Task, …]}``; and ``comparison.json``, ``{"schema": 1,
"reference": NAME or null, "comparisons": [Comparison, …]}``. Files that end in
``.counts.json`` stand beside rows and are left alone. Rows come from strangers'
classifiers, so their words are made plain here, once, for every view.
"""

from __future__ import annotations

import json
import unicodedata
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from mlpkg.exceptions import DataError
from mlpkg.report.benchmark_records import BenchmarkFolder, Comparison, Row, Task

if TYPE_CHECKING:
    from pydantic import TypeAdapter, ValidationError

__all__ = ["SCHEMA", "read_benchmark", "read_row"]

SCHEMA = 1
_T = TypeVar("_T")
# Escape sequences would command a terminal, turned text and lone surrogates would
# mislead or break a page.
_UNPRINTABLE = {"Cc", "Cs"}
_TURNING = {*map(chr, range(0x202A, 0x202F)), *map(chr, range(0x2066, 0x206A))}
_SHOWN_FAULTS = 5


@dataclass(frozen=True, slots=True)
class _Tasks:
    """The form of ``tasks.json``."""

    tasks: tuple[Task, ...]


@dataclass(frozen=True, slots=True)
class _Comparisons:
    """The form of ``comparison.json``."""

    comparisons: tuple[Comparison, ...]
    reference: str | None = None


def read_benchmark(folder: Path) -> BenchmarkFolder:
    """Read all rows of a benchmark with their tasks and comparisons.

    Parameters
    ----------
    folder
        Where `mlpkg benchmark` wrote.

    Returns
    -------
    BenchmarkFolder
        Rows in the order of their paths. What an unfinished benchmark lacks, and rows
        that a later revision replaced, stand in its notes.

    Raises
    ------
    DataError
        There is no row, or a file is not of the form that is told above; the message
        names file and place.
    """
    paths = sorted(
        path
        for path in (folder / "rows").rglob("*.json")
        if not path.name.endswith(".counts.json")
    )
    if not paths:
        raise DataError(
            f"{folder}: holds no file rows/**/*.json, expected one a classifier, task "
            "and seed; run `mlpkg benchmark` with this folder first"
        )
    notes: list[str] = []
    tasks = _optional(folder / "tasks.json", _Tasks, notes)
    comparisons = _optional(folder / "comparison.json", _Comparisons, notes)
    return BenchmarkFolder(
        rows=tuple(map(read_row, paths)),
        tasks=tasks.tasks if tasks else (),
        comparisons=comparisons.comparisons if comparisons else (),
        reference=comparisons.reference if comparisons else None,
        notes=tuple(notes),
    )


def read_row(path: Path) -> Row:
    """Read one row.

    Raises
    ------
    DataError
        The file is not a row of a schema that this version knows.
    """
    row = _read(path, Row)
    found = row.scores.get(row.main_score)
    if row.status == "ok" and (found is None or found.value is None):
        raise DataError(
            f"{path}, main_score: {row.main_score!r} has no value in scores, which "
            f"hold {', '.join(row.scores) or 'nothing'}; a row without a score needs "
            "a status other than 'ok'"
        )
    return row


def _optional(path: Path, form: type[_T], notes: list[str]) -> _T | None:
    """Read a file that an unfinished benchmark lacks, and note that."""
    if path.is_file():
        return _read(path, form)
    notes.append(f"The benchmark holds no {path.name}: it has not run to its end.")
    return None


def _read(path: Path, form: type[_T]) -> _T:
    """Read a JSON object of a known schema as a record."""
    from pydantic import ValidationError

    try:
        stored = json.loads(path.read_text(encoding="utf-8"))
    except (ValueError, RecursionError) as error:
        raise DataError(
            f"{path}: not JSON ({error}); delete the file and run the benchmark again"
        ) from error
    schema = stored.get("schema") if isinstance(stored, dict) else None
    if schema != SCHEMA or isinstance(schema, bool):
        raise DataError(_schema_fault(path, stored, schema))
    known: Any = form  # mypy does not take a class of any kind for hashable
    checker = _checker(known)
    try:
        # As JSON, because there a strict check still takes lists for tuples.
        text = json.dumps(_plain(stored))
        record: _T = checker.validate_json(text, strict=True)
    except ValidationError as error:
        raise DataError(_faults(path, error)) from error
    return record


@cache
def _checker(form: Any) -> TypeAdapter[Any]:
    """Make the checker of a form, once."""
    from pydantic import TypeAdapter

    return TypeAdapter(form)


def _schema_fault(path: Path, stored: object, schema: object) -> str:
    """Say what a file of another schema asks for."""
    if not isinstance(stored, dict):
        return f"{path}: holds {type(stored).__name__}, expected a JSON object"
    known = f"{path}, schema: expected {SCHEMA}, got {schema!r}; "
    if isinstance(schema, int) and schema > SCHEMA:
        return known + "a newer mlpkg wrote it: pip install --upgrade mlpkg"
    return known + "delete the file and run the benchmark again"


def _faults(path: Path, error: ValidationError) -> str:
    """Say each fault with its place in the file."""
    faults = error.errors(include_url=False)
    lines = [
        f"{path}, {'.'.join(map(str, fault['loc']))}: {fault['msg']}, "
        f"got {fault['input']!r:.80}"
        for fault in faults[:_SHOWN_FAULTS]
    ]
    if len(faults) > _SHOWN_FAULTS:
        lines.append(f"and {len(faults) - _SHOWN_FAULTS} more")
    lines.append("mend or delete the file and run the benchmark again")
    return "\n".join(lines)


def _plain(value: Any) -> Any:
    """Make every word in a stored value safe to show on one line."""
    if isinstance(value, str):
        return "".join(map(_plain_character, value))
    if isinstance(value, list):
        return [_plain(item) for item in value]
    if isinstance(value, dict):
        return {_plain(key): _plain(item) for key, item in value.items()}
    return value


def _plain_character(character: str) -> str:
    """Return a character, or what stands for one that must not be shown."""
    if character.isspace():
        return " "
    if unicodedata.category(character) in _UNPRINTABLE or character in _TURNING:
        return "\ufffd"
    return character
