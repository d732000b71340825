"""Which rows a config asks for, and where each of them is stored."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from mlpkg.benchmark.classifiers import MODEL, is_extractor, learns
from mlpkg.benchmark.config import BenchmarkConfig, ClassifierSpec, TaskSpec
from mlpkg.benchmark.tasks import make_task
from mlpkg.benchmark.tasks.base import BenchmarkTask, sides
from mlpkg.config import CORPUS_PREFIX
from mlpkg.exceptions import ConfigError, MlpkgError, ModelNotFoundError
from mlpkg.models.store import manifest_of
from mlpkg.report.benchmark_records import Kind
from mlpkg.tracking.provenance import code_sha256

__all__ = ["PlannedRow", "Planner"]

# Code from which a row's figures follow.
CODE = ("benchmark", "embedding", "features", "models", "segmentation", "evaluation")


@dataclass(frozen=True, slots=True)
class PlannedRow:
    """One row to make.

    Parameters
    ----------
    classifier, task
        Their settings.
    seed
        Of training, and of the draw of few pages.
    kind
        As in `mlpkg.report.benchmark_records.Row`.
    source
        Settings of the task whose pages are learned from; None where nothing is.
    train
        Name of what was learned from, None where that is nothing or not known.
    few
        How many of its pages are drawn; None for all.
    revision
        Hash of all that decides the figures of the row.
    """

    classifier: ClassifierSpec
    task: TaskSpec
    seed: int
    kind: Kind
    source: TaskSpec | None
    train: str | None
    few: int | None
    revision: str

    @property
    def path(self) -> Path:
        """Place of its file in the benchmark's folder."""
        name = f"{self.revision}-seed{self.seed}.json"
        return Path("rows") / self.task.name / self.classifier.name / name

    @property
    def title(self) -> str:
        """Say in one line what it is."""
        pages = f", {self.few} pages" if self.few else ""
        train = f" on {self.train}{pages}" if self.train else ""
        return f"{self.classifier.name}{train} -> {self.task.name}, seed {self.seed}"


class Planner:
    """Makes the rows of a config.

    Parameters
    ----------
    config
        The benchmark.
    folder
        Where the public corpora lie.
    max_pages
        Most articles of each side of each task; None for what the config says.
    only, tasks
        Names of the classifiers and tasks to keep; empty for all.

    Raises
    ------
    ConfigError
        `only` or `tasks` names what the config does not have.
    """

    def __init__(
        self,
        config: BenchmarkConfig,
        folder: Path,
        max_pages: int | None = None,
        only: Sequence[str] = (),
        tasks: Sequence[str] = (),
    ) -> None:
        self.config = config
        self.only = _known("--only", only, [spec.name for spec in config.classifiers])
        self.wanted = _known("--tasks", tasks, [spec.name for spec in config.tasks])
        self.tasks: dict[str, BenchmarkTask] = {}
        self.specs = {spec.name: spec for spec in config.tasks}
        sources = config.cross_corpus.sources
        for name in dict.fromkeys([*self.specs, *sources, config.few_shot.task]):
            spec = self.specs.setdefault(name, TaskSpec(name=name))
            self.tasks[name] = make_task(spec, folder, max_pages)
        # Of one run; what changes any figure makes a new revision.
        self._common = [
            max_pages,
            config.evaluation.model_dump(include={"bootstrap", "level"}),
            config.limits.latency_calls,
            config.threads,
            code_sha256(*CODE),
        ]

    def rows(self) -> list[PlannedRow]:
        """Return all rows, task by task; each once."""
        asked = [spec.name for spec in self.config.tasks]
        names = [name for name in asked if not self.wanted or name in self.wanted]
        found = [row for name in names for row in self._of_task(self.tasks[name])]
        return list({row.path: row for row in found}.values())

    def _of_task(self, task: BenchmarkTask) -> Iterator[PlannedRow]:
        """Yield the rows of a task: within it, from other corpora, from few pages."""
        for spec in self.config.classifiers:
            wanted = not self.only or spec.name in self.only
            if wanted and (spec.tasks is None or task.name in spec.tasks):
                yield from self._of_pair(spec, task)

    def _of_pair(
        self, spec: ClassifierSpec, task: BenchmarkTask
    ) -> Iterator[PlannedRow]:
        """Yield the rows of a classifier on a task."""
        if is_extractor(spec):
            if task.html is not None:
                yield self._row(spec, task, 0, "cross-corpus", None)
        elif not learns(spec):
            yield self._ready_made(spec, task)
        else:
            if task.train_name:
                for seed in spec.seeds:
                    yield self._row(spec, task, seed, "in-corpus", task)
            yield from self._from_elsewhere(spec, task)
            yield from self._from_few(spec, task)

    def _from_elsewhere(
        self, spec: ClassifierSpec, task: BenchmarkTask
    ) -> Iterator[PlannedRow]:
        """Yield the rows of a classifier that learned on another task."""
        cross = self.config.cross_corpus
        if spec.name not in cross.classifiers:
            return
        for source in (self.tasks[name] for name in cross.sources):
            if source.name != task.name and _fits(source, task):
                for seed in spec.seeds:
                    yield self._row(spec, task, seed, "cross-corpus", source)

    def _from_few(
        self, spec: ClassifierSpec, task: BenchmarkTask
    ) -> Iterator[PlannedRow]:
        """Yield the rows of a classifier that learned on few pages."""
        few = self.config.few_shot
        if spec.name in few.classifiers and task.name == few.task:
            for pages in few.pages:
                for draw in range(few.draws):
                    yield self._row(spec, task, draw, "few-shot", task, pages)

    def _ready_made(self, spec: ClassifierSpec, task: BenchmarkTask) -> PlannedRow:
        """Plan a classifier that learns nothing here."""
        train = _trained_on(spec)
        own = task.train_name and train in (None, task.train_name)
        # Rules learned nowhere: they stand beside what learned on the task.
        kind: Kind = "in-corpus" if own else "cross-corpus"
        return self._row(spec, task, 0, kind, None, train=train)

    def _row(
        self,
        spec: ClassifierSpec,
        task: BenchmarkTask,
        seed: int,
        kind: Kind,
        source: BenchmarkTask | None,
        few: int | None = None,
        train: str | None = None,
    ) -> PlannedRow:
        """Make one row with its revision."""
        what = {
            "classifier": spec.model_dump(mode="json", exclude={"seeds", "tasks"}),
            "task": [task.facts.checksum, self._settings(task)],
            "source": source and [source.facts.checksum, self._settings(source)],
            "kind": kind,
            "few": few,
            "most": kind == "cross-corpus" and self.config.cross_corpus.train_pages,
            "common": self._common,
            "model": _model_digest(spec),
        }
        digest = hashlib.sha256(json.dumps(what, sort_keys=True).encode()).hexdigest()
        return PlannedRow(
            spec,
            self.specs[task.name],
            seed,
            kind,
            self.specs[source.name] if source else None,
            source.train_name if source else train,
            few,
            digest[:10],
        )

    def _settings(self, task: BenchmarkTask) -> dict[str, Any]:
        """Return what of a task's settings changes a figure."""
        return self.specs[task.name].model_dump(
            mode="json", exclude={"title", "licence", "citation"}
        )


def _fits(source: BenchmarkTask, task: BenchmarkTask) -> bool:
    """Tell whether what learned on one task can be scored on another."""
    names = source.scheme.names if source.train_name else ()
    return bool(names) and sides(task.meaning, names) is not None


def _trained_on(spec: ClassifierSpec) -> str | None:
    """Return the training data of a model of mlpkg where its folder names them."""
    if not spec.use.startswith(MODEL):
        return None
    name = spec.use.removeprefix(MODEL)
    try:
        train = str(manifest_of(name)["config"]["data"]["train"])
    except ModelNotFoundError:
        return None
    except (MlpkgError, LookupError, TypeError):
        return "its own data"
    if train.startswith(CORPUS_PREFIX):
        return train.partition("@")[0]
    return "its own data"  # a path tells strangers nothing


def _model_digest(spec: ClassifierSpec) -> Any:
    """Return the hashes of a ready model's files, None for all else."""
    if not spec.use.startswith(MODEL):
        return None
    try:
        return manifest_of(spec.use.removeprefix(MODEL))["files"]
    except MlpkgError:
        return None


def _known(option: str, names: Sequence[str], known: Sequence[str]) -> frozenset[str]:
    """Refuse a name that the config does not have."""
    unknown = [name for name in names if name not in known]
    if unknown:
        raise ConfigError(
            f"{option} {unknown[0]!r}: not in the config, which has {', '.join(known)}"
        )
    return frozenset(names)
