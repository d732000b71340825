"""Static sentence vectors: the mean of token vectors, read from a table.

No network runs, so that a text costs little more than its tokens. Tulkens and van
Dongen 2024, "Model2Vec"; the table is distilled from a tuned encoder and learns with
the page head (`mlpkg.models.static_head`).
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from tokenizers import Tokenizer

__all__ = ["StaticEncoder", "TokenTable", "flat_ids", "load_tokenizer", "token_ids"]

# Tokens of a text that count; the others change a mean little.
MAX_TOKENS = 256


class TokenTable:
    """A vector a token, in eight bits an entry and a scale a token.

    Parameters
    ----------
    codes
        Shape (n_tokens, dimension), int8.
    scales
        Shape (n_tokens,); an entry is its code times its token's scale.
    """

    def __init__(self, codes: NDArray[np.int8], scales: NDArray[np.float32]) -> None:
        self.codes = codes
        self.scales = scales

    @classmethod
    def of(cls, vectors: NDArray[np.float32]) -> TokenTable:
        """Round vectors, shape (n_tokens, dimension), to eight bits."""
        scales = np.abs(vectors).max(axis=1) / 127
        codes = np.round(vectors / np.maximum(scales, 1e-12)[:, None])
        return cls(codes.astype(np.int8), scales.astype(np.float32))

    @classmethod
    def restore(cls, arrays: Mapping[str, NDArray[Any]]) -> TokenTable:
        """Take back what `arrays` gave."""
        return cls(arrays["codes"], arrays["scales"])

    def arrays(self) -> dict[str, NDArray[Any]]:
        """Return codes and scales by name."""
        return {"codes": self.codes, "scales": self.scales}

    @cached_property
    def vectors(self) -> NDArray[np.float32]:
        """The vectors, shape (n_tokens, dimension)."""
        vectors: NDArray[np.float32] = self.codes * self.scales[:, None]
        return vectors

    @cached_property
    def sha256(self) -> str:
        """Digest of the values."""
        digest = hashlib.sha256(self.codes.tobytes())
        digest.update(self.scales.tobytes())
        return digest.hexdigest()


class StaticEncoder:
    """Unit vectors from a table of token vectors.

    Parameters
    ----------
    tokenizer
        The ``tokenizer.json`` that the table belongs to.
    table
        The vectors.
    """

    def __init__(self, tokenizer: Path, table: TokenTable) -> None:
        self.tokenizer = tokenizer
        self.table = table
        self._loaded: Tokenizer | None = None

    def __getstate__(self) -> dict[str, Any]:
        return {**self.__dict__, "_loaded": None}

    @property
    def fingerprint(self) -> str:
        """Digest of tokenizer and table."""
        digest = hashlib.sha256(self.tokenizer.read_bytes())
        digest.update(self.table.sha256.encode())
        return digest.hexdigest()

    @property
    def dimension(self) -> int:
        """Length of a vector."""
        return int(self.table.codes.shape[1])

    def encode(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Return unit vectors, shape (n_texts, dimension); zeros without tokens."""
        if self._loaded is None:
            self._loaded = load_tokenizer(self.tokenizer)
        distinct = list(dict.fromkeys(texts))
        place = {text: row for row, text in enumerate(distinct)}
        vectors = self._sums(token_ids(self._loaded, distinct))
        lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
        unit: NDArray[np.float32] = vectors / np.maximum(
            lengths, np.finfo(np.float32).tiny
        )
        return unit[[place[text] for text in texts]]

    def _sums(self, ids: Sequence[Sequence[int]]) -> NDArray[np.float32]:
        """Sum the vectors of each text's tokens."""
        flat, starts, filled = flat_ids(ids)
        sums = np.zeros((len(ids), self.dimension), dtype=np.float32)
        if len(flat):
            sums[filled] = np.add.reduceat(self.table.vectors[flat], starts)
        return sums


def load_tokenizer(path: Path) -> Tokenizer:
    """Load a tokenizer that neither pads nor fails on long texts."""
    from tokenizers import Tokenizer

    tokenizer = Tokenizer.from_file(str(path))
    tokenizer.no_padding()
    tokenizer.enable_truncation(MAX_TOKENS)
    return tokenizer


def token_ids(tokenizer: Tokenizer, texts: Sequence[str]) -> list[list[int]]:
    """Return the token ids of each text, without marks of beginning and end."""
    safe = [text.encode("utf-8", "replace").decode() for text in texts]
    encodings = tokenizer.encode_batch_fast(safe, add_special_tokens=False)
    return [encoding.ids for encoding in encodings]


def flat_ids(
    ids: Sequence[Sequence[int]],
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]:
    """Lay the ids of all texts after one another.

    Returns
    -------
    flat, starts, filled : ndarrays
        The ids, where each text that has any begins, and which texts these are.
    """
    sizes = np.array([len(text) for text in ids], dtype=np.int64)
    filled = np.flatnonzero(sizes)
    starts = np.cumsum([0, *sizes[filled]])[:-1].astype(np.int64)
    flat = np.fromiter((token for text in ids for token in text), dtype=np.int64)
    return flat, starts, filled
