"""The contract of a head: what turns a page's vectors and features into logits.

`SentenceClassifier` does everything around it (input forms, calibration, records);
a member of the family is one file with one head.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import compress, count
from typing import TYPE_CHECKING, Any, ClassVar, Self

from sklearn.base import BaseEstimator

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from mlpkg.embedding import Encoder
    from mlpkg.models.checkpoints import Checkpoints

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
    texts
        What the vectors are of, for heads that tune the encoder.
    source
        Number of the page, a fresh one for each; `dataclasses.replace` keeps it, so
        that all forms in which a page is learned have the same.
    """

    vectors: NDArray[np.float32]
    features: NDArray[np.float32]
    has_context: bool = True
    texts: tuple[str, ...] = ()
    source: int = field(default_factory=count().__next__)

    def __len__(self) -> int:
        return len(self.features)

    def take(self, mask: NDArray[np.bool_]) -> PageInput:
        """Return some of the rows."""
        if mask.all():
            return self
        texts = tuple(compress(self.texts, mask))
        vectors, features = self.vectors[mask], self.features[mask]
        return replace(self, vectors=vectors, features=features, texts=texts)


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

    def take(self, mask: NDArray[np.bool_]) -> Targets:
        """Return those of some of the rows."""
        return self if mask.all() else Targets(self.allowed[mask], self.weights[mask])


class Head(BaseEstimator, ABC):
    """Base of the family; parameters follow scikit-learn's rules."""

    # Whether it learns from the encoder's vectors; one that tunes the encoder learns
    # from the texts, and gets vectors of no entries.
    reads_vectors: ClassVar[bool] = True
    # File of the model folder for what it learned about the encoder, if anything.
    encoder_file: ClassVar[str] = ""

    @abstractmethod
    def fit(
        self,
        inputs: Sequence[PageInput],
        targets: Sequence[Targets],
        *,
        random_state: int,
        encoder: Encoder | None = None,
        checkpoints: Checkpoints | None = None,
    ) -> Self:
        """Learn from pages; the i-th targets belong to the i-th input.

        Parameters
        ----------
        inputs, targets
            Pages, or rows that came without one.
        random_state
            Seed.
        encoder
            What gave the vectors, for heads that tune it.
        checkpoints
            Where a long training keeps its state; None keeps nothing.
        """

    def tuned(self, encoder: Encoder) -> Encoder:
        """Return the encoder whose vectors the fitted head judges."""
        return encoder

    @abstractmethod
    def logits(self, inputs: Sequence[PageInput]) -> list[NDArray[np.float32]]:
        """Return logits (n, n_classes) for each input; nothing is changed."""

    @abstractmethod
    def arrays(self) -> dict[str, NDArray[np.float32]]:
        """Return what was learned, by name, for the model folder."""

    @abstractmethod
    def restore(self, arrays: Mapping[str, NDArray[np.float32]]) -> Self:
        """Take back what `arrays` gave; the head then counts as fitted."""

    def encoder_arrays(self) -> dict[str, NDArray[Any]]:
        """Return what was learned about the encoder, by name."""
        return {}

    def restore_encoder(self, arrays: Mapping[str, NDArray[Any]]) -> Self:
        """Take back what `encoder_arrays` gave."""
        return self

    def parameters(self) -> dict[str, Any]:
        """Return the constructor's parameters as plain JSON values."""
        return dict(self.get_params(deep=False))
