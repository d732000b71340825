"""Expected calibration error with an interval over articles.

It needs a module of its own: it is no mean over segments, and resamples of it lie
higher than the value itself.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from mlpkg.evaluation.bootstrap import (
    MetricRow,
    percentile_interval,
    resampled_sums,
)
from mlpkg.evaluation.probability_losses import (
    BINS,
    confidence_bins,
    expected_calibration_error,
)

__all__ = ["CALIBRATION_NOTE", "calibration_error_row"]

CALIBRATION_NOTE = (
    f"calibration error over {BINS} bins of equally many segments by confidence; it "
    "lies above 0 by chance alone, and its interval is on the wide side"
)


def calibration_error_row(
    codes: NDArray[np.int64],
    probabilities: NDArray[np.float64],
    articles: Sequence[str],
    n: int = 1000,
    level: float = 0.95,
    seed: int = 0,
) -> MetricRow:
    """Measure expected calibration error with an interval.

    Parameters
    ----------
    codes
        Column of the true class, shape (n_segments,).
    probabilities
        Shape (n_segments, n_classes).
    articles
        The article of each segment.
    n, level, seed
        Resamples of articles, level and seed of the interval.

    Notes
    -----
    A sum of absolute gaps is above 0 by chance alone, in the data and once more in
    every resample, so percentiles of the resamples would leave out a true error of 0.
    The upper end is theirs; the lower end is the value less as much as the gaps of a
    resample stray from the data's together, which by the triangle inequality is no less
    than the error itself strays. Both ends are on the safe side. The bins stay those of
    all segments.
    """
    value = expected_calibration_error(codes, probabilities)
    confidence = probabilities.max(axis=1)
    gaps = (probabilities.argmax(axis=1) == codes) - confidence
    names, article = np.unique(np.asarray(articles), return_inverse=True)
    cells = article * BINS + confidence_bins(confidence, BINS)
    table = np.bincount(cells, weights=gaps, minlength=len(names) * BINS)
    sizes = np.bincount(article)
    drawn = resampled_sums(
        np.column_stack([table.reshape(len(names), BINS), sizes]), n, seed
    )
    means = drawn[:, :-1] / drawn[:, -1:]
    strayed = np.abs(means - table.reshape(len(names), BINS).sum(axis=0) / len(codes))
    _, most = percentile_interval(strayed.sum(axis=1), level)
    _, high = percentile_interval(np.abs(means).sum(axis=1), level)
    low = None if most is None else max(value - most, 0.0)
    return MetricRow("calibration_error", "", value, low, high, len(codes))
