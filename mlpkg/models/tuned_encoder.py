"""A BERT in training: fixed weights, and thin factors that change them.

Hu et al. 2022, "LoRA: low-rank adaptation of large language models",
arXiv:2106.09685.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import torch
from torch import Tensor, nn

from mlpkg.embedding.bert_forward import mean_vectors
from mlpkg.embedding.delta import DOWN, UP
from mlpkg.embedding.precision import resolve
from mlpkg.models.text_reader import EncoderInTraining

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from mlpkg.embedding.bert import BertEncoder

__all__ = ["TunedEncoder"]


class TunedEncoder(EncoderInTraining):
    """Unit vectors of a BERT with mean pooling, with gradients to low-rank changes.

    Parameters
    ----------
    bert
        The encoder in float32; its own weights stay as they are.
    rank
        Rank of the change of each matrix of the layers.
    dropout
        Share of hidden units hidden in training.
    """

    def __init__(self, bert: BertEncoder, rank: int, dropout: float) -> None:
        super().__init__()
        self.bert = bert
        self.dimension = bert.dimension
        self.device = bert.device
        self.dropout = dropout
        self.names = [
            name
            for name, weight in bert.weights.items()
            if name.startswith("encoder.") and weight.ndim == 2
        ]
        self.down, self.up = nn.ParameterList(), nn.ParameterList()
        for name in self.names:
            n, m = bert.weights[name].shape
            down = torch.randn(rank, m) / math.sqrt(m)
            self.down.append(down.to(bert.device))
            self.up.append(torch.zeros(n, rank, device=bert.device))

    def token_ids(self, texts: Sequence[str]) -> list[list[int]]:
        """Return the token ids of each text, as many as the encoder takes."""
        return self.bert.token_ids(texts)[0]

    def forward(self, ids: Sequence[Sequence[int]]) -> Tensor:
        """Return unit vectors, shape (n_texts, dimension), float32."""
        weights = dict(self.bert.weights)
        for name, down, up in zip(self.names, self.down, self.up, strict=True):
            weights[name] = weights[name] + up @ down
        _, precision = resolve(str(self.device), "auto")
        hidden = self.dropout if self.training else 0.0
        with torch.autocast(
            self.device.type, torch.bfloat16, enabled=precision == "bfloat16"
        ):
            means = mean_vectors(weights, ids, self.bert.shape, hidden)
        return nn.functional.normalize(means.float(), dim=1)

    def arrays(self) -> dict[str, NDArray[Any]]:
        """Return the factors, as `Delta` takes them."""
        found = {}
        for name, down, up in zip(self.names, self.down, self.up, strict=True):
            found[name + DOWN] = down.detach().cpu().numpy()
            found[name + UP] = up.detach().cpu().numpy()
        return found
