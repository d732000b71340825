"""The contract of a classifier in a benchmark: learn from pages, judge pages."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from typing import TYPE_CHECKING, ClassVar, NamedTuple

import numpy as np

from mlpkg.benchmark.stopwatch import Stopwatch
from mlpkg.data.gold import GoldPage, segment_targets
from mlpkg.exceptions import MlpkgError
from mlpkg.labels import LabelScheme
from mlpkg.records import Page

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["Classifier", "MissingClassifierError", "TextClassifier", "Unlabelled"]


class MissingClassifierError(MlpkgError, ImportError):
    """What a classifier needs is not on this machine; the message says what."""


class Unlabelled(NamedTuple):
    """A page to judge.

    Parameters
    ----------
    page
        The page.
    has_context
        Whether its segments follow each other; else each is judged by itself.
    """

    page: Page
    has_context: bool = True


class Classifier(ABC):
    """Base of the family.

    Attributes
    ----------
    classes
        Column names of the probabilities; known after `fit`, or at once for a
        classifier that does not learn.
    """

    # Modules that using it imports: their time is the import time of its row.
    imports: ClassVar[tuple[str, ...]] = ()
    # Whether it learns; else it comes ready made, and `fit` is not called.
    learns: ClassVar[bool] = True
    classes: tuple[str, ...] = ()

    def fit(self, pages: Sequence[GoldPage], scheme: LabelScheme, seed: int) -> None:
        """Learn from labelled pages."""
        raise NotImplementedError(f"{type(self).__name__} comes ready made")

    @abstractmethod
    def predict_proba(
        self, pages: Sequence[Unlabelled], watch: Stopwatch
    ) -> list[NDArray[np.float64]]:
        """Return an array a page, a row a segment, columns as in `classes`.

        Parameters
        ----------
        pages
            At least one segment in all.
        watch
            Takes the seconds of the stages ``embed``, ``features`` and ``head``.
        """

    def size_bytes(self) -> int | None:
        """Return what it takes on disk; None where that is not known."""
        return None

    def peak_memory_mb(self) -> float:
        """Return the peak memory of processes of its own; 0 where it has none."""
        return 0.0

    def import_seconds(self) -> float | None:
        """Return how long its own process took to import; None: measure `imports`."""
        return None

    def versions(self) -> dict[str, str]:
        """Return the versions of packages that it alone needs."""
        return {}

    def can_judge_one(self) -> bool:
        """Tell whether a single segment can be judged without a new start."""
        return True

    def close(self) -> None:  # noqa: B027 (most have nothing to end)
        """End processes of its own."""


class TextClassifier(Classifier):
    """A classifier that sees the text of a segment alone."""

    def fit(self, pages: Sequence[GoldPage], scheme: LabelScheme, seed: int) -> None:
        """Learn from the segments whose label is decided."""
        texts: list[str] = []
        labels: list[str] = []
        for page in pages:
            targets = segment_targets(page, scheme)
            for text, target in zip(page.page.texts, targets, strict=True):
                if target.allowed is None and target.weight > 0:
                    texts.append(text)
                    labels.append(target.label)
        self.fit_texts(texts, labels, seed)

    def predict_proba(
        self, pages: Sequence[Unlabelled], watch: Stopwatch
    ) -> list[NDArray[np.float64]]:
        """Judge all texts together."""
        texts = [text for asked in pages for text in asked.page.texts]
        found = self.texts_proba(texts, watch)
        cuts = np.cumsum([len(asked.page) for asked in pages])[:-1]
        return [np.asarray(piece, np.float64) for piece in np.split(found, cuts)]

    @abstractmethod
    def fit_texts(self, texts: list[str], labels: list[str], seed: int) -> None:
        """Learn from texts with a label each; sets `classes`."""

    @abstractmethod
    def texts_proba(self, texts: list[str], watch: Stopwatch) -> NDArray[np.float64]:
        """Return probabilities, shape (n_texts, n_classes)."""
