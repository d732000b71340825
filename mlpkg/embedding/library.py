"""Any other sentence-transformers model, through the library itself."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from mlpkg.exceptions import EncoderNotFoundError

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["LibraryEncoder"]


class LibraryEncoder:
    """A sentence-transformers model from a local folder.

    Parameters
    ----------
    folder
        Folder in the layout of sentence-transformers, safetensors weights.
    device
        Name of a torch device.
    precision
        ``float32`` or ``bfloat16``.
    max_length
        Tokens that a text may have, None for the model's own limit.
    """

    def __init__(
        self, folder: Path, device: str, precision: str, max_length: int | None = None
    ) -> None:
        import torch
        from sentence_transformers import SentenceTransformer

        try:
            self.model = SentenceTransformer(
                str(folder),
                device=device,
                local_files_only=True,
                trust_remote_code=False,
                model_kwargs={
                    "torch_dtype": getattr(torch, precision),
                    "use_safetensors": True,
                },
            )
        except (ValueError, OSError, ImportError) as error:
            # Code of the folder's own would be one reason: it is never run.
            raise EncoderNotFoundError(
                f"encoder {str(folder)!r} cannot be loaded by sentence-transformers: "
                f"{str(error).splitlines()[0]:.300}"
            ) from error
        if max_length is not None:
            self.model.max_seq_length = max_length
        # The method that tells it has another name in each release of the library.
        self.dimension = len(self.model.encode("size", show_progress_bar=False))

    def embed(
        self, texts: Sequence[str], batch_size: int
    ) -> tuple[NDArray[np.float32], int]:
        """Return raw vectors (n_texts, dimension) and how many texts were cut."""
        vectors = self.model.encode(
            list(texts),
            batch_size=batch_size,
            convert_to_tensor=True,
            show_progress_bar=False,
        )
        as_array: NDArray[np.float32] = vectors.float().cpu().numpy()
        return as_array, self._truncated(texts)

    def _truncated(self, texts: Sequence[str]) -> int:
        """Count the texts with more tokens than the limit."""
        limit = self.model.max_seq_length
        if limit is None:
            return 0
        counts = self.model.tokenizer(list(texts), truncation=False, verbose=False)
        return sum(len(ids) > limit for ids in counts["input_ids"])
