from __future__ import annotations

import logging
import pickle
import shutil
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mlpkg.embedding import SentenceTransformerEncoder, encoder
from mlpkg.embedding.location import locate
from mlpkg.exceptions import ConfigError, EncoderNotFoundError


class CountingWeights:
    """Stands in for weights: a vector of a text's length, cut above ten letters."""

    dimension = 3

    def __init__(self) -> None:
        self.asked: list[str] = []

    def embed(self, texts, batch_size):
        assert batch_size == 64
        self.asked += texts
        lengths = [[len(text), 1, 1] for text in texts]
        vectors = np.array(lengths, dtype=np.float32)
        return vectors, sum(len(text) > 10 for text in texts)


@pytest.fixture
def weights(monkeypatch) -> CountingWeights:
    weights = CountingWeights()
    monkeypatch.setattr(SentenceTransformerEncoder, "_handle", lambda _encoder: weights)
    return weights


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name in ("model.safetensors", "config.json", "README.md", "1_Pooling/x.json"):
        path = tmp_path / "model" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(name, encoding="utf-8")
    return tmp_path / "model"


def test_rows_follow_the_texts_and_have_length_one(weights):
    vectors = SentenceTransformerEncoder().encode(["aa", "a", "", "aa"])
    assert vectors.shape == (4, 3)
    assert vectors.dtype == np.float32
    np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), 1, rtol=1e-6)
    assert vectors[0, 0] > vectors[1, 0] > vectors[2, 0] == 0
    np.testing.assert_array_equal(vectors[0], vectors[3])


def test_each_distinct_text_is_computed_once(weights):
    SentenceTransformerEncoder().encode(["a", "b", "a", "a", "b"])
    assert weights.asked == ["a", "b"]


def test_no_texts_give_no_rows(weights):
    assert SentenceTransformerEncoder().encode([]).shape == (0, 3)
    assert weights.asked == []


def test_a_lone_surrogate_reaches_the_tokenizer_as_a_character(weights):
    SentenceTransformerEncoder().encode(["a\ud800"])
    assert weights.asked == ["a?"]


def test_cut_texts_are_counted_and_logged(weights, caplog):
    minilm = SentenceTransformerEncoder()
    with caplog.at_level(logging.WARNING, "mlpkg.embedding"):
        minilm.encode(["a" * 11, "a" * 12, "a"])
    assert minilm.truncated == 2
    assert "2 of 3 texts have more tokens than minilm takes and were cut" in caplog.text


@pytest.fixture
def cached(monkeypatch, tmp_path) -> SentenceTransformerEncoder:
    monkeypatch.setenv("MLPKG_CACHE", str(tmp_path / "cache"))
    return SentenceTransformerEncoder(device="cpu", precision="float32", cache=True)


def test_a_cached_text_is_not_computed_again(cached, weights):
    first = cached.encode(["a", "bb"])
    again = cached.encode(["bb", "ccc", "a", "bb"])
    assert weights.asked == ["a", "bb", "ccc"]
    np.testing.assert_array_equal(again[[2, 0, 3]], first[[0, 1, 1]])
    assert again[1, 0] > again[0, 0]


@pytest.mark.parametrize("change", [{"precision": "bfloat16"}, {"max_length": 8}])
def test_the_cache_keeps_settings_apart(cached, weights, change):
    cached.encode(["a"])
    other = SentenceTransformerEncoder(
        **{"device": "cpu", "precision": "float32", "cache": True} | change
    )
    other.encode(["a"])
    assert weights.asked == ["a", "a"]


@given(st.lists(st.text(max_size=3)))
def test_order_is_kept_for_any_texts(texts):
    minilm = SentenceTransformerEncoder()
    minilm._handle = CountingWeights  # an object of its own for each call
    vectors = minilm.encode(texts)
    assert [round(float(row[0] / row[1])) for row in vectors] == [
        len(text.encode("utf-8", "replace").decode()) for text in texts
    ]


@pytest.mark.parametrize(
    "name",
    ["config.json", "1_Pooling/x.json", "2_Dense/model.safetensors", "modules.json"]
    + ["config_sentence_transformers.json", "tokenizer.json", "vocab.txt"],
)
def test_every_file_that_changes_a_vector_changes_the_fingerprint(folder, name):
    before = SentenceTransformerEncoder(str(folder)).fingerprint
    (folder / name).parent.mkdir(exist_ok=True)
    (folder / name).write_text("changed", encoding="utf-8")
    assert SentenceTransformerEncoder(str(folder)).fingerprint != before


def test_other_weights_or_another_limit_change_the_fingerprint(folder, tmp_path):
    other = tmp_path / "other"
    shutil.copytree(folder, other)
    same = SentenceTransformerEncoder(str(other)).fingerprint
    (tmp_path / "third").mkdir()
    shutil.copytree(folder, tmp_path / "third" / "model")
    (tmp_path / "third" / "model" / "model.safetensors").write_text("changed")
    changed = SentenceTransformerEncoder(str(tmp_path / "third" / "model"))
    mine = SentenceTransformerEncoder(str(folder))
    limited = SentenceTransformerEncoder(str(folder), max_length=8)
    assert mine.fingerprint == same
    assert len({mine.fingerprint, changed.fingerprint, limited.fingerprint}) == 3


def test_what_does_not_change_a_vector_keeps_the_fingerprint(folder):
    before = SentenceTransformerEncoder(str(folder)).fingerprint
    (folder / "README.md").write_text("changed", encoding="utf-8")
    other = SentenceTransformerEncoder(
        str(folder), device="cuda", precision="bfloat16", batch_size=1, cache=True
    )
    assert other.fingerprint == before


def test_an_absent_model_is_told_at_first_use():
    absent = SentenceTransformerEncoder("nobody/no-such-encoder")
    assert "nobody/no-such-encoder" in repr(absent)
    with pytest.raises(EncoderNotFoundError, match="neither a folder nor in the local"):
        absent.encode(["a"])


def test_an_unknown_precision_is_told_at_first_use():
    with pytest.raises(ConfigError, match="precision 'half' is not one of auto, float"):
        SentenceTransformerEncoder(precision="half").encode(["a"])


@pytest.mark.e2e
def test_an_encoder_pickles_without_its_weights():
    minilm = SentenceTransformerEncoder(device="cpu", precision="float32")
    vector = minilm.encode(["It rained."])
    pickled = pickle.dumps(minilm)
    assert len(pickled) < 2000
    copy = pickle.loads(pickled)  # noqa: S301 (made here)
    np.testing.assert_array_equal(copy.encode(["It rained."]), vector)


@pytest.mark.e2e
def test_equal_encoders_share_their_weights():
    first = SentenceTransformerEncoder(device="cpu", precision="float32")
    second = SentenceTransformerEncoder(device="cpu", precision="float32", cache=True)
    assert first._handle() is second._handle()
    assert first.dimension == 384
    assert (locate("minilm"), "cpu", "float32", None, "") in encoder._loaded


@pytest.mark.e2e
def test_the_real_encoder_tells_meanings_apart():
    minilm = SentenceTransformerEncoder(device="cpu", precision="float32")
    vectors = minilm.encode(
        ["The ferry was cancelled.", "The boat did not sail.", "Add two eggs."]
    )
    np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), 1, rtol=1e-6)
    assert vectors[0] @ vectors[1] > vectors[0] @ vectors[2] + 0.2


@pytest.mark.e2e
def test_the_real_encoder_counts_cut_texts(caplog):
    minilm = SentenceTransformerEncoder(device="cpu", precision="float32")
    minilm.encode(["word " * 300, "word " * 254, "word"])
    assert minilm.truncated == 1
    assert "1 of 3 texts" in caplog.text


@pytest.mark.e2e
def test_a_shorter_limit_cuts_more():
    short = SentenceTransformerEncoder(device="cpu", precision="float32", max_length=4)
    vectors = short.encode(["one two", "one two three", "one two four"])
    assert short.truncated == 2
    np.testing.assert_allclose(vectors[1], vectors[0], atol=1e-6)


@pytest.mark.e2e
def test_a_damaged_cache_is_told_and_passed_over(tmp_path, monkeypatch, caplog):
    monkeypatch.setenv("MLPKG_CACHE", str(tmp_path))
    (tmp_path / "embeddings.sqlite").write_bytes(b"no database at all" * 100)
    encoder = SentenceTransformerEncoder(precision="float32", cache=True)
    with caplog.at_level("WARNING"):
        vectors = encoder.encode(["The quay is shut."])
    plain = SentenceTransformerEncoder(precision="float32")
    assert np.array_equal(vectors, plain.encode(["The quay is shut."]))
    assert "cannot be read" in caplog.text


@pytest.mark.e2e
def test_refuses_a_length_beyond_what_the_model_was_made_for():
    encoder = SentenceTransformerEncoder(precision="float32", max_length=1024)
    with pytest.raises(ConfigError, match="max_length 1024 is more than the 512"):
        encoder.encode(["The quay is shut."])
