"""What a benchmark folder holds, as records: rows, tasks and comparisons.

`mlpkg.report.benchmark_rows` reads and checks them; the field names are the keys of
the files.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Annotated, Literal

from pydantic import Field, FiniteFloat, JsonValue, NonNegativeInt

__all__ = [
    "BenchmarkFolder",
    "ClassScores",
    "Comparison",
    "Kind",
    "Opponent",
    "Part",
    "Published",
    "Row",
    "Score",
    "Task",
]

Kind = Literal["in-corpus", "cross-corpus", "few-shot"]
Part = Literal["development", "test", "user"]
Cost = Annotated[FiniteFloat, Field(ge=0)] | None


@dataclass(frozen=True, slots=True)
class Score:
    """A value with its bootstrap interval; None where there is none."""

    value: FiniteFloat | None
    low: FiniteFloat | None = None
    high: FiniteFloat | None = None


@dataclass(frozen=True, slots=True)
class ClassScores:
    """Scores of one label."""

    f1: Score
    precision: Score | None = None
    recall: Score | None = None
    support: NonNegativeInt | None = None


@dataclass(frozen=True, slots=True)
class Row:
    """One classifier on one task with one seed.

    Parameters
    ----------
    classifier, task, seed, revision
        What it was; rows of different revisions are never averaged.
    kind
        Whether it learned from the task's own corpus, from another, or from few pages.
    part
        Which part of the task's data scored it.
    status, reason
        How it ended and, unless well, why.
    train, n_train_pages
        What it learned from, and from how many pages.
    main_score
        The name in `scores` that ranks the rows of a task; higher is better.
    scores, per_class
        Scores over all labels by name, and by label.
    train_seconds, segments_per_second, warm_up_seconds, peak_memory_mb, size_mb, \
import_seconds
        Costs; None where they do not apply.
    stages
        Seconds of each stage of the judging.
    latency_ms
        Milliseconds for a single segment, by percentile.
    threads, machine, versions, date, note
        How it was measured.
    """

    classifier: str
    task: str
    seed: int
    kind: Kind
    part: Part
    status: Literal["ok", "failed", "missing-data", "skipped"]
    revision: str = ""
    reason: str = ""
    train: str | None = None
    n_train_pages: NonNegativeInt | None = None
    main_score: str = ""
    scores: Mapping[str, Score] = field(default_factory=dict)
    per_class: Mapping[str, ClassScores] = field(default_factory=dict)
    train_seconds: Cost = None
    segments_per_second: Cost = None
    stages: Mapping[str, Cost] | None = None
    warm_up_seconds: Cost = None
    latency_ms: Mapping[str, Cost] | None = None
    peak_memory_mb: Cost = None
    size_mb: Cost = None
    import_seconds: Cost = None
    threads: NonNegativeInt | None = None
    machine: Mapping[str, JsonValue] | None = None
    versions: Mapping[str, str | None] | None = None
    date: str = ""
    note: str | None = ""


@dataclass(frozen=True, slots=True)
class Published:
    """A figure that others published on the test part of a task."""

    name: str
    score: str
    value: FiniteFloat
    citation: str


@dataclass(frozen=True, slots=True)
class Task:
    """Where the data of a task come from and how it is scored."""

    name: str
    title: str = ""
    origin: str | None = ""
    revision: str | None = ""
    licence: str | None = ""
    citation: str | None = ""
    checksum: str | None = ""
    field: str | None = ""
    main_score: str | None = ""
    part: str | None = ""
    published: tuple[Published, ...] = ()


@dataclass(frozen=True, slots=True)
class Opponent:
    """A classifier as a comparison names it, with its test against the best one.

    `p` is the Holm-corrected p-value; None for the best itself.
    """

    classifier: str
    train: str | None = None
    p: FiniteFloat | None = None
    indistinguishable: bool = False


@dataclass(frozen=True, slots=True)
class Comparison:
    """Paired tests of all rows of one table against the best of them."""

    task: str
    part: Part
    kind: Kind
    best: Opponent
    rows: tuple[Opponent, ...]
    n_train_pages: NonNegativeInt | None = None


@dataclass(frozen=True, slots=True)
class BenchmarkFolder:
    """All that stands in a benchmark folder.

    `reference` is the classifier to which ratios are taken; `notes` tells what the
    folder lacks.
    """

    rows: tuple[Row, ...]
    tasks: tuple[Task, ...] = ()
    comparisons: tuple[Comparison, ...] = ()
    reference: str | None = None
    notes: tuple[str, ...] = ()
