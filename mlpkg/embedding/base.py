"""What an encoder is, for models and for those who bring their own."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Protocol, runtime_checkable

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

__all__ = ["Encoder", "LoadedEncoder"]


@runtime_checkable
class Encoder(Protocol):
    """A light description of an encoder that can turn texts into vectors.

    It is a parameter of estimators: it must pickle without its weights, and two
    encoders with equal fingerprints must give the same vectors.
    """

    @property
    def fingerprint(self) -> str:
        """Name of all that changes a vector, number format and device aside."""

    @property
    def dimension(self) -> int:
        """Length of a vector."""

    def encode(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Return unit vectors, shape (n_texts, dimension)."""


class LoadedEncoder(Protocol):
    """Weights in memory; one a process for each encoder, device and precision."""

    dimension: int

    def embed(
        self, texts: Sequence[str], batch_size: int
    ) -> tuple[NDArray[np.float32], int]:
        """Return raw vectors (n_texts, dimension) and how many texts were cut."""
