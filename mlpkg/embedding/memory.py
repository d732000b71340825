"""An encoder that remembers: each text is embedded once for as long as it lives."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

import numpy as np

from mlpkg.embedding.base import Encoder

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["RememberingEncoder"]

# Texts between two reports of progress; the vectors do not depend on it.
CHUNK = 1024


class RememberingEncoder:
    """Keeps every vector that an encoder gave.

    A training embeds its texts once, however many folds read them, with or without
    the cache on disk.

    Parameters
    ----------
    encoder
        The encoder that computes.
    """

    def __init__(self, encoder: Encoder) -> None:
        self.encoder = encoder
        self._known: dict[str, NDArray[np.float32]] = {}

    @property
    def fingerprint(self) -> str:
        """Fingerprint of the encoder that computes."""
        return self.encoder.fingerprint

    @property
    def dimension(self) -> int:
        """Length of a vector."""
        return self.encoder.dimension

    def prepare(self, texts: Sequence[str], report: Callable[[int, int], None]) -> None:
        """Embed texts in chunks.

        Parameters
        ----------
        texts
            Any strings.
        report
            Called after each chunk with the distinct texts done and those to do.
        """
        missing = [text for text in dict.fromkeys(texts) if text not in self._known]
        for begin in range(0, len(missing), CHUNK):
            chunk = missing[begin : begin + CHUNK]
            self._known.update(zip(chunk, self.encoder.encode(chunk), strict=True))
            report(min(begin + CHUNK, len(missing)), len(missing))

    def encode(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Return unit vectors, shape (n_texts, dimension)."""
        self.prepare(texts, lambda _done, _total: None)
        if not texts:
            return np.empty((0, self.dimension), dtype=np.float32)
        return np.stack([self._known[text] for text in texts])
