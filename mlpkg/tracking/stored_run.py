"""A finished run folder, read part by part as the parts are asked for."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from functools import cached_property
from pathlib import Path
from typing import Any

from mlpkg.exceptions import DataError

__all__ = ["StoredRun", "leaves"]

_EVALUATION = {"labels", "rows", "confusion", "n_articles", "n_segments", "level"}
_ROW = {"metric", "label", "value", "low", "high", "support"}


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
    Nothing is unpickled and nothing is followed out of the folder, so that a
    stranger's run may be opened.
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
    def audit(self) -> dict[str, dict[str, Any]] | None:
        """Leakage audits by part; None in runs that were made without."""
        if not (self.path / "audit.json").is_file():
            return None
        return self._json("audit.json")

    @cached_property
    def predictions(self) -> list[dict[str, Any]]:
        """One row a judged gold span, in page order."""
        return self.prediction_rows()

    @cached_property
    def labels(self) -> tuple[str, ...]:
        """The label names, in the order of the columns of probabilities."""
        import pyarrow.parquet as pq

        path = self._file("predictions.parquet")
        with _parquet_errors(path):
            metadata = pq.read_metadata(path).metadata or {}
        stored = metadata.get(b"mlpkg.labels")
        if stored is None:
            raise DataError(
                f"{path}: the metadata lack 'mlpkg.labels'; the run is older than "
                "this version, train it again"
            )
        return tuple(json.loads(stored))

    def prediction_rows(
        self, columns: Sequence[str] | None = None
    ) -> list[dict[str, Any]]:
        """Read some columns of the predictions, or all of them."""
        import pyarrow.parquet as pq

        path = self._file("predictions.parquet")
        with _parquet_errors(path):
            lacking = set(columns or ()) - set(pq.read_schema(path).names)
            if not lacking:
                rows: list[dict[str, Any]] = pq.read_table(
                    path, columns=columns
                ).to_pylist()
                return rows
        raise DataError(
            f"{path}: no column {', '.join(sorted(lacking))}; the run is older than "
            "this version, train it again"
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
