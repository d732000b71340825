"""The curve of abstention, from logits of heads that never saw their rows."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from mlpkg.calibration import RiskCurve, fit_risk_curve, softmax
from mlpkg.models.base import Targets

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["crossfit_risk_curve"]


def crossfit_risk_curve(
    logits: NDArray[np.float32],
    temperature: float,
    targets: Sequence[Targets],
    pages: NDArray[Any],
) -> RiskCurve | None:
    """Fit the curve of abstention on out-of-fold logits.

    Parameters
    ----------
    logits, temperature
        What `crossfit_logits` and `crossfit_temperature` gave.
    targets
        A row that may be one of several labels cannot be right or wrong, and one
        without weight does not count.
    pages
        The page of each row: the unit of the bound, whatever a fold keeps together.

    Returns
    -------
    RiskCurve or None
        None where no row is left.
    """
    allowed = np.concatenate([target.allowed for target in targets])
    weights = np.concatenate([target.weights for target in targets])
    rows = np.flatnonzero((allowed.sum(axis=1) == 1) & (weights > 0))
    if not len(rows):
        return None
    probabilities = softmax(logits[rows], temperature)
    wrong = ~allowed[rows, probabilities.argmax(axis=1)]
    return fit_risk_curve(probabilities.max(axis=1), wrong, pages[rows], weights[rows])
