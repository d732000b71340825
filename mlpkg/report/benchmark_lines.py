"""One line of a benchmark's table: a classifier, averaged over its seeds.

Everything that a view shows of a classifier is a field of `Line`; `Line.to_json`
names it for files.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from statistics import fmean
from typing import Any, Literal

from mlpkg.report.benchmark_records import ClassScores, Row, Score

__all__ = ["COSTS", "STAGES", "Cost", "Line", "Mark", "line_of"]

Mark = Literal["best", "indistinguishable", "worse", "untested"]
STAGES = ("read", "segment", "embed", "features", "head")


@dataclass(frozen=True, slots=True)
class Cost:
    """A price of a classifier: its name in files and views, and its unit."""

    key: str
    title: str
    unit: str
    more_is_better: bool = False


COSTS = (
    Cost("segments_per_second", "speed", "segments/s", more_is_better=True),
    Cost("latency_p50_ms", "latency p50", "ms"),
    Cost("latency_p95_ms", "latency p95", "ms"),
    Cost("peak_memory_mb", "peak memory", "MB"),
    Cost("size_mb", "size", "MB"),
    Cost("train_seconds", "training", "s"),
    Cost("import_seconds", "import", "s"),
    Cost("warm_up_seconds", "warm-up", "s"),
)


@dataclass(frozen=True, slots=True)
class Line:
    """A classifier on a task, averaged over the seeds that ended well.

    Parameters
    ----------
    classifier, train, n_train_pages
        What was judged, what it learned from and from how many pages.
    status, reason
        Of the first seed when none ended well, else ok; the reason then tells of the
        seeds that did not.
    n_seeds, n_ok
        Seeds in all, and those that ended well.
    main
        The score that ranks. Its interval is the mean of the seeds' intervals.
    draws
        The main score of each seed that ended well.
    scores, per_class
        Means of all scores, by name and by label.
    costs, stages
        Means by the key of `COSTS` and by stage; None where none was measured.
    notes
        What the rows say of themselves.
    rank, mark, p
        Place in its table, and what the paired test against the best says.
    ratios
        Costs as multiples of the reference's; empty without one.
    """

    classifier: str
    train: str | None
    n_train_pages: int | None
    status: str
    reason: str
    n_seeds: int
    n_ok: int
    main: Score
    draws: tuple[float, ...]
    scores: Mapping[str, Score]
    per_class: Mapping[str, ClassScores]
    costs: Mapping[str, float | None]
    stages: Mapping[str, float | None]
    notes: tuple[str, ...]
    rank: int | None = None
    mark: Mark = "untested"
    p: float | None = None
    ratios: Mapping[str, float | None] | None = None

    @property
    def spread(self) -> tuple[float, float] | None:
        """Lowest and highest main score of the seeds; None for a single one."""
        return (min(self.draws), max(self.draws)) if len(self.draws) > 1 else None

    def to_json(self) -> dict[str, Any]:
        """Return the line as flat columns, the same in JSON and CSV."""
        low, high = self.spread or (None, None)
        columns: dict[str, Any] = {
            "rank": self.rank,
            "classifier": self.classifier,
            "train": self.train,
            "status": self.status,
            "reason": self.reason,
            "mark": self.mark,
            "p": self.p,
            "value": self.main.value,
            "low": self.main.low,
            "high": self.main.high,
            "seed_low": low,
            "seed_high": high,
            "n_seeds": self.n_seeds,
            "n_ok": self.n_ok,
        }
        columns |= {cost.key: self.costs.get(cost.key) for cost in COSTS}
        columns |= {
            f"{cost.key}_ratio": (self.ratios or {}).get(cost.key) for cost in COSTS
        }
        columns |= {f"{stage}_seconds": self.stages.get(stage) for stage in STAGES}
        for name, score in self.scores.items():
            columns |= _score_columns(name, score)
        for label, scores in self.per_class.items():
            columns |= _class_columns(label, scores)
        return columns | {"note": " ".join(self.notes)}


def line_of(rows: Sequence[Row]) -> Line:
    """Average the seeds of one classifier on one task.

    Parameters
    ----------
    rows
        One or more rows that differ in their seed alone.
    """
    good = [row for row in rows if row.status == "ok"]
    first, shown = rows[0], good[0] if good else rows[0]
    bad = [row for row in rows if row.status != "ok"]
    scores = _means(good, lambda row: row.scores)
    return Line(
        classifier=first.classifier,
        train=shown.train,
        n_train_pages=first.n_train_pages,
        status=shown.status,
        reason=_reason(bad, len(rows)),
        n_seeds=len(rows),
        n_ok=len(good),
        main=scores.get(shown.main_score, Score(None)),
        draws=tuple(
            value
            for row in good
            if (value := row.scores[row.main_score].value) is not None
        ),
        scores=scores,
        per_class=_class_means(good),
        costs={cost.key: _mean(_cost(row, cost.key) for row in good) for cost in COSTS},
        stages={
            stage: _mean((row.stages or {}).get(stage) for row in good)
            for stage in STAGES
        },
        notes=tuple(dict.fromkeys(row.note for row in rows if row.note)),
    )


def _reason(bad: Sequence[Row], n_rows: int) -> str:
    """Say why seeds did not end well, each reason once."""
    reasons = dict.fromkeys(
        f"{row.status}: {row.reason or 'no reason stored'}" for row in bad
    )
    if not bad or len(bad) == n_rows:
        return "; ".join(reasons)
    return f"{len(bad)} of {n_rows} seeds {'; '.join(reasons)}"


def _cost(row: Row, key: str) -> float | None:
    """Find a cost of a row under its name in files."""
    if key.startswith("latency_"):
        return (row.latency_ms or {}).get(key.split("_")[1])
    value: float | None = getattr(row, key)
    return value


def _means(
    rows: Iterable[Row], scores_of: Callable[[Row], Mapping[str, Score | None]]
) -> dict[str, Score]:
    """Average scores of the same name; the interval's ends each for themselves."""
    found: dict[str, list[Score]] = {}
    for row in rows:
        for name, score in scores_of(row).items():
            if score is not None:
                found.setdefault(name, []).append(score)
    return {
        name: Score(
            _mean(score.value for score in scores),
            _mean(score.low for score in scores),
            _mean(score.high for score in scores),
        )
        for name, scores in found.items()
    }


def _class_means(rows: Sequence[Row]) -> dict[str, ClassScores]:
    """Average the scores of each label."""
    labels = dict.fromkeys(label for row in rows for label in row.per_class)
    means = {}
    for label in labels:
        known = [row for row in rows if label in row.per_class]
        scores = _means(
            known,
            lambda row, label=label: {  # type: ignore[misc]
                name: getattr(row.per_class[label], name)
                for name in ("f1", "precision", "recall")
            },
        )
        support = known[0].per_class[label].support
        means[label] = ClassScores(**scores, support=support)
    return means


def _mean(values: Iterable[float | None]) -> float | None:
    """Average what is known."""
    known = [value for value in values if value is not None]
    return fmean(known) if known else None


def _score_columns(name: str, score: Score) -> dict[str, float | None]:
    """Name the columns of a score."""
    return {name: score.value, f"{name}_low": score.low, f"{name}_high": score.high}


def _class_columns(label: str, scores: ClassScores) -> dict[str, float | None]:
    """Name the columns of a label."""
    columns: dict[str, float | None] = {}
    for name in ("f1", "precision", "recall"):
        score = getattr(scores, name)
        if score is not None:
            columns |= _score_columns(f"{label}:{name}", score)
    return columns | {f"{label}:support": scores.support}
