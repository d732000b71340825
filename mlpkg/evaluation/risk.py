"""What confidence is worth: error against coverage, and accuracy against confidence.

Confidences must come from segments that the model was not trained on. Thresholds to
abstain by are `mlpkg.calibration.abstention`'s.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from mlpkg.evaluation.bootstrap import percentile_interval, resampled_sums
from mlpkg.evaluation.metrics import check_columns
from mlpkg.evaluation.probability_losses import confidence_bins
from mlpkg.evaluation.report_table import aligned, interval_cell, size_line
from mlpkg.exceptions import DataError

__all__ = [
    "ReliabilityBin",
    "RiskCoverage",
    "RiskPoint",
    "reliability",
    "risk_coverage",
]

# Steps of a quarter of a percent of coverage: finer than any interval is narrow.
MAX_THRESHOLDS = 400


@dataclass(frozen=True, slots=True)
class RiskPoint:
    """What is kept at one threshold.

    Parameters
    ----------
    threshold
        Segments of at least this confidence are kept.
    coverage
        Share of the segments that is kept.
    error
        Share of wrong labels among the kept.
    low, high
        Interval of the error, None where there is none.
    kept
        How many segments are kept.
    """

    threshold: float
    coverage: float
    error: float
    low: float | None
    high: float | None
    kept: int


@dataclass(frozen=True, slots=True)
class RiskCoverage:
    """Error against coverage.

    Parameters
    ----------
    points
        The table, from full coverage to the most confident segments.
    area
        Area under the curve of error over coverage (AURC), lower is better.
    area_low, area_high
        Its interval, None for fewer than two articles.
    n_articles, n_segments
        How much was judged.
    level, n_resamples
        Level of the intervals, and resamples behind them.

    Examples
    --------
    >>> curve = risk_coverage([0.9, 0.8, 0.7, 0.6], [1, 1, 1, 0], list("ppqq"))
    >>> curve.points[0].error, curve.points[1].coverage, curve.area
    (0.25, 0.75, 0.0625)
    """

    points: tuple[RiskPoint, ...]
    area: float
    area_low: float | None
    area_high: float | None
    n_articles: int
    n_segments: int
    level: float
    n_resamples: int

    def frame(self) -> list[dict[str, Any]]:
        """Return the table as rows of the fields of `RiskPoint`."""
        return [asdict(point) for point in self.points]

    def to_json(self) -> dict[str, Any]:
        """Return the whole result in types of JSON; a missing value is None."""
        return asdict(self) | {"points": self.frame()}

    def to_text(self, lines: int = 10) -> str:
        """Return the curve as plain text at about `lines` coverages."""
        last = len(self.points) - 1
        shown = np.unique(np.linspace(0, last, lines).round().astype(int))
        table = [["coverage", "threshold", "error of the kept", "segments"]]
        for point in (self.points[row] for row in shown):
            error = {"value": point.error, "low": point.low, "high": point.high}
            table.append(
                [
                    f"{point.coverage:.3f}",
                    f"{point.threshold:.3f}",
                    interval_cell(error),
                    str(point.kept),
                ]
            )
        area = {"value": self.area, "low": self.area_low, "high": self.area_high}
        return (
            f"{aligned(table)}\n\narea under the curve {interval_cell(area)}\n"
            f"{size_line(asdict(self))}\n"
        )


@dataclass(frozen=True, slots=True)
class ReliabilityBin:
    """Segments of like confidence.

    Parameters
    ----------
    low, high
        Lowest and highest confidence in the bin.
    count
        How many segments it holds.
    confidence
        Their mean confidence.
    accuracy
        Share of right labels among them.
    """

    low: float
    high: float
    count: int
    confidence: float
    accuracy: float


def risk_coverage(
    confidence: ArrayLike,
    correct: ArrayLike,
    articles: Sequence[str],
    *,
    n: int = 1000,
    level: float = 0.95,
    seed: int = 0,
) -> RiskCoverage:
    """Measure the error of the segments that are kept at each threshold.

    Parameters
    ----------
    confidence
        Probability of each segment's label, shape (n_segments,).
    correct
        Whether that label is right.
    articles
        The article of each segment; intervals resample whole articles.
    n, level, seed
        Resamples, level and seed of the intervals.

    Raises
    ------
    DataError
        The columns do not fit each other, a confidence is no probability, or `n` or
        `level` is out of range.

    Notes
    -----
    Geifman and El-Yaniv 2017, arXiv:1705.08500; the area is the mean error over the
    thresholds that the segments' own confidences give (Geifman, Uziel and El-Yaniv
    2019, arXiv:1805.08206). Segments of one confidence are kept together. More than
    400 thresholds are thinned to even steps of coverage. A resample that keeps
    nothing at a threshold counts as all wrong there.
    """
    thresholds, kept, wrong = _kept(confidence, correct, articles)
    size = int(kept[:, 0].sum())
    counts, errors = kept.sum(axis=0), wrong.sum(axis=0)
    drawn_kept, drawn_errors = _resampled(kept, wrong, n, seed)
    points = tuple(
        RiskPoint(
            float(threshold),
            float(counts[c] / size),
            float(errors[c] / counts[c]),
            *percentile_interval(drawn_errors[:, c], level),
            int(counts[c]),
        )
        for c, threshold in enumerate(thresholds)
    )
    area = _areas(counts[None], (errors / counts)[None])[0]
    interval = percentile_interval(_areas(drawn_kept, drawn_errors), level)
    return RiskCoverage(points, float(area), *interval, len(kept), size, level, n)


def reliability(
    confidence: ArrayLike, correct: ArrayLike, bins: int = 15
) -> tuple[ReliabilityBin, ...]:
    """Set confidence beside accuracy, for bins of about equally many segments.

    Parameters
    ----------
    confidence, correct
        As for `risk_coverage`.
    bins
        How many bins at most; segments of one confidence share one.

    Returns
    -------
    tuple of ReliabilityBin
        Bins that hold segments, from low to high confidence: those of
        `mlpkg.evaluation.probability_losses.expected_calibration_error`.
    """
    values, right = _checked(confidence, correct)
    bin_of = confidence_bins(values, bins)
    members = (bin_of == number for number in np.unique(bin_of))
    return tuple(
        ReliabilityBin(
            float(values[rows].min()),
            float(values[rows].max()),
            int(rows.sum()),
            float(values[rows].mean()),
            float(right[rows].mean()),
        )
        for rows in members
    )


def _checked(
    confidence: ArrayLike, correct: ArrayLike
) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
    """Turn both columns into arrays that fit each other."""
    values = np.asarray(confidence, dtype=np.float64)
    right = np.asarray(correct, dtype=np.bool_)
    check_columns(confidence=values, correct=right)
    # Negated, so that NaN counts as bad.
    bad = ~((values >= 0) & (values <= 1))
    if bad.any():
        row = int(bad.argmax())
        raise DataError(
            f"confidence[{row}] is {float(values[row])!r}, expected a probability from "
            "0 to 1; turn logits into probabilities first"
        )
    return values, right


def _kept(
    confidence: ArrayLike, correct: ArrayLike, articles: Sequence[str]
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
    """Count kept and wrong segments.

    Returns
    -------
    thresholds : ndarray of shape (n_thresholds,)
        Ascending; the first keeps everything.
    kept, wrong : ndarray of shape (n_articles, n_thresholds)
        How many segments an article keeps, and how many of those are wrong.
    """
    values, right = _checked(confidence, correct)
    check_columns(confidence=values, articles=articles)
    thresholds = np.unique(values)
    if len(thresholds) > MAX_THRESHOLDS:
        ranks = np.linspace(0, len(values) - 1, MAX_THRESHOLDS).round().astype(int)
        thresholds = np.unique(np.sort(values)[ranks])
    names, article = np.unique(np.asarray(articles), return_inverse=True)
    shape = (len(names), len(thresholds))
    highest = np.searchsorted(thresholds, values, side="right") - 1
    cells = article * shape[1] + highest
    kept, wrong = (
        np.bincount(cells, weights=weights, minlength=shape[0] * shape[1])
        .reshape(shape)[:, ::-1]
        .cumsum(axis=1)[:, ::-1]
        for weights in (None, ~right)
    )
    return thresholds, kept, wrong


def _resampled(
    kept: NDArray[np.float64], wrong: NDArray[np.float64], n: int, seed: int
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Draw articles: kept segments and error, each (n, n_thresholds)."""
    sums = resampled_sums(np.hstack([kept, wrong]), n, seed)
    counts, errors = np.hsplit(sums, 2)
    # Nothing kept says nothing in favour of a threshold.
    return counts, np.divide(errors, counts, out=np.ones_like(errors), where=counts > 0)


def _areas(
    kept: NDArray[np.float64], errors: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Weigh the error at each threshold by the coverage that it adds."""
    added = -np.diff(kept, axis=1, append=0)
    areas: NDArray[np.float64] = (added * errors).sum(axis=1) / kept[:, 0]
    return areas
