"""What a run's stored predictions show: confidence, real label mix, slices, errors.

All of it is computed by `mlpkg.evaluation`; here it is chosen and set out.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from mlpkg.calibration import RiskCurve, fit_risk_curve
from mlpkg.evaluation import (
    REAL_PAGES_MIX,
    ReliabilityBin,
    WorstError,
    derived_columns,
    evaluate_label_mix,
    reliability,
    risk_coverage,
    slices,
    worst_errors,
)
from mlpkg.evaluation.slices import SliceRow
from mlpkg.exceptions import DataError
from mlpkg.report.figures_svg import Series, XYFigure, xy_figure
from mlpkg.report.run_scores import PartScores, part_scores

__all__ = [
    "Columns",
    "ConfidenceSection",
    "MixTable",
    "SliceTable",
    "Threshold",
    "confidence_section",
    "error_list",
    "mix_tables",
    "predictions_by_part",
    "slice_tables",
]

# Errors among the kept that people ask for.
RISKS = (0.01, 0.02, 0.05, 0.1)
# More rows of one column would bury the others.
MAX_VALUES = 12
MAX_ERRORS = 20
ERRORS_PER_PAGE = 2
_PAGE_COLUMNS = ("genre", "register", "english", "outlet", "year")
_NEEDED = ("article_id", "index", "gold", "label", "confidence")


@dataclass(frozen=True, slots=True)
class Columns:
    """The predictions of one part, a value a row in each column."""

    articles: tuple[str, ...]
    indices: tuple[int, ...]
    texts: tuple[str, ...]
    gold: tuple[str, ...]
    labels: tuple[str, ...]
    confidence: tuple[float, ...]
    hard: tuple[bool, ...]
    page: Mapping[str, tuple[str, ...]]

    @property
    def correct(self) -> list[bool]:
        """Whether each label is right."""
        return [a == b for a, b in zip(self.gold, self.labels, strict=True)]


@dataclass(frozen=True, slots=True)
class Threshold:
    """What abstention under a confidence leaves; None where none is high enough."""

    part: str
    risk: float
    threshold: float | None
    coverage: float | None
    error: float | None


@dataclass(frozen=True, slots=True)
class ConfidenceSection:
    """Reliability diagram and risk-coverage curve of all parts, with their tables."""

    reliability: XYFigure
    bins: tuple[tuple[str, tuple[ReliabilityBin, ...]], ...]
    risk: XYFigure
    thresholds: tuple[Threshold, ...]
    level: float


@dataclass(frozen=True, slots=True)
class MixTable:
    """The scores of a part, its own and re-weighted to the shares of real pages."""

    own: PartScores
    real: PartScores
    shares: Mapping[str, float]


@dataclass(frozen=True, slots=True)
class SliceTable:
    """The slices of one column: a pair of macro-F1 and accuracy each."""

    column: str
    rows: tuple[tuple[SliceRow, SliceRow], ...]


def predictions_by_part(rows: Sequence[Mapping[str, Any]]) -> dict[str, Columns]:
    """Turn rows of predictions into columns by part, in the order of the rows.

    Raises
    ------
    DataError
        A row lacks a column that every run has.
    """
    parts: dict[str, list[Mapping[str, Any]]] = {}
    for number, row in enumerate(rows):
        missing = [name for name in ("part", *_NEEDED) if name not in row]
        if missing:
            raise DataError(
                f"predictions.parquet, row {number}: no column {missing[0]!r} among "
                f"{', '.join(row)}; the run is of another version: train it again"
            )
        parts.setdefault(row["part"], []).append(row)
    return {name: _columns(part) for name, part in parts.items()}


def confidence_section(
    predictions: Mapping[str, Columns], level: float = 0.95
) -> ConfidenceSection:
    """Draw reliability and risk against coverage, and find thresholds.

    Parameters
    ----------
    predictions
        Columns by part.
    level
        One-sided level of the thresholds.
    """
    bins, curves, areas, thresholds = [], [], [], []
    for part, columns in predictions.items():
        confidence, correct = columns.confidence, columns.correct
        bins.append((part, reliability(confidence, correct)))
        # One resample: the figure has no band, its thresholds have their own bounds.
        curve = risk_coverage(confidence, correct, columns.articles, n=1)
        points = ((point.coverage, point.error) for point in reversed(curve.points))
        curves.append(Series(part, tuple(points)))
        areas.append(f"{part} {curve.area:.3f}")
        kept = fit_risk_curve(
            np.asarray(confidence),
            ~np.asarray(correct),
            np.asarray(columns.articles),
            level=level,
        )
        thresholds += [_threshold(part, kept, risk) for risk in RISKS]
    diagram = [
        Series(part, tuple((b.confidence, b.accuracy) for b in found), marked=True)
        for part, found in bins
    ]
    return ConfidenceSection(
        reliability=xy_figure(
            diagram,
            title="Reliability",
            description="Segments in bins of like confidence. On the dotted diagonal "
            "confidence is right; below it the model is too sure of itself.",
            x_label="mean confidence",
            y_label="accuracy",
            diagonal=True,
        ),
        bins=tuple(bins),
        risk=xy_figure(
            curves,
            title="Risk against coverage",
            description="Error among the kept segments when only the most confident "
            f"ones are kept. Area under the curve: {', '.join(areas)}.",
            x_label="share of segments kept",
            y_label="error among the kept",
            small=True,
        ),
        thresholds=tuple(thresholds),
        level=level,
    )


def mix_tables(
    parts: Sequence[PartScores], predictions: Mapping[str, Columns]
) -> list[MixTable]:
    """Re-weight the scores of each part that has predictions of every label."""
    tables = []
    for part in parts:
        columns = predictions.get(part.name)
        if columns is None or not (
            set(columns.gold) == set(part.stored["labels"]) == set(REAL_PAGES_MIX)
        ):
            continue
        weighted = evaluate_label_mix(
            columns.gold,
            columns.labels,
            columns.articles,
            part.stored["labels"],
            n=part.stored["n_resamples"],
            level=part.stored["level"],
        )
        real = part_scores(part.name, weighted.to_json())
        tables.append(MixTable(part, real, REAL_PAGES_MIX))
    return tables


def slice_tables(part: PartScores, columns: Columns) -> list[SliceTable]:
    """Score the slices of a part; a column that holds one value only says nothing."""
    named = {
        name: _largest(_decades(values) if name == "year" else values)
        for name, values in columns.page.items()
    }
    named |= derived_columns(
        columns.articles, columns.indices, columns.texts, columns.hard
    )
    found = slices(
        {name: values for name, values in named.items() if len(set(values)) > 1},
        columns.gold,
        columns.labels,
        columns.articles,
        part.stored["labels"],
        n=part.stored["n_resamples"],
        level=part.stored["level"],
    )
    tables: dict[str, dict[str, list[SliceRow]]] = {}
    for row in found.rows:
        tables.setdefault(row.column, {}).setdefault(row.group, []).append(row)
    return [
        SliceTable(column, tuple((f1, accuracy) for f1, accuracy in groups.values()))
        for column, groups in tables.items()
    ]


def error_list(columns: Columns) -> tuple[WorstError, ...]:
    """Pick the most confident errors, few a page."""
    return worst_errors(
        columns.articles,
        columns.indices,
        columns.texts,
        columns.gold,
        columns.labels,
        columns.confidence,
        k=MAX_ERRORS,
        per_article=ERRORS_PER_PAGE,
    )


def _columns(rows: Sequence[Mapping[str, Any]]) -> Columns:
    """Turn rows into columns."""
    needed = (tuple(row[name] for row in rows) for name in _NEEDED)
    articles, indices, gold, labels, confidence = needed
    return Columns(
        articles,
        indices,
        tuple(row.get("text") or "" for row in rows),
        gold,
        labels,
        confidence,
        tuple(bool(row.get("hard")) for row in rows),
        {name: tuple(row.get(name) or "" for row in rows) for name in _PAGE_COLUMNS},
    )


def _threshold(part: str, curve: RiskCurve, risk: float) -> Threshold:
    """Find where abstention must begin for a stated error, and what it costs."""
    if not curve.reachable(risk):
        return Threshold(part, risk, None, None, None)
    threshold = curve.threshold(risk)
    place = curve.thresholds.index(threshold)
    return Threshold(part, risk, threshold, curve.coverage[place], curve.error[place])


def _decades(years: Sequence[str]) -> Sequence[str]:
    """Pool years by decade where there are many."""
    if len(set(years)) <= MAX_VALUES:
        return years
    return [f"{year[:3]}0s" if year[:4].isdecimal() else year for year in years]


def _largest(values: Sequence[str]) -> Sequence[str]:
    """Pool what is not among the most frequent values."""
    counts = Counter(values)
    if len(counts) <= MAX_VALUES:
        return values
    kept = {value for value, _ in counts.most_common(MAX_VALUES - 1)}
    return [value if value in kept else "(all others)" for value in values]
