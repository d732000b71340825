"""What tuning changed in an encoder: a product of two thin matrices a weight.

Hu et al. 2022, "LoRA: low-rank adaptation of large language models",
arXiv:2106.09685. A delta of rank 16 of the default encoder is a fortieth of its
weights, and adds nothing to the cost of a text: it is merged when weights are loaded.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Self

import numpy as np

from mlpkg.exceptions import ModelFormatError

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from torch import Tensor

__all__ = ["Delta"]

# Suffixes of the two factors of a weight's change.
DOWN, UP = ".down", ".up"


class Delta:
    """Low-rank changes of an encoder's weights.

    Parameters
    ----------
    arrays
        For each changed weight of shape (n, m) ``NAME.down`` of shape (rank, m) and
        ``NAME.up`` of shape (n, rank); the change is their product. Kept as float16.
    """

    def __init__(self, arrays: Mapping[str, NDArray[np.floating]]) -> None:
        self.arrays = {
            name: np.ascontiguousarray(arrays[name], dtype=np.float16)
            for name in sorted(arrays)
        }

    @classmethod
    def load(cls, path: Path) -> Self:
        """Read the file of a model folder."""
        from safetensors.numpy import load_file

        return cls(load_file(path))

    def save(self, path: Path) -> None:
        """Write the file of a model folder."""
        from safetensors.numpy import save_file

        save_file(self.arrays, path)

    @cached_property
    def sha256(self) -> str:
        """Digest of names and values."""
        digest = hashlib.sha256()
        for name, values in self.arrays.items():
            digest.update(f"{name} {values.shape}\n".encode())
            digest.update(values.tobytes())
        return digest.hexdigest()

    def merged(self, weights: Mapping[str, Tensor]) -> dict[str, Tensor]:
        """Return the weights with the changes added.

        Raises
        ------
        ModelFormatError
            A change is of a weight that the encoder lacks, or of another shape.
        """
        import torch

        changed = dict(weights)
        for name in self.names:
            down, up = (
                torch.from_numpy(self.arrays[name + part].astype(np.float32))
                for part in (DOWN, UP)
            )
            weight = weights.get(name)
            if weight is None or weight.shape != (len(up), down.shape[1]):
                raise ModelFormatError(
                    f"the tuned part changes {name} of shape "
                    f"{(len(up), down.shape[1])}, which this encoder does not have; "
                    "load the model with the encoder that it was tuned from"
                )
            changed[name] = weight + up @ down
        return changed

    @property
    def names(self) -> list[str]:
        """Names of the changed weights."""
        return [name[: -len(UP)] for name in self.arrays if name.endswith(UP)]
