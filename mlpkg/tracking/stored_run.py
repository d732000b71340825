"""A finished run folder, read part by part as the parts are asked for."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import cached_property
from pathlib import Path
from typing import Any

from mlpkg.exceptions import DataError

__all__ = ["StoredRun", "leaves"]

PREDICTIONS = "predictions.parquet"
_EVALUATION = {
    "labels",
    "rows",
    "confusion",
    "n_articles",
    "n_segments",
    "level",
    "n_resamples",
    "notes",
}
_ROW = {"metric", "label", "value", "low", "high", "support"}
_CHECK = {"name", "status", "count", "share", "detail", "examples"}


class StoredRun:
    """What a run folder remembers.

    Parameters
    ----------
    path
        The folder; it must hold ``run.json``.

    Raises
    ------
    DataError
        The folder holds no run. A part that is missing or damaged raises it too,
        but not before it is asked for.

    Notes
    -----
    Nothing is unpickled, so that a stranger's run may be opened.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        if not (path / "run.json").is_file():
            raise DataError(
                f"{path}: no run folder, it holds no run.json; name a folder that "
                "`mlpkg train` made"
            )

    def __repr__(self) -> str:
        return f"StoredRun({str(self.path)!r})"

    @property
    def id(self) -> str:
        """The id that the run was given; the folder may have been renamed."""
        return str(self.run.get("id") or self.path.name)

    @cached_property
    def run(self) -> dict[str, Any]:
        """What ``run.json`` says: status, versions, machine, timings and more."""
        return self._json("run.json")

    @cached_property
    def config(self) -> dict[str, Any]:
        """The resolved config."""
        import yaml

        path = self._file("config.yaml")
        try:
            value = yaml.safe_load(path.read_text(encoding="utf-8"))
        except (yaml.YAMLError, UnicodeDecodeError) as error:
            said = " ".join(str(error).split())
            raise DataError(f"{path}: not YAML ({said}); restore the file") from None
        return _object(value, path)

    @cached_property
    def splits(self) -> dict[str, Any]:
        """Article ids by part, and the fold of each training article."""
        return self._json("splits.json")

    @cached_property
    def metrics(self) -> dict[str, dict[str, Any]]:
        """Evaluations by part, as `mlpkg.evaluation.Evaluation.to_json` made them."""
        stored = self._json("metrics.json")
        for part, evaluation in stored.items():
            if not _is_evaluation(evaluation):
                raise DataError(
                    f"{self.path / 'metrics.json'}: part {part!r} is no evaluation "
                    f"with {', '.join(sorted(_EVALUATION))}; train again"
                )
        return stored

    @cached_property
    def audit(self) -> dict[str, Any] | None:
        """Leakage audits by part; None in runs that were made without."""
        return self._json("audit.json") if (self.path / "audit.json").exists() else None

    @property
    def checks(self) -> dict[str, list[dict[str, Any]]]:
        """The rows of the leakage audits by part."""
        audits = self.audit or {}
        for part, audit in audits.items():
            if not (isinstance(audit, dict) and _is_table(audit.get("rows"), _CHECK)):
                raise DataError(
                    f"{self.path / 'audit.json'}: part {part!r} is no audit, expected "
                    f"'rows' with {', '.join(sorted(_CHECK))}; train again"
                )
        return {part: audit["rows"] for part, audit in audits.items()}

    @property
    def audit_status(self) -> str:
        """The gravest word of the leakage audits: ok, warn, fail; or none."""
        said = {check["status"] for rows in self.checks.values() for check in rows}
        return next((word for word in ("fail", "warn", "ok") if word in said), "none")

    @cached_property
    def predictions(self) -> list[dict[str, Any]]:
        """One row a judged gold span, in page order."""
        return self.prediction_rows()

    @cached_property
    def labels(self) -> tuple[str, ...]:
        """The label names, in the order of the columns of probabilities."""
        with self._parquet() as file:
            stored = (file.schema_arrow.metadata or {}).get(b"mlpkg.labels")
        if stored is None:
            raise self._too_old("no 'mlpkg.labels' in the metadata")
        return tuple(json.loads(stored))

    def prediction_rows(
        self, columns: Sequence[str] | None = None
    ) -> list[dict[str, Any]]:
        """Read the named columns of the predictions, or all of them."""
        with self._parquet() as file:
            lacking = sorted(set(columns or ()) - set(file.schema_arrow.names))
            if not lacking:
                rows: list[dict[str, Any]] = file.read(columns).to_pylist()
                return rows
        raise self._too_old(f"no column {', '.join(map(repr, lacking))}")

    @contextmanager
    def _parquet(self) -> Iterator[Any]:
        """Open the predictions; a damaged file is told by its name."""
        import pyarrow as pa
        import pyarrow.parquet as pq

        path = self._file(PREDICTIONS)
        try:
            with pq.ParquetFile(path) as file:
                yield file
        except (pa.ArrowException, OSError) as error:
            raise DataError(
                f"{path}: not a whole Parquet file ({error}); copy it again"
            ) from None

    def _too_old(self, lack: str) -> DataError:
        """Make the error for a run of a version that stored less."""
        return DataError(
            f"{self.path / PREDICTIONS}: {lack}; the run is older than this version, "
            "train it again"
        )

    def _file(self, name: str) -> Path:
        """Return the path of a file that must be there."""
        path = self.path / name
        if not path.is_file():
            raise DataError(f"{path}: missing from the run; copy the whole folder")
        return path

    def _json(self, name: str) -> dict[str, Any]:
        """Read a file that holds a JSON object."""
        path = self._file(name)
        try:
            value = json.loads(path.read_text(encoding="utf-8"))
        except ValueError as error:  # not JSON, or not UTF-8
            raise DataError(f"{path}: not JSON ({error}); restore the file") from None
        return _object(value, path)


def leaves(tree: Mapping[str, Any], prefix: str = "") -> dict[str, Any]:
    """Flatten a tree of settings to dotted paths; lists are leaves.

    Examples
    --------
    >>> leaves({"seed": 0, "data": {"labels": ["a", "b"]}})
    {'seed': 0, 'data.labels': ['a', 'b']}
    """
    flat: dict[str, Any] = {}
    for key, value in tree.items():
        path = f"{prefix}{key}"
        if isinstance(value, Mapping) and value:
            flat |= leaves(value, f"{path}.")
        else:
            flat[path] = value
    return flat


def _object(value: Any, path: Path) -> dict[str, Any]:
    """Refuse a file that holds something else than an object."""
    if not isinstance(value, dict):
        raise DataError(
            f"{path}: holds a {type(value).__name__} where an object of names and "
            "values belongs; restore the file"
        )
    return value


def _is_evaluation(value: Any) -> bool:
    """Tell whether tables can be made from a stored value."""
    return (
        isinstance(value, dict)
        and value.keys() >= _EVALUATION
        and _is_table(value["rows"], _ROW)
    )


def _is_table(value: Any, columns: set[str]) -> bool:
    """Tell whether a stored value is a list of rows with these columns."""
    return isinstance(value, list) and all(
        isinstance(row, dict) and row.keys() >= columns for row in value
    )
