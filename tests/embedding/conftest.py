"""Encoders for the embedding tests: the bundled one and tiny random ones."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from mlpkg.embedding.location import locate

MODULES = [
    {"idx": 0, "name": "0", "path": "", "type": "Transformer"},
    {"idx": 1, "name": "1", "path": "1_Pooling", "type": "Pooling"},
]


@pytest.fixture
def library_folder(tmp_path: Path) -> Callable[..., Path]:
    """Save a tiny random model in the layout of sentence-transformers."""
    pytest.importorskip("sentence_transformers")
    import torch
    from transformers import BertConfig, BertModel, DistilBertConfig, DistilBertModel

    def save(kind: str, pooling: str) -> Path:
        torch.manual_seed(0)
        folder = tmp_path / f"{kind}-{pooling}"
        size = {"vocab_size": 30522, "max_position_embeddings": 48}
        model = (
            DistilBertModel(
                DistilBertConfig(**size, dim=16, n_layers=1, n_heads=2, hidden_dim=32)
            )
            if kind == "distilbert"
            else BertModel(
                BertConfig(
                    **size,
                    hidden_size=16,
                    num_hidden_layers=1,
                    num_attention_heads=2,
                    intermediate_size=32,
                )
            )
        )
        model.save_pretrained(folder)
        for name in ("tokenizer.json", "tokenizer_config.json", "vocab.txt"):
            shutil.copy(locate("minilm") / name, folder)
        modules = [
            module | {"type": f"sentence_transformers.models.{module['type']}"}
            for module in MODULES
        ]
        (folder / "modules.json").write_text(json.dumps(modules))
        (folder / "sentence_bert_config.json").write_text('{"max_seq_length": 32}')
        (folder / "1_Pooling").mkdir()
        (folder / "1_Pooling" / "config.json").write_text(
            json.dumps(
                {"word_embedding_dimension": 16, f"pooling_mode_{pooling}": True}
            )
        )
        return folder

    return save
