"""Temperature scaling: one number that makes probabilities honest.

Guo et al. 2017, "On Calibration of Modern Neural Networks", arXiv:1706.04599.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["fit_temperature", "softmax"]

# A temperature outside this range means that the logits say nothing.
BOUNDS = (0.05, 20.0)


def softmax(
    logits: NDArray[np.floating], temperature: float = 1.0
) -> NDArray[np.float64]:
    """Turn logits into probabilities.

    Parameters
    ----------
    logits
        Shape (n, n_classes).
    temperature
        Above 0; larger means less certain.

    Returns
    -------
    ndarray of shape (n, n_classes), float64
        Rows that sum to 1.
    """
    scaled = np.asarray(logits, dtype=np.float64) / temperature
    scaled -= scaled.max(axis=1, keepdims=True)
    exponentials = np.exp(scaled)
    probabilities: NDArray[np.float64] = exponentials / exponentials.sum(
        axis=1, keepdims=True
    )
    return probabilities


def fit_temperature(
    logits: NDArray[np.floating],
    allowed: NDArray[np.bool_],
    sample_weight: NDArray[np.floating] | None = None,
) -> float:
    """Find the temperature with the least log loss.

    Parameters
    ----------
    logits
        Held-out logits, shape (n, n_classes); never those of training rows.
    allowed
        True where a class may be the right one, same shape; one True a row for a
        decided label, and the loss of a partial label is that of its classes' sum.
    sample_weight
        A weight a row, None for equal weights.

    Returns
    -------
    float
        Between 0.05 and 20.
    """
    from scipy.optimize import minimize_scalar

    weights = np.ones(len(logits)) if sample_weight is None else sample_weight

    def loss(log_temperature: float) -> float:
        probabilities = softmax(logits, float(np.exp(log_temperature)))
        right = np.where(allowed, probabilities, 0.0).sum(axis=1)
        losses = -np.log(np.maximum(right, np.finfo(np.float64).tiny))
        return float(np.average(losses, weights=weights))

    found = minimize_scalar(loss, bounds=np.log(BOUNDS), method="bounded")
    return float(np.exp(found.x))
