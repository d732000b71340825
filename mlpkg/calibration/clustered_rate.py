"""An upper bound of an error rate where rows of one page resemble each other.

A bound that took rows for independent would be too sure of itself: one odd page holds
many errors at once.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["clustered_bound", "design_effect"]


def clustered_bound(
    wrong: NDArray[np.bool_],
    units: NDArray[np.int64],
    weights: NDArray[np.floating],
    level: float,
    least_effect: float = 1.0,
) -> float:
    """Return an upper confidence bound of the share of wrong rows.

    Parameters
    ----------
    wrong
        Whether a row is wrong, shape (n_rows,), at least one row.
    units
        The page of each row, numbers from 0.
    weights
        A weight above 0 a row.
    level
        One-sided confidence, above 0.5.
    least_effect
        The design effect is never taken for less: rows with few errors measure it
        badly, and rows without any not at all.

    Returns
    -------
    float
        0 to 1.

    Notes
    -----
    Clopper and Pearson's exact bound for as many independent rows as the pages are
    worth: rows over the design effect, less what the degrees of freedom of few pages
    cost (Korn and Graubard 1998, "Confidence intervals for proportions with small
    expected number of positive counts estimated from survey data"). With every row a
    page of its own it is nearly the plain exact bound; a page alone proves nothing.
    """
    from scipy.stats import beta, t

    n_units = len(np.unique(units))
    if n_units < 2:
        return 1.0
    effect = max(design_effect(wrong, units, weights), least_effect, 1.0)
    rows = float(weights.sum() ** 2 / (weights**2).sum())
    few = t.ppf(level, len(wrong) - 1) / t.ppf(level, n_units - 1)
    size = rows / effect * few**2
    errors = size * float(np.average(wrong, weights=weights))
    if errors >= size:
        return 1.0
    return float(beta.ppf(level, errors + 1, max(size - errors, np.spacing(1.0))))


def design_effect(
    wrong: NDArray[np.bool_], units: NDArray[np.int64], weights: NDArray[np.floating]
) -> float:
    """Return how many rows of these pages are worth one independent row.

    Parameters
    ----------
    wrong, units, weights
        As for `clustered_bound`.

    Returns
    -------
    float
        Variance of the share of wrong rows over pages, by that of as many independent
        rows (Kish 1965, "Survey sampling"); 1 where there is nothing to measure it by.
    """
    _, unit = np.unique(units, return_inverse=True)
    n_units = int(unit.max()) + 1
    total = weights.sum()
    rate = float((weights * wrong).sum() / total)
    if n_units < 2 or not 0 < rate < 1:
        return 1.0
    # The share is a ratio of sums over pages: its variance is that of the residuals.
    residuals = np.bincount(unit, weights=weights * (wrong - rate))
    variance = n_units / (n_units - 1) * (residuals**2).sum() / total**2
    independent = rate * (1 - rate) * (weights**2).sum() / total**2
    return float(variance / independent)
