"""Networks that read units by their texts, with an encoder that learns too."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import torch
from torch import Tensor, nn

from mlpkg.models.page_network import PageNetwork, Rows, spread

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from mlpkg.models.page_learning import Unit

__all__ = ["EncoderInTraining", "TextReader"]


class EncoderInTraining(nn.Module, ABC):
    """Turns token ids into vectors, and learns."""

    dimension: int
    device: torch.device = torch.device("cpu")

    @abstractmethod
    def token_ids(self, texts: Sequence[str]) -> list[list[int]]:
        """Return the token ids of each text."""

    @abstractmethod
    def forward(self, ids: Sequence[Sequence[int]]) -> Tensor:
        """Return unit vectors, shape (n_texts, dimension), float32."""

    @abstractmethod
    def arrays(self) -> dict[str, NDArray[Any]]:
        """Return what was learned, by name."""


class TextReader(nn.Module):
    """Reads units by their token ids; each distinct text of a batch is embedded once.

    Parameters
    ----------
    encoder
        What turns token ids into vectors.
    network
        What turns vectors and features into logits.
    """

    def __init__(self, encoder: EncoderInTraining, network: PageNetwork) -> None:
        super().__init__()
        self.encoder = encoder
        self.network = network

    def forward(self, units: Sequence[Unit]) -> Tensor:
        """Return the logits of all rows, unit after unit."""
        ids = [tuple(text) for unit in units for text in unit.texts]
        place = {text: number for number, text in enumerate(dict.fromkeys(ids))}
        vectors = spread(self.encoder(list(place)))
        rows = vectors[torch.tensor([place[text] for text in ids])]
        pieces = torch.split(rows, [len(unit.texts) for unit in units])
        logits: Tensor = self.network(
            [
                Rows(piece, unit.rows.features.to(piece.device), unit.rows.is_page)
                for piece, unit in zip(pieces, units, strict=True)
            ]
        )
        return logits
