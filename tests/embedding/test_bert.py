from __future__ import annotations

import json
import shutil
from pathlib import Path

import numpy as np
import pytest

from mlpkg.embedding.bert import BertEncoder, _batches, is_plain_bert, own_max_length
from mlpkg.embedding.location import locate

TEXTS = [
    "",
    "It rained.",
    "The harbour authority closed the eastern basin on Thursday.",
    "word " * 400,
    "“Déjà vu,” said Zoë: 漢字 🙂",
    *(f"Line {number} of the menu" for number in range(70)),
]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The small files of the default encoder, free to change."""
    source = locate("minilm")
    for path in source.rglob("*.json"):
        target = tmp_path / path.relative_to(source)
        target.parent.mkdir(exist_ok=True)
        shutil.copy(path, target)
    return tmp_path


def change(path: Path, **values: object) -> None:
    content = json.loads(path.read_text()) if path.is_file() else {}
    path.write_text(json.dumps(content | values))


def test_the_default_encoder_is_a_plain_bert(folder):
    assert is_plain_bert(folder)
    assert own_max_length(folder) == 256


@pytest.mark.parametrize(
    ("name", "values"),
    [
        ("config.json", {"model_type": "distilbert"}),
        ("config.json", {"hidden_act": "relu"}),
        ("config.json", {"position_embedding_type": "relative_key"}),
        ("1_Pooling/config.json", {"pooling_mode_cls_token": True}),
        ("1_Pooling/config.json", {"pooling_mode_mean_tokens": False}),
        ("config_sentence_transformers.json", {"default_prompt_name": "query"}),
        ("sentence_bert_config.json", {"do_lower_case": True}),
    ],
)
def test_whatever_it_does_not_compute_is_left_to_the_library(folder, name, values):
    change(folder / name, **values)
    assert not is_plain_bert(folder)


@pytest.mark.parametrize(
    "name", ["config.json", "modules.json", "1_Pooling/config.json", "tokenizer.json"]
)
def test_an_incomplete_folder_is_left_to_the_library(folder, name):
    (folder / name).unlink()
    assert not is_plain_bert(folder)


def test_a_further_module_is_left_to_the_library(folder):
    path = folder / "modules.json"
    modules = json.loads(path.read_text())
    path.write_text(json.dumps([*modules, modules[1] | {"type": "models.Dense"}]))
    assert not is_plain_bert(folder)


def test_the_limit_falls_back_to_the_positions(folder):
    (folder / "sentence_bert_config.json").unlink()
    assert own_max_length(folder) == 512


@pytest.mark.parametrize("lengths", [[], [5], [3, 300, 1, 300, 7, 5000, 2] * 20])
def test_batches_hold_every_row_once_within_the_limits(lengths):
    batches = list(_batches(lengths, 16))
    assert sorted(row for rows in batches for row in rows) == list(range(len(lengths)))
    for rows in batches:
        assert len(rows) == 1 or len(rows) * max(lengths[r] for r in rows) <= 4096
        assert len(rows) <= 16


def unit(vectors: np.ndarray) -> np.ndarray:
    return vectors / np.linalg.norm(vectors, axis=1, keepdims=True)


@pytest.mark.e2e
def test_float32_vectors_are_those_of_the_library():
    library = pytest.importorskip("sentence_transformers")
    reference = library.SentenceTransformer(
        str(locate("minilm")), device="cpu", local_files_only=True
    )
    wanted = reference.encode(TEXTS, normalize_embeddings=True)
    vectors, truncated = BertEncoder(locate("minilm"), "cpu", "float32").embed(TEXTS, 8)
    np.testing.assert_allclose(unit(vectors), wanted, atol=1e-5)
    assert truncated == 1


@pytest.mark.e2e
def test_bfloat16_vectors_point_where_float32_does():
    exact, _ = BertEncoder(locate("minilm"), "cpu", "float32").embed(TEXTS, 64)
    short, _ = BertEncoder(locate("minilm"), "cpu", "bfloat16").embed(TEXTS, 64)
    assert short.dtype == np.float32
    assert (unit(exact) * unit(short)).sum(axis=1).min() > 0.999


@pytest.mark.e2e
def test_vectors_hardly_move_with_their_batch():
    bert = BertEncoder(locate("minilm"), "cpu", "float32")
    together, _ = bert.embed(TEXTS, 64)
    alone = np.vstack([bert.embed([text], 1)[0] for text in TEXTS])
    np.testing.assert_allclose(unit(together), unit(alone), atol=1e-5)
