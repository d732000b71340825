"""The rows that a benchmark's folder already holds, and which are to be made."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, Literal

from mlpkg.benchmark.plan import PlannedRow
from mlpkg.benchmark.row_file import counts_path

__all__ = ["Overwrite", "is_to_be_made", "remove_others", "row_paths"]

Overwrite = Literal["never", "missing", "changed", "always"]


def row_paths(folder: Path) -> list[Path]:
    """Return the files of all rows in or below a folder, sorted."""
    suffix = counts_path(Path("row.json")).name.removeprefix("row")
    return [
        path
        for path in sorted(folder.rglob("*.json"))
        if not path.name.endswith(suffix)
    ]


def is_to_be_made(row: PlannedRow, folder: Path, overwrite: Overwrite) -> bool:
    """Decide by what is stored.

    Parameters
    ----------
    row
        The planned row.
    folder
        The benchmark's folder.
    overwrite
        ``never``: not where there is any file of the row. ``missing``: where no
        revision of it went well. ``changed``: where this revision did not go well.
        ``always``: in any case.
    """
    if overwrite == "always":
        return True
    if overwrite == "changed":
        return not _is_ok(folder / row.path)
    stored = _revisions(row, folder)
    if overwrite == "never":
        return not stored
    return not any(_is_ok(path) for path in stored)


def remove_others(row: PlannedRow, folder: Path) -> None:
    """Remove what other revisions of a row left, once it is there anew."""
    for path in _revisions(row, folder):
        if path != folder / row.path:
            path.unlink()
            counts_path(path).unlink(missing_ok=True)


def _revisions(row: PlannedRow, folder: Path) -> list[Path]:
    """Return the stored files of a row, whatever their revision."""
    return [
        path
        for path in row_paths((folder / row.path).parent)
        if _is_the_same(_read(path), row)
    ]


def _is_the_same(stored: dict[str, Any], row: PlannedRow) -> bool:
    """Tell whether a stored row is what is planned, whatever its revision."""
    if row.source is None:  # ready made: one row a task
        return stored.get("seed") == row.seed
    few = stored.get("n_train_pages") if row.few else None
    found = stored.get("seed"), stored.get("kind"), stored.get("train"), few
    return found == (row.seed, row.kind, row.train, row.few)


def _is_ok(path: Path) -> bool:
    """Tell whether a stored row went well."""
    return _read(path).get("status") == "ok"


def _read(path: Path) -> dict[str, Any]:
    """Read a row; nothing where there is none or it is broken."""
    try:
        stored = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return stored if isinstance(stored, dict) else {}
