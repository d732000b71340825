"""Checkpoints: what a training finished before it was interrupted, by name."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from mlpkg.exceptions import ModelIntegrityError

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

__all__ = ["Checkpoints"]


class Checkpoints:
    """Arrays by name in a folder of safetensors files.

    Parameters
    ----------
    folder
        Made at the first write.

    Notes
    -----
    A file gets its name when it is whole, so that a process may be killed at any
    moment: what is found later is complete.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def get(self, name: str) -> dict[str, NDArray[np.float32]] | None:
        """Return the arrays kept under a name, None where there are none.

        Raises
        ------
        ModelIntegrityError
            The file is damaged; the message says which to remove.
        """
        from safetensors import SafetensorError
        from safetensors.numpy import load_file

        path = self._path(name)
        if not path.is_file():
            return None
        try:
            arrays: dict[str, NDArray[np.float32]] = load_file(path)
        except (SafetensorError, OSError) as error:
            raise ModelIntegrityError(
                f"{path}: a damaged checkpoint ({error}); remove the file to start anew"
            ) from None
        return arrays

    def put(self, name: str, arrays: Mapping[str, NDArray[np.float32]]) -> None:
        """Keep arrays under a name."""
        from safetensors.numpy import save_file

        self.folder.mkdir(parents=True, exist_ok=True)
        partial = self.folder / f".{name}.partial"
        save_file(dict(arrays), partial)
        partial.replace(self._path(name))

    def within(self, name: str) -> Checkpoints:
        """Return the checkpoints of one step of the training."""
        return Checkpoints(self.folder / name)

    def _path(self, name: str) -> Path:
        """Return the file of a name."""
        return self.folder / f"{name}.safetensors"
