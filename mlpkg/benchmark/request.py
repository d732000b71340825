"""What a row's process is told: a plan's row and the run around it, as JSON."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

from mlpkg.benchmark.config import BenchmarkConfig, ClassifierSpec, TaskSpec
from mlpkg.benchmark.plan import PlannedRow
from mlpkg.benchmark.tasks import make_task
from mlpkg.benchmark.tasks.base import BenchmarkTask
from mlpkg.report.benchmark_records import Kind

__all__ = ["Request"]


@dataclass(frozen=True, slots=True)
class Request:
    """One row to make, here and now.

    Parameters
    ----------
    settings
        The benchmark.
    classifier, task, source, seed, kind, train, few, revision
        As in `PlannedRow`.
    corpora, home
        Folders of the public corpora and of the config.
    max_pages
        As `mlpkg.benchmark.plan.Planner` takes it.
    """

    settings: BenchmarkConfig
    classifier: ClassifierSpec
    task: TaskSpec
    source: TaskSpec | None
    seed: int
    kind: Kind
    train: str | None
    few: int | None
    revision: str
    corpora: str
    home: str
    max_pages: int | None = None

    @classmethod
    def of(
        cls,
        row: PlannedRow,
        settings: BenchmarkConfig,
        corpora: Path,
        home: Path,
        max_pages: int | None,
    ) -> Self:
        """Make the request of a planned row."""
        facts = {name: getattr(row, name) for name in row.__slots__}
        return cls(
            settings, **facts, corpora=str(corpora), home=str(home), max_pages=max_pages
        )

    def save(self, path: Path) -> None:
        """Write the request."""
        plain = {
            name: value.model_dump(mode="json")
            if hasattr(value, "model_dump")
            else value
            for name in self.__slots__
            for value in [getattr(self, name)]
        }
        path.write_text(json.dumps(plain), encoding="utf-8")

    @classmethod
    def load(cls, path: Path) -> Self:
        """Read what `save` wrote."""
        plain: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        source = plain.pop("source")
        return cls(
            settings=BenchmarkConfig.model_validate(plain.pop("settings")),
            classifier=ClassifierSpec.model_validate(plain.pop("classifier")),
            task=TaskSpec.model_validate(plain.pop("task")),
            source=None if source is None else TaskSpec.model_validate(source),
            **plain,
        )

    def source_task(self, task: BenchmarkTask) -> BenchmarkTask:
        """Return the task whose pages are learned from, its own where there is none."""
        if self.source is None or self.source == self.task:
            return task
        return make_task(self.source, Path(self.corpora), self.max_pages)
