"""BERT sentence encoders computed directly: torch, tokenizers and safetensors.

sentence-transformers gives the same vectors but takes 5 to 10 seconds to import;
this forward pass starts in under two and wastes no padding. It serves folders that
hold a BERT with mean pooling (the default encoder is one); `library.py` serves all
others.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from mlpkg.exceptions import ConfigError

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from mlpkg.embedding.delta import Delta

__all__ = ["BertEncoder", "is_plain_bert"]

# Tokens in one batch: larger ones gain nothing on two cores and spill the cache
# (default encoder, bfloat16, November 2026).
BATCH_TOKENS = 4096


def is_plain_bert(folder: Path) -> bool:
    """Tell whether a folder holds a BERT that this module computes."""
    try:
        config = _json(folder / "config.json")
        modules = _json(folder / "modules.json")
        pooling = _json(folder / modules[1]["path"] / "config.json")
        prompts = _optional_json(folder / "config_sentence_transformers.json")
        limits = _optional_json(folder / "sentence_bert_config.json")
    except (OSError, ValueError, LookupError):
        return False
    kinds = [module["type"].rsplit(".", 1)[-1] for module in modules]
    modes = {key for key, on in pooling.items() if key.startswith("pooling_") and on}
    return (
        config.get("model_type") == "bert"
        and config.get("hidden_act") == "gelu"
        and config.get("position_embedding_type", "absolute") == "absolute"
        and kinds[:2] == ["Transformer", "Pooling"]
        and set(kinds[2:]) <= {"Normalize"}
        and modes == {"pooling_mode_mean_tokens"}
        and not prompts.get("default_prompt_name")
        and not limits.get("do_lower_case")
        and (folder / "tokenizer.json").is_file()
    )


class BertEncoder:
    """A BERT with mean pooling, loaded from safetensors.

    Parameters
    ----------
    folder
        Folder in the layout of sentence-transformers.
    device
        Name of a torch device.
    precision
        ``float32`` or ``bfloat16``.
    max_length
        Tokens that a text may have, None for the model's own limit.
    delta
        What tuning changed in the weights, None for the published ones.
    """

    def __init__(
        self,
        folder: Path,
        device: str,
        precision: str,
        max_length: int | None = None,
        delta: Delta | None = None,
    ) -> None:
        import torch
        from safetensors.torch import load_file
        from tokenizers import Tokenizer

        from mlpkg.embedding.bert_forward import BertShape, fuse_projections

        config = _json(folder / "config.json")
        self.device = torch.device(device)
        self.shape = BertShape(
            config["num_hidden_layers"],
            config["num_attention_heads"],
            config["hidden_size"],
            config["layer_norm_eps"],
        )
        self.dimension: int = config["hidden_size"]
        limit: int = max_length or own_max_length(folder)
        positions: int = config["max_position_embeddings"]
        if limit > positions:
            raise ConfigError(
                f"max_length {limit} is more than the {positions} tokens that "
                f"{folder.name} was made for; lower it, or leave it out"
            )
        self.tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
        self.tokenizer.no_padding()
        self.tokenizer.enable_truncation(limit)
        weights = {
            name.removeprefix("bert."): tensor
            for name, tensor in load_file(folder / "model.safetensors").items()
            if tensor.is_floating_point()
        }
        fuse_projections(weights, self.shape.layers)
        if delta is not None:
            weights = delta.merged(weights)
        dtype = getattr(torch, precision)
        self.weights = {
            name: tensor.to(self.device, dtype) for name, tensor in weights.items()
        }

    def embed(
        self, texts: Sequence[str], batch_size: int
    ) -> tuple[NDArray[np.float32], int]:
        """Return mean-pooled vectors and how many texts were cut.

        Parameters
        ----------
        texts
            Any strings.
        batch_size
            Most texts in one batch.

        Returns
        -------
        vectors : ndarray of shape (n_texts, dimension)
            Not normalised.
        truncated : int
            Texts with more tokens than the limit.
        """
        import torch

        from mlpkg.embedding.bert_forward import mean_vectors

        vectors = np.empty((len(texts), self.dimension), dtype=np.float32)
        ids, truncated = self.token_ids(texts)
        with torch.inference_mode():
            for rows in _batches([len(row) for row in ids], batch_size):
                batch = [ids[row] for row in rows]
                means = mean_vectors(self.weights, batch, self.shape)
                vectors[rows] = means.cpu().numpy()
        return vectors, truncated

    def token_ids(self, texts: Sequence[str]) -> tuple[list[list[int]], int]:
        """Return the token ids of each text, and how many texts were cut."""
        encodings = self.tokenizer.encode_batch_fast(list(texts))
        truncated = sum(bool(encoding.overflowing) for encoding in encodings)
        return [encoding.ids for encoding in encodings], truncated


def own_max_length(folder: Path) -> int:
    """Return the token limit that the model was published with."""
    try:
        limit = _json(folder / "sentence_bert_config.json")["max_seq_length"]
    except (OSError, LookupError):
        limit = None
    positions: int = _json(folder / "config.json")["max_position_embeddings"]
    return positions if limit is None else int(limit)


def _batches(lengths: list[int], batch_size: int) -> Iterator[list[int]]:
    """Yield row numbers of batches of equal length, longest first.

    Without padding nothing is wasted, and a text's vector does not depend on the
    texts beside it: padded batches moved bfloat16 vectors by up to 0.002.
    """
    by_length: dict[int, list[int]] = {}
    for row, length in enumerate(lengths):
        by_length.setdefault(length, []).append(row)
    for length in sorted(by_length, reverse=True):
        rows = by_length[length]
        size = min(batch_size, max(1, BATCH_TOKENS // max(1, length)))
        for begin in range(0, len(rows), size):
            yield rows[begin : begin + size]


def _json(path: Path) -> Any:
    """Read a JSON file."""
    return json.loads(path.read_text(encoding="utf-8"))


def _optional_json(path: Path) -> Any:
    """Read a JSON file that a folder may do without."""
    return _json(path) if path.is_file() else {}
