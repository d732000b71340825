"""A table of token vectors in training, and what it begins as.

Each token is a text for the teacher's encoder; its vectors are turned to their main
axes and weighted by how rare the token is (Arora et al. 2017, "A simple but tough-to-
beat baseline for sentence embeddings"), ranks standing in for frequencies.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import torch
from torch import Tensor, nn

from mlpkg.embedding.static import TokenTable, flat_ids, load_tokenizer, token_ids
from mlpkg.models.text_reader import EncoderInTraining

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

    from mlpkg.embedding import Encoder

__all__ = ["StaticTable", "distilled"]

# Share of probability at which a token's weight is halved.
SMOOTHING = 1e-3


class StaticTable(EncoderInTraining):
    """Unit vectors as the mean of token vectors, with gradients to the table.

    Parameters
    ----------
    tokenizer
        The ``tokenizer.json`` of the table.
    vectors
        What the table begins as, shape (n_tokens, dimension).
    dropout
        Share of the tokens of a text hidden in training.
    """

    def __init__(
        self, tokenizer: Path, vectors: NDArray[np.float32], dropout: float
    ) -> None:
        super().__init__()
        self.tokenizer = load_tokenizer(tokenizer)
        self.dimension = vectors.shape[1]
        self.dropout = dropout
        self.table = nn.Parameter(torch.from_numpy(vectors))

    def token_ids(self, texts: Sequence[str]) -> list[list[int]]:
        """Return the token ids of each text."""
        return token_ids(self.tokenizer, texts)

    def forward(self, ids: Sequence[Sequence[int]]) -> Tensor:
        """Return unit vectors, shape (n_texts, dimension), float32."""
        flat, _, _ = flat_ids(ids)
        sizes = [len(text) for text in ids]
        offsets = torch.from_numpy(np.cumsum([0, *sizes])[:-1])
        weights = torch.ones(len(flat))
        if self.training and self.dropout:
            weights = nn.functional.dropout(weights, self.dropout)
        sums = nn.functional.embedding_bag(
            torch.from_numpy(flat),
            self.table,
            offsets,
            mode="sum",
            per_sample_weights=weights,
        )
        return nn.functional.normalize(sums, dim=1)

    def arrays(self) -> dict[str, NDArray[Any]]:
        """Return the table, as `TokenTable` takes it."""
        return TokenTable.of(self.table.detach().numpy()).arrays()


def distilled(teacher: Encoder, tokenizer: Path, dimension: int) -> NDArray[np.float32]:
    """Return a vector for each token of a tokenizer, shape (n_tokens, dimension)."""
    vocabulary = load_tokenizer(tokenizer).get_vocab()
    tokens = sorted(vocabulary, key=lambda token: vocabulary[token])
    vectors = teacher.encode([token.removeprefix("##") for token in tokens])
    vectors = vectors - vectors.mean(axis=0)
    _, axes = np.linalg.eigh(vectors.T @ vectors)
    turned = vectors @ axes[:, ::-1][:, :dimension]
    # Ranks of a vocabulary that is sorted by frequency follow Zipf's law.
    shares = 1 / np.arange(1, len(tokens) + 1)
    shares /= shares.sum()
    weighted = turned * (SMOOTHING / (SMOOTHING + shares))[:, None]
    return np.ascontiguousarray(weighted, dtype=np.float32)
