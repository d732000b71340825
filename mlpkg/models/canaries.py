"""Canary sentences: proof that an encoder still gives the vectors of training.

A model stores the vectors of a few fixed sentences. Another release of a library,
another file under the same name or another number format shows in them at once,
before it shows as wrong labels.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

import numpy as np

from mlpkg.exceptions import CanaryError

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from mlpkg.embedding import Encoder

__all__ = ["SENTENCES", "Canaries"]

SENTENCES = (
    "The council approved the budget by nine votes to four on Tuesday evening.",
    "“Nobody asked the farmers,” said the head of the growers' association.",
    "It is a shabby compromise, and the town deserves better.",
    "Subscribe to our newsletter | Privacy policy | © All rights reserved",
    "Will the ferry ever run on Sundays?",
    "42",
    "According to the survey, rents rose by 3.1 per cent in the first quarter.",
    "ÇA VA – naïve façade, 12 µg/m³, 北京, Ελλάδα",
)
# Largest cosine distance that number formats explain. bfloat16 against float32 gives
# 0.0002 on the default encoder; another model gives 0.2 and more.
TOLERANCE = {"float32": 1e-3, "bfloat16": 5e-3}


class Canaries:
    """The stored vectors of `SENTENCES`, with the tolerance by number format.

    Parameters
    ----------
    sentences
        The sentences.
    vectors
        Unit vectors, shape (n_sentences, dimension).
    tolerance
        Largest cosine distance by precision.
    """

    def __init__(
        self,
        sentences: tuple[str, ...],
        vectors: NDArray[np.float32],
        tolerance: dict[str, float],
    ) -> None:
        self.sentences = sentences
        self.vectors = vectors
        self.tolerance = tolerance
        self._passed: Encoder | None = None

    def __getstate__(self) -> dict[str, Any]:
        return {**self.__dict__, "_passed": None}

    @classmethod
    def of(cls, encoder: Encoder) -> Self:
        """Record what an encoder gives now."""
        return cls(SENTENCES, encoder.encode(SENTENCES), dict(TOLERANCE))

    @classmethod
    def load(cls, path: Path) -> Self:
        """Read the file of a model folder."""
        stored = json.loads(path.read_text(encoding="utf-8"))
        vectors = np.asarray(stored["vectors"], dtype=np.float32)
        return cls(tuple(stored["sentences"]), vectors, stored["tolerance"])

    def save(self, path: Path) -> None:
        """Write the file of a model folder."""
        stored = {
            "sentences": list(self.sentences),
            "vectors": [[round(float(v), 6) for v in row] for row in self.vectors],
            "tolerance": self.tolerance,
        }
        path.write_text(json.dumps(stored, ensure_ascii=False) + "\n", "utf-8")

    def check(self, encoder: Encoder) -> None:
        """Compare an encoder with the stored vectors, once while it stays the same.

        Raises
        ------
        CanaryError
            A vector is further away than the tolerance, or has another length.
        """
        if encoder is self._passed:
            return
        found = encoder.encode(self.sentences)
        if found.shape != self.vectors.shape:
            raise CanaryError(
                f"the encoder gives vectors of shape {found.shape[1:]}, the model was "
                f"trained on {self.vectors.shape[1:]}: this is another encoder"
            )
        distances = 1.0 - (found * self.vectors).sum(axis=1)
        worst = int(distances.argmax())
        limit = self._limit(encoder)
        if not distances[worst] <= limit:
            raise CanaryError(
                "the encoder no longer gives the vectors that the model was trained "
                f"on: cosine distance {distances[worst]:.4f} for "
                f"{self.sentences[worst]!r}, at most {limit} is expected; install the "
                "encoder that model.json names, or retrain"
            )
        self._passed = encoder

    def _limit(self, encoder: Encoder) -> float:
        """Return the largest distance that the encoder's number format explains."""
        precision = getattr(encoder, "computed_precision", None)
        return self.tolerance.get(str(precision), max(self.tolerance.values()))
