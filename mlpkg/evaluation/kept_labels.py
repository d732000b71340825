"""What abstention leaves: error and coverage of the labels that a threshold keeps."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import ArrayLike

from mlpkg.evaluation.bootstrap import (
    MetricRow,
    percentile_interval,
    resampled_sums,
)
from mlpkg.evaluation.metrics import check_columns

__all__ = ["COVERAGE", "KEPT_ERROR", "kept_rows"]

# Names of the metrics, followed by the risk.
KEPT_ERROR, COVERAGE = "kept_error_at_", "coverage_at_"


def kept_rows(
    confidence: ArrayLike,
    correct: ArrayLike,
    articles: Sequence[str],
    thresholds: Mapping[float, float],
    n: int = 1000,
    level: float = 0.95,
    seed: int = 0,
) -> tuple[MetricRow, ...]:
    """Measure the error among kept labels and their share, at thresholds by risk.

    Parameters
    ----------
    confidence
        Probability of each segment's label, shape (n_segments,).
    correct
        Whether that label is right.
    articles
        The article of each segment; intervals resample whole articles.
    thresholds
        Least confidence of a kept label by the risk that it was chosen for; found on
        other data than these.
    n, level, seed
        Resamples, level and seed of the intervals.

    Returns
    -------
    tuple of MetricRow
        ``kept_error_at_RISK``, None where nothing is kept, with the kept segments as
        support, and ``coverage_at_RISK``, for each risk.

    Raises
    ------
    DataError
        The columns do not fit each other.
    """
    values = np.asarray(confidence, dtype=np.float64)
    right = np.asarray(correct, dtype=np.bool_)
    check_columns(confidence=values, correct=right, articles=articles)
    _, article = np.unique(np.asarray(articles), return_inverse=True)
    rows = []
    for risk, threshold in thresholds.items():
        kept = values >= threshold
        columns = (
            np.bincount(article, weights=column)
            for column in (kept & ~right, kept, np.ones(len(kept)))
        )
        drawn = resampled_sums(np.column_stack([*columns]), n, seed)
        size = int(kept.sum())
        error = float((kept & ~right).sum() / size) if size else None
        with np.errstate(invalid="ignore"):  # a resample may keep nothing
            errors = drawn[:, 0] / drawn[:, 1]
        share = drawn[:, 1] / drawn[:, 2]
        low, high = percentile_interval(errors, level)
        rows.append(MetricRow(f"{KEPT_ERROR}{risk:g}", "", error, low, high, size))
        low, high = percentile_interval(share, level)
        coverage = MetricRow(
            f"{COVERAGE}{risk:g}", "", size / len(kept), low, high, len(kept)
        )
        rows.append(coverage)
    return tuple(rows)
