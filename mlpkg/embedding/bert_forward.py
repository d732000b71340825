"""The forward pass of a BERT over texts of any length, without padding.

The tokens of all texts lie one after another, shortest text first, so that the dense
products see one matrix; only attention works text by text, those of equal length
together. Inference and tuning share it: weights are a mapping of tensors, and
gradients flow where they ask for them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby
from typing import NamedTuple

import torch
import torch.nn.functional as nn
from torch import Tensor

__all__ = ["BertShape", "fuse_projections", "mean_vectors"]


class BertShape(NamedTuple):
    """What of a BERT's config its computation needs.

    Parameters
    ----------
    layers, heads, dimension
        Counts of layers and attention heads, width of a token's vector.
    epsilon
        Of the layer normalisations.
    """

    layers: int
    heads: int
    dimension: int
    epsilon: float


class _Run(NamedTuple):
    """Texts of equal length, which follow each other."""

    texts: int
    length: int

    @property
    def tokens(self) -> int:
        """Tokens of all its texts."""
        return self.texts * self.length


def mean_vectors(
    weights: Mapping[str, Tensor],
    ids: Sequence[Sequence[int]],
    shape: BertShape,
    dropout: float = 0.0,
) -> Tensor:
    """Return the mean of each text's token vectors, not normalised.

    Parameters
    ----------
    weights
        By BERT's names, without a prefix, after `fuse_projections`.
    ids
        Token ids of each text, at least one a text.
    shape
        The network's measures.
    dropout
        Share of hidden units hidden after each step; for training.

    Returns
    -------
    Tensor of shape (n_texts, dimension), float32
    """
    order = sorted(range(len(ids)), key=lambda text: len(ids[text]))
    runs = [
        _Run(len(list(texts)), length)
        for length, texts in groupby(order, key=lambda text: len(ids[text]))
    ]
    network = _Network(weights, shape, dropout)
    hidden = network.embeddings([ids[text] for text in order])
    for layer in range(shape.layers):
        hidden = network.layer(hidden, f"encoder.layer.{layer}.", runs)
    means = [part.mean(dim=1) for part in _cut(hidden.float(), runs)]
    places = torch.empty(len(order), dtype=torch.long)
    places[torch.tensor(order)] = torch.arange(len(order))
    return torch.cat(means)[places.to(hidden.device)]


def fuse_projections(weights: dict[str, Tensor], layers: int) -> None:
    """Stack query, key and value so that one product computes all three."""
    for layer in range(layers):
        prefix = f"encoder.layer.{layer}.attention.self."
        for part in ("weight", "bias"):
            pieces = [
                weights.pop(f"{prefix}{name}.{part}")
                for name in ("query", "key", "value")
            ]
            weights[f"{prefix}qkv.{part}"] = torch.cat(pieces)


class _Network:
    """The layers, with the weights that they use."""

    def __init__(
        self, weights: Mapping[str, Tensor], shape: BertShape, dropout: float
    ) -> None:
        self.weights = weights
        self.shape = shape
        self.dropout = dropout

    def embeddings(self, ids: Sequence[Sequence[int]]) -> Tensor:
        """Sum of word, position and type embeddings, normalised."""
        weights = self.weights
        words = weights["embeddings.word_embeddings.weight"]
        flat = torch.tensor([token for text in ids for token in text])
        places = torch.cat([torch.arange(len(text)) for text in ids])
        hidden = (
            words[flat.to(words.device)]
            + weights["embeddings.position_embeddings.weight"][places.to(words.device)]
            + weights["embeddings.token_type_embeddings.weight"][0]
        )
        return self._hide(self._norm(hidden, "embeddings.LayerNorm"))

    def layer(self, hidden: Tensor, prefix: str, runs: Sequence[_Run]) -> Tensor:
        """One transformer layer: attention, then the two dense products."""
        projected = self._dense(hidden, f"{prefix}attention.self.qkv")
        mixed = torch.cat([self._attend(part) for part in _cut(projected, runs)])
        attended = self._hide(self._dense(mixed, f"{prefix}attention.output.dense"))
        hidden = self._norm(hidden + attended, f"{prefix}attention.output.LayerNorm")
        widened = nn.gelu(self._dense(hidden, f"{prefix}intermediate.dense"))
        narrowed = self._hide(self._dense(widened, f"{prefix}output.dense"))
        return self._norm(hidden + narrowed, f"{prefix}output.LayerNorm")

    def _attend(self, projected: Tensor) -> Tensor:
        """Attention within texts of equal length, (texts, length, 3 * dimension)."""
        texts, length, _ = projected.shape
        width = self.shape.dimension // self.shape.heads
        query, key, value = (
            projected.view(texts, length, 3, self.shape.heads, width)
            .permute(2, 0, 3, 1, 4)
            .unbind(0)
        )
        if torch.is_grad_enabled():
            # The fused kernel's backward pass takes four times as long on a CPU.
            scores = query @ key.transpose(2, 3) * width**-0.5
            mixed = scores.softmax(dim=-1).to(value.dtype) @ value
        else:
            mixed = nn.scaled_dot_product_attention(query, key, value)
        joined: Tensor = mixed.transpose(1, 2).reshape(texts * length, -1)
        return joined

    def _dense(self, hidden: Tensor, name: str) -> Tensor:
        """Matrix product with bias."""
        return nn.linear(
            hidden, self.weights[f"{name}.weight"], self.weights[f"{name}.bias"]
        )

    def _norm(self, hidden: Tensor, name: str) -> Tensor:
        """Layer normalisation."""
        return nn.layer_norm(
            hidden,
            (self.shape.dimension,),
            self.weights[f"{name}.weight"],
            self.weights[f"{name}.bias"],
            self.shape.epsilon,
        )

    def _hide(self, hidden: Tensor) -> Tensor:
        """Dropout, where any is asked for."""
        return nn.dropout(hidden, self.dropout) if self.dropout else hidden


def _cut(hidden: Tensor, runs: Sequence[_Run]) -> Iterator[Tensor]:
    """Yield the texts of equal length, (texts, length, width)."""
    parts = torch.split(hidden, [run.tokens for run in runs])
    for part, run in zip(parts, runs, strict=True):
        yield part.view(run.texts, run.length, -1)
