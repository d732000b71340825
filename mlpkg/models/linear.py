"""The linear head: logistic regression over vectors, features and neighbours."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Self

import numpy as np
from sklearn.utils.validation import check_is_fitted

from mlpkg.models.base import Head, PageInput, Targets
from mlpkg.models.scaling import feature_moments, standardised

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from mlpkg.embedding import Encoder
    from mlpkg.models.checkpoints import Checkpoints

__all__ = ["LinearHead"]

# Rounds of soft assignment for partial labels; more changed nothing in tests.
PARTIAL_ROUNDS = 3


class LinearHead(Head):
    """Multinomial logistic regression with an L2 penalty.

    Parameters
    ----------
    C
        Inverse strength of the penalty, above 0.
    vector_weight
        Scale of the sentence vectors beside the standardised features.
    neighbour_weight
        Scale of the vectors and features of the segment before and the one after;
        0 leaves neighbours out.
    class_weight
        None, or ``"balanced"`` for weights inverse to class frequency.
    max_iter
        Most iterations of the solver.

    Notes
    -----
    Partial labels are learned by a few rounds of expectation maximisation: a row
    counts for each class that it may have, in proportion to what the model of the
    round before gives them.
    """

    def __init__(
        self,
        C: float = 0.03,
        *,
        vector_weight: float = 0.2,
        neighbour_weight: float = 0.2,
        class_weight: str | None = None,
        max_iter: int = 300,
    ) -> None:
        self.C = C
        self.vector_weight = vector_weight
        self.neighbour_weight = neighbour_weight
        self.class_weight = class_weight
        self.max_iter = max_iter

    def fit(
        self,
        inputs: Sequence[PageInput],
        targets: Sequence[Targets],
        *,
        random_state: int,
        encoder: Encoder | None = None,
        checkpoints: Checkpoints | None = None,
    ) -> Self:
        """Learn from pages; the encoder stays as it is."""
        if self.class_weight not in (None, "balanced"):
            raise ValueError(
                f'class_weight must be None or "balanced", got {self.class_weight!r}'
            )
        allowed = np.concatenate([target.allowed for target in targets])
        weights = np.concatenate([target.weights for target in targets])
        # A row without weight is still a neighbour, but teaches nothing itself.
        counted = weights > 0
        if not counted.any():
            raise ValueError(
                "no row with a sample_weight above 0 is left to learn from"
            )
        allowed, weights = allowed[counted], weights[counted]
        features = np.concatenate([page.features for page in inputs])[counted]
        self.mean_, self.scale_ = feature_moments(features)
        design = np.concatenate([self._design(page) for page in inputs])[counted]
        if self.class_weight == "balanced":
            weights = weights * _balance(allowed, weights)
        shares = allowed / allowed.sum(axis=1, keepdims=True)
        decided = bool((allowed.sum(axis=1) == 1).all())
        for _ in range(1 if decided else PARTIAL_ROUNDS):
            self._fit_shares(design, shares, weights)
            if not decided:
                shares = _restrict(self._scores(design), allowed)
        return self

    def logits(self, inputs: Sequence[PageInput]) -> list[NDArray[np.float32]]:
        """Return logits (n, n_classes) for each input."""
        check_is_fitted(self, "coef_")
        return [self._scores(self._design(page)) for page in inputs]

    def arrays(self) -> dict[str, NDArray[np.float32]]:
        """Return coefficients and the features' means and deviations."""
        check_is_fitted(self, "coef_")
        names = ("coef_", "intercept_", "mean_", "scale_")
        return {
            name.rstrip("_"): np.ascontiguousarray(getattr(self, name), np.float32)
            for name in names
        }

    def restore(self, arrays: Mapping[str, NDArray[np.float32]]) -> Self:
        """Take back what `arrays` gave."""
        for name in ("coef", "intercept", "mean", "scale"):
            setattr(self, f"{name}_", arrays[name])
        return self

    def _design(self, page: PageInput) -> NDArray[np.float32]:
        """Build the design matrix of one page."""
        vectors = page.vectors * np.float32(
            self.vector_weight * np.sqrt(page.vectors.shape[1])
        )
        scaled = standardised(page.features, self.mean_, self.scale_)
        parts = [vectors, scaled]
        if self.neighbour_weight:
            for step in (1, -1):
                for part in (vectors, scaled):
                    near = np.zeros_like(part)
                    if page.has_context:
                        _shift(part, near, step)
                    parts.append(near * np.float32(self.neighbour_weight))
        return np.concatenate(parts, axis=1, dtype=np.float32)

    def _fit_shares(
        self,
        design: NDArray[np.float32],
        shares: NDArray[np.float64],
        weights: NDArray[np.float64],
    ) -> None:
        """Fit to rows that belong to several classes in parts."""
        from sklearn.linear_model import LogisticRegression

        count = shares.shape[1]
        self.coef_ = np.zeros((count, design.shape[1]), dtype=np.float32)
        # A class that a cross-fit fold does not hold keeps probability 0.
        self.intercept_ = np.full(count, -np.inf, dtype=np.float32)
        rows, classes = np.nonzero(shares)
        if (classes == classes[0]).all():
            self.intercept_[classes[0]] = 0.0
            return
        solver = LogisticRegression(C=self.C, max_iter=self.max_iter)
        solver.fit(
            design[rows],
            classes,
            sample_weight=(shares * weights[:, None])[rows, classes],
        )
        coef, intercept = solver.coef_, solver.intercept_
        if len(solver.classes_) == 2:
            coef = np.concatenate([-coef / 2, coef / 2])
            intercept = np.concatenate([-intercept / 2, intercept / 2])
        self.coef_[solver.classes_] = coef
        self.intercept_[solver.classes_] = intercept

    def _scores(self, design: NDArray[np.float32]) -> NDArray[np.float32]:
        """Logits of design rows."""
        scores: NDArray[np.float32] = design @ self.coef_.T + self.intercept_
        return scores


def _shift(source: NDArray[np.float32], target: NDArray[np.float32], step: int) -> None:
    """Copy each row to the row `step` places further on."""
    if step > 0:
        target[step:] = source[:-step]
    else:
        target[:step] = source[-step:]


def _balance(
    allowed: NDArray[np.bool_], weights: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Weights that give every class the same total."""
    shares = allowed / allowed.sum(axis=1, keepdims=True)
    totals = np.maximum((shares * weights[:, None]).sum(axis=0), 1e-9)
    balanced: NDArray[np.float64] = shares @ (totals.sum() / (len(totals) * totals))
    return balanced


def _restrict(
    scores: NDArray[np.float32], allowed: NDArray[np.bool_]
) -> NDArray[np.float64]:
    """Probabilities over the allowed classes alone."""
    from mlpkg.calibration import softmax

    return softmax(np.where(allowed, scores, -np.inf))
