"""The contract of a head: what turns a page's vectors and features into logits.

`SentenceClassifier` does everything around it (input forms, calibration, records);
a member of the family is one file with one head.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Self

from sklearn.base import BaseEstimator

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

__all__ = ["Head", "PageInput", "Targets"]


@dataclass(frozen=True, slots=True)
class PageInput:
    """What a head sees of one page, or of strings that came without one.

    Parameters
    ----------
    vectors
        Unit sentence vectors, shape (n, dimension).
    features
        Shape (n, n_features), columns as in `mlpkg.features.FEATURE_NAMES`.
    has_context
        Whether the rows follow each other on a page; without, no row may look at
        another.
    """

    vectors: NDArray[np.float32]
    features: NDArray[np.float32]
    has_context: bool = True

    def __len__(self) -> int:
        return len(self.vectors)


@dataclass(frozen=True, slots=True)
class Targets:
    """What a head learns from, for the rows of one `PageInput`.

    Parameters
    ----------
    allowed
        True where a class may be the right one, shape (n, n_classes).
    weights
        A weight a row, shape (n,).
    """

    allowed: NDArray[np.bool_]
    weights: NDArray[np.float64]


class Head(BaseEstimator, ABC):
    """Base of the family; parameters follow scikit-learn's rules."""

    @abstractmethod
    def fit(
        self,
        inputs: Sequence[PageInput],
        targets: Sequence[Targets],
        *,
        random_state: int,
    ) -> Self:
        """Learn from pages; the i-th targets belong to the i-th input."""

    @abstractmethod
    def logits(self, inputs: Sequence[PageInput]) -> list[NDArray[np.float32]]:
        """Return logits (n, n_classes) for each input; nothing is changed."""

    @abstractmethod
    def arrays(self) -> dict[str, NDArray[np.float32]]:
        """Return what was learned, by name, for the model folder."""

    @abstractmethod
    def restore(self, arrays: Mapping[str, NDArray[np.float32]]) -> Self:
        """Take back what `arrays` gave; the head then counts as fitted."""

    def parameters(self) -> dict[str, Any]:
        """Return the constructor's parameters as plain JSON values."""
        return dict(self.get_params(deep=False))
