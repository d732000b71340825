"""The network of the page head: a recurrent layer over the segments of a page.

Vectors and features pass a layer each, a bidirectional GRU (Cho et al., 2014) reads the
page in both directions, and a linear layer sees the segment and what was read.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn.utils import rnn

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from mlpkg.models.page_learning import Unit

__all__ = ["PageNetwork", "Rows", "VectorReader", "spread"]


def spread(vectors: Tensor) -> Tensor:
    """Scale unit vectors, whose entries are small, to the features' deviation of 1."""
    return vectors * math.sqrt(vectors.shape[1])


class Rows(NamedTuple):
    """Standardised rows of a page, or of texts that came without one.

    Parameters
    ----------
    vectors, features
        Shapes (n, dimension) and (n, n_features).
    is_page
        Whether the rows follow each other on a page.
    """

    vectors: Tensor
    features: Tensor
    is_page: bool


class PageNetwork(nn.Module):
    """Logits of segments from their vectors and features, read page by page.

    Parameters
    ----------
    dimension, n_features, n_classes
        Widths of what goes in and comes out.
    vector_width, width
        Widths of the layers over vectors, and over features and pages.
    dropout, vector_dropout, feature_dropout
        Shares of hidden units, vector entries and features that training hides.
    """

    def __init__(
        self,
        dimension: int,
        n_features: int,
        n_classes: int,
        *,
        vector_width: int,
        width: int,
        dropout: float = 0.0,
        vector_dropout: float = 0.0,
        feature_dropout: float = 0.0,
    ) -> None:
        super().__init__()
        self.vectors = nn.Linear(dimension, vector_width)
        self.features = nn.Linear(n_features, width)
        joined = vector_width + width
        self.page = nn.GRU(joined, width // 2, batch_first=True, bidirectional=True)
        self.output = nn.Linear(joined + width // 2 * 2, n_classes)
        self.hide_vectors = nn.Dropout(vector_dropout)
        self.hide_features = nn.Dropout(feature_dropout)
        self.hide = nn.Dropout(dropout)

    def forward(self, parts: Sequence[Rows]) -> Tensor:
        """Return the logits of all rows, part after part."""
        sizes = [len(part.vectors) for part in parts]
        vectors = self.hide_vectors(torch.cat([part.vectors for part in parts]))
        features = self.hide_features(torch.cat([part.features for part in parts]))
        joined = torch.cat(
            [
                nn.functional.gelu(self.vectors(vectors)),
                nn.functional.gelu(self.features(features)),
            ],
            dim=1,
        )
        segments = self.hide(joined)
        around = self._read(segments.split(sizes), [part.is_page for part in parts])
        logits: Tensor = self.output(torch.cat([segments, self.hide(around)], dim=1))
        return logits

    def _read(self, parts: Sequence[Tensor], is_page: Sequence[bool]) -> Tensor:
        """Read pages in both directions, and texts without context one by one."""
        read: list[Tensor] = [
            part if paged else self.page(part[:, None])[0][:, 0]
            for part, paged in zip(parts, is_page, strict=True)
        ]
        places = [place for place, paged in enumerate(is_page) if paged]
        if places:
            packed = rnn.pack_sequence([parts[i] for i in places], enforce_sorted=False)
            padded, sizes = rnn.pad_packed_sequence(
                self.page(packed)[0], batch_first=True
            )
            for place, rows, size in zip(places, padded, sizes, strict=True):
                read[place] = rows[:size]
        return torch.cat(read)

    def arrays(self) -> dict[str, NDArray[np.float32]]:
        """Return the weights by name."""
        return {
            name: np.ascontiguousarray(value.detach().numpy(), dtype=np.float32)
            for name, value in self.state_dict().items()
        }

    @classmethod
    def of(cls, arrays: Mapping[str, NDArray[np.float32]]) -> PageNetwork:
        """Make the network that `arrays` describes, ready to judge."""
        vector_width, dimension = arrays["vectors.weight"].shape
        width, n_features = arrays["features.weight"].shape
        network = cls(
            dimension,
            n_features,
            len(arrays["output.bias"]),
            vector_width=vector_width,
            width=width,
        )
        network.load_state_dict(
            {name: torch.from_numpy(np.array(value)) for name, value in arrays.items()}
        )
        return network.eval()


class VectorReader(nn.Module):
    """Reads units whose vectors are given.

    Parameters
    ----------
    network
        What turns them into logits.
    """

    def __init__(self, network: PageNetwork) -> None:
        super().__init__()
        self.network = network

    def forward(self, units: Sequence[Unit]) -> Tensor:
        """Return the logits of all rows, unit after unit."""
        logits: Tensor = self.network([unit.rows for unit in units])
        return logits
