"""Losses of predicted probabilities: log loss, Brier score and calibration error.

The first two come a row at a time, so that they can be resampled by article.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray

from mlpkg.exceptions import DataError

__all__ = [
    "BINS",
    "brier_losses",
    "checked_probabilities",
    "confidence_bins",
    "expected_calibration_error",
    "log_losses",
]

# bfloat16 rounds a number by up to 0.4%, so a row may miss 1 by that much.
SUM_TOLERANCE = 0.005
# Bins of the calibration error, as in Guo et al. 2017.
BINS = 15


def checked_probabilities(
    probabilities: ArrayLike, n_rows: int, labels: Sequence[str]
) -> NDArray[np.float64]:
    """Check an array of probabilities and make its rows sum to 1 exactly.

    Parameters
    ----------
    probabilities
        Shape (n_rows, n_classes), columns in the order of `labels`.
    n_rows
        How many segments there are.
    labels
        Label names.

    Raises
    ------
    DataError
        The shape is wrong, or a row is not a distribution.
    """
    values = np.asarray(probabilities, dtype=np.float64)
    if values.shape != (n_rows, len(labels)):
        raise DataError(
            f"probabilities have the shape {values.shape}, expected "
            f"{(n_rows, len(labels))}: a row a segment, a column a label "
            f"({', '.join(labels)})"
        )
    sums = values.sum(axis=1)
    # Negated, so that NaN counts as bad.
    bad = ~((values >= 0).all(axis=1) & (np.abs(sums - 1) <= SUM_TOLERANCE))
    if bad.any():
        row = int(bad.argmax())
        raise DataError(
            f"probabilities[{row}] is {values[row].tolist()!r}, expected numbers from "
            "0 to 1 that sum to 1; turn logits into probabilities first"
        )
    normalised: NDArray[np.float64] = values / sums[:, None]
    return normalised


def log_losses(
    codes: NDArray[np.int64], probabilities: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Return minus the log probability of each row's true class.

    Parameters
    ----------
    codes
        Column of the true class, shape (n,).
    probabilities
        Shape (n, n_classes).

    Notes
    -----
    A probability of 0 counts as the machine epsilon, as in scikit-learn, and so
    costs 36: one such row weighs much in a mean.
    """
    picked = probabilities[np.arange(len(codes)), codes]
    return -np.log(np.maximum(picked, np.finfo(np.float64).eps))


def brier_losses(
    codes: NDArray[np.int64], probabilities: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Return each row's squared distance to its true class, 0 to 2.

    The multi-class form of Brier 1950, "Verification of forecasts expressed in
    terms of probability": the sum over classes, not halved. Parameters as in
    `log_losses`.
    """
    truth = np.eye(probabilities.shape[1])[codes]
    losses: NDArray[np.float64] = ((probabilities - truth) ** 2).sum(axis=1)
    return losses


def expected_calibration_error(
    codes: NDArray[np.int64], probabilities: NDArray[np.float64], bins: int = BINS
) -> float:
    """Return how far confidence lies from accuracy on average, 0 to 1.

    Parameters
    ----------
    codes
        Column of the true class, shape (n,).
    probabilities
        Shape (n, n_classes).
    bins
        How many bins.

    Notes
    -----
    Guo et al. 2017, arXiv:1706.04599, equation 3: the mean over bins, weighted by
    their rows, of the distance between the mean confidence (the highest
    probability) and the share of rows whose most probable class is right. There
    the bins have equal width; here they hold equal numbers of rows, since most
    confidences crowd near 1. Rows of one confidence share a bin.
    """
    confidence = probabilities.max(axis=1)
    right = probabilities.argmax(axis=1) == codes
    bin_of = confidence_bins(confidence, bins)
    gaps = np.bincount(bin_of, weights=right - confidence, minlength=bins)
    return float(np.abs(gaps).sum() / len(codes))


def confidence_bins(confidence: NDArray[np.float64], bins: int) -> NDArray[np.int64]:
    """Put rows into bins of about equally many, 0 to `bins` - 1 by confidence.

    Rows of one confidence share a bin, so some bins may stay empty.
    """
    # The rank counts lower rows only: ties get one rank, row order has no say.
    rank = np.searchsorted(np.sort(confidence), confidence)
    return rank * bins // len(confidence)
