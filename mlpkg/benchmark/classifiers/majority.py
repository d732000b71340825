"""The floor: every segment gets the label shares of the training pages."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import numpy as np

from mlpkg.benchmark.classifiers.base import TextClassifier
from mlpkg.benchmark.stopwatch import Stopwatch

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["Majority"]


class Majority(TextClassifier):
    """Says the most frequent label, with the shares as probabilities."""

    def fit_texts(self, texts: list[str], labels: list[str], seed: int) -> None:
        """Count the labels."""
        counts = Counter(labels)
        self.classes = tuple(sorted(counts))
        self._shares = np.array([counts[name] for name in self.classes]) / len(labels)

    def texts_proba(self, texts: list[str], watch: Stopwatch) -> NDArray[np.float64]:
        """Repeat the shares."""
        with watch.stage("head"):
            return np.tile(self._shares, (len(texts), 1))

    def size_bytes(self) -> int:
        """Return the size of the shares."""
        return int(self._shares.nbytes)
