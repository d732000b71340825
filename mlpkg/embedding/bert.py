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
    import torch
    from numpy.typing import NDArray

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
    """

    def __init__(
        self, folder: Path, device: str, precision: str, max_length: int | None = None
    ) -> None:
        import torch
        from safetensors.torch import load_file
        from tokenizers import Tokenizer

        config = _json(folder / "config.json")
        self.device = torch.device(device)
        self.dtype = getattr(torch, precision)
        self.heads: int = config["num_attention_heads"]
        self.layers: int = config["num_hidden_layers"]
        self.epsilon: float = config["layer_norm_eps"]
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
        self.weights = {
            name.removeprefix("bert."): tensor.to(self.device, self.dtype)
            for name, tensor in load_file(folder / "model.safetensors").items()
            if tensor.is_floating_point()
        }
        self._fuse_projections()

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

        vectors = np.empty((len(texts), self.dimension), dtype=np.float32)
        encodings = self.tokenizer.encode_batch_fast(list(texts))
        ids = [encoding.ids for encoding in encodings]
        truncated = sum(bool(encoding.overflowing) for encoding in encodings)
        with torch.inference_mode():
            for rows in _batches([len(row) for row in ids], batch_size):
                vectors[rows] = self._forward([ids[row] for row in rows])
        return vectors, truncated

    def _fuse_projections(self) -> None:
        """Stack query, key and value so that one product computes all three."""
        import torch

        for layer in range(self.layers):
            prefix = f"encoder.layer.{layer}.attention.self."
            for part in ("weight", "bias"):
                pieces = [
                    self.weights.pop(f"{prefix}{name}.{part}")
                    for name in ("query", "key", "value")
                ]
                self.weights[f"{prefix}qkv.{part}"] = torch.cat(pieces)

    def _forward(self, ids: list[list[int]]) -> NDArray[np.float32]:
        """Compute one batch of token ids of equal length."""
        import torch

        hidden = self._embeddings(torch.tensor(ids, device=self.device))
        for layer in range(self.layers):
            hidden = self._layer(hidden, f"encoder.layer.{layer}.")
        pooled: NDArray[np.float32] = hidden.float().mean(dim=1).cpu().numpy()
        return pooled

    def _embeddings(self, ids: torch.Tensor) -> torch.Tensor:
        """Sum of word, position and type embeddings, normalised."""
        weights = self.weights
        hidden = (
            weights["embeddings.word_embeddings.weight"][ids]
            + weights["embeddings.position_embeddings.weight"][: ids.shape[1]]
            + weights["embeddings.token_type_embeddings.weight"][0]
        )
        return self._norm(hidden, "embeddings.LayerNorm")

    def _layer(self, hidden: torch.Tensor, prefix: str) -> torch.Tensor:
        """One transformer layer: attention, then the two dense products."""
        import torch.nn.functional as nn

        batch, width, size = hidden.shape
        projected = self._dense(hidden, f"{prefix}attention.self.qkv")
        query, key, value = (
            projected.view(batch, width, 3, self.heads, size // self.heads)
            .permute(2, 0, 3, 1, 4)
            .unbind(0)
        )
        mixed = nn.scaled_dot_product_attention(query, key, value)
        mixed = mixed.transpose(1, 2).reshape(batch, width, size)
        attended = self._dense(mixed, f"{prefix}attention.output.dense")
        hidden = self._norm(hidden + attended, f"{prefix}attention.output.LayerNorm")
        widened = nn.gelu(self._dense(hidden, f"{prefix}intermediate.dense"))
        narrowed = self._dense(widened, f"{prefix}output.dense")
        return self._norm(hidden + narrowed, f"{prefix}output.LayerNorm")

    def _dense(self, hidden: torch.Tensor, name: str) -> torch.Tensor:
        """Matrix product with bias."""
        import torch.nn.functional as nn

        return nn.linear(
            hidden, self.weights[f"{name}.weight"], self.weights[f"{name}.bias"]
        )

    def _norm(self, hidden: torch.Tensor, name: str) -> torch.Tensor:
        """Layer normalisation."""
        import torch.nn.functional as nn

        return nn.layer_norm(
            hidden,
            (self.dimension,),
            self.weights[f"{name}.weight"],
            self.weights[f"{name}.bias"],
            self.epsilon,
        )


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
