"""Abstention: from a stated risk to the confidence under which a label is withheld.

A curve is fitted on out-of-fold confidences; it is small enough to travel with a model.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from mlpkg.calibration.clustered_rate import clustered_bound, design_effect
from mlpkg.exceptions import CalibrationError, DataError

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["LEVEL", "RiskCurve", "fit_risk_curve"]

# One-sided confidence of the bound: a threshold breaks its promise once in twenty
# trainings.
LEVEL = 0.95
# Half a percent of coverage a step: finer than the bound is certain.
MAX_POINTS = 200
# The most confident rows are so few that one slip of an annotator would end the walk
# down; it begins where a tenth of the rows is kept, and at least as many as can prove
# a risk of 1%.
FIRST_SHARE, FIRST_ROWS = 0.1, 300


@dataclass(frozen=True, slots=True)
class RiskCurve:
    """Error among the kept rows at each threshold, with an upper bound.

    Parameters
    ----------
    thresholds
        Ascending confidences, 0 to 1; rows of at least this confidence are kept.
    coverage
        Share of the rows that is kept, 0 to 1.
    error
        Share of wrong labels among the kept, as measured.
    bound
        Upper confidence bound of the error, 0 to 1: it never rises with the threshold.
    level
        One-sided confidence of the bound.
    n_pages, n_rows
        How much the curve was fitted on.

    Examples
    --------
    >>> curve = RiskCurve((0.4, 0.7), (1, 0.6), (0.2, 0.01), (0.3, 0.04), 0.95, 9, 50)
    >>> curve.threshold(0.05), curve.lowest_risk
    (0.7, 0.04)
    """

    thresholds: tuple[float, ...]
    coverage: tuple[float, ...]
    error: tuple[float, ...]
    bound: tuple[float, ...]
    level: float
    n_pages: int
    n_rows: int

    def __post_init__(self) -> None:
        columns = (self.thresholds, self.coverage, self.error, self.bound)
        if not self.thresholds or len(set(map(len, columns))) > 1:
            raise DataError(
                f"the columns of a risk curve have {[*map(len, columns)]} values, "
                "expected equally many, at least one; fit the curve again"
            )
        steps = (np.diff(self.thresholds) > 0).all(), (np.diff(self.bound) <= 0).all()
        shares = all(0 <= value <= 1 for column in columns for value in column)
        if not (all(steps) and shares):
            raise DataError(
                "a risk curve needs thresholds that rise, bounds that never do, and "
                "shares from 0 to 1; fit the curve again"
            )

    @property
    def lowest_risk(self) -> float:
        """The smallest risk that a threshold of the curve holds."""
        return self.bound[-1]

    def threshold(self, max_risk: float) -> float:
        """Return the lowest threshold whose bound is at most `max_risk`.

        Raises
        ------
        DataError
            The risk is no share between 0 and 1.
        CalibrationError
            No threshold holds it; the message names the lowest risk that one does.
        """
        place = self._place(max_risk)
        if place is None:
            least = float(np.ceil(self.lowest_risk * 1000) / 1000)
            raise CalibrationError(
                f"max_risk {max_risk!r} is lower than this model can promise: on the "
                f"{self.n_pages} pages that it was calibrated with the lowest is "
                f"{least:g}; ask for that, or calibrate with more pages"
            )
        return self.thresholds[place]

    def reachable(self, max_risk: float) -> bool:
        """Tell whether a threshold holds the risk."""
        return self._place(max_risk) is not None

    def to_json(self) -> dict[str, Any]:
        """Return the curve in types of JSON, columns as lists."""
        return {
            "thresholds": list(self.thresholds),
            # Six digits are enough to read; thresholds are compared, so they keep all.
            "coverage": [round(value, 6) for value in self.coverage],
            "error": [round(value, 6) for value in self.error],
            "bound": [round(value, 6) for value in self.bound],
            "level": self.level,
            "n_pages": self.n_pages,
            "n_rows": self.n_rows,
        }

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> RiskCurve:
        """Take back what `to_json` gave.

        Raises
        ------
        TypeError
            It is not what `to_json` gives.
        """
        try:
            thresholds, coverage, error, bound = (
                tuple(float(value) for value in stored[name])
                for name in ("thresholds", "coverage", "error", "bound")
            )
            level = float(stored["level"])
            size = int(stored["n_pages"]), int(stored["n_rows"])
            return cls(thresholds, coverage, error, bound, level, *size)
        except (KeyError, TypeError, ValueError) as fault:
            raise TypeError(f"not a stored risk curve: {fault}") from None

    def _place(self, max_risk: float) -> int | None:
        """Return where the lowest threshold stands that holds a risk."""
        if not 0 < max_risk < 1:
            raise DataError(
                f"max_risk is {max_risk!r}, expected a share of wrong labels between 0 "
                "and 1, such as 0.05"
            )
        held = np.flatnonzero(np.asarray(self.bound) <= max_risk)
        return int(held[0]) if len(held) else None


def fit_risk_curve(
    confidence: NDArray[np.floating],
    wrong: NDArray[np.bool_],
    pages: NDArray[Any],
    sample_weight: NDArray[np.floating] | None = None,
    level: float = LEVEL,
) -> RiskCurve:
    """Fit a risk curve on rows that the model was not trained on.

    Parameters
    ----------
    confidence
        Probability of each row's label, shape (n_rows,), 0 to 1.
    wrong
        Whether that label is wrong.
    pages
        The page of each row, of any type: the unit of the bound.
    sample_weight
        A weight above 0 a row, None for equal weights.
    level
        One-sided confidence of the bound, above 0.5 and below 1.

    Raises
    ------
    DataError
        There is no row.

    Notes
    -----
    Each threshold has a bound over pages (`clustered_bound`). The choice among them is
    a fixed-sequence test (Angelopoulos et al. 2021, "Learn then test",
    arXiv:2110.01052): thresholds are walked from confident to doubtful, beginning
    where a tenth of the rows is kept, and the walk to a risk ends at the first bound
    above it, so that the choice costs no confidence. Stored is the highest bound met
    so far, which says the same for every risk. Selective risk goes back to Geifman and
    El-Yaniv 2017, arXiv:1705.08500.

    The promise holds for pages like those of the rows. Others are harder as a rule:
    measure there before you rely on it.
    """
    if not len(confidence):
        raise DataError("no row to fit a risk curve on, expected at least one")
    weights = np.ones(len(wrong)) if sample_weight is None else sample_weight
    units = np.unique(np.asarray(pages).astype(str), return_inverse=True)[1]
    clustering = design_effect(wrong, units, weights)
    found = []
    highest = 0.0
    for threshold in _walk(confidence):
        kept = confidence >= threshold
        bound = clustered_bound(
            wrong[kept], units[kept], weights[kept], level, clustering
        )
        highest = max(highest, bound)
        share = float(weights[kept].sum() / weights.sum())
        error = float(np.average(wrong[kept], weights=weights[kept]))
        found.append((float(threshold), share, error, highest))
    thresholds, shares, errors, bounds = zip(*reversed(found), strict=True)
    size = int(units.max()) + 1, len(wrong)
    return RiskCurve(thresholds, shares, errors, bounds, level, *size)


def _walk(confidence: NDArray[np.floating]) -> NDArray[np.floating]:
    """Return the thresholds in the order of the walk, from confident to doubtful."""
    n = len(confidence)
    first = min(n, max(FIRST_ROWS, round(FIRST_SHARE * n)))
    ranks = np.linspace(first, n, MAX_POINTS).round().astype(int)
    return np.unique(np.sort(confidence)[n - ranks])[::-1]
