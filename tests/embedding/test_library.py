from __future__ import annotations

import logging

import numpy as np
import pytest

from mlpkg.embedding import SentenceTransformerEncoder
from mlpkg.embedding.bert import BertEncoder
from mlpkg.embedding.library import LibraryEncoder

TEXTS = ["It rained.", "", "word " * 200, "It rained."]

pytestmark = [
    pytest.mark.e2e,
    # The library's parts warn about each other, each release about other things.
    pytest.mark.filterwarnings("ignore::DeprecationWarning"),
    pytest.mark.filterwarnings("ignore::FutureWarning"),
]


@pytest.mark.parametrize(
    ("kind", "pooling"), [("distilbert", "mean_tokens"), ("bert", "cls_token")]
)
def test_other_models_go_through_the_library(library_folder, caplog, kind, pooling):
    folder = library_folder(kind, pooling)
    encoder = SentenceTransformerEncoder(str(folder), device="cpu", precision="float32")
    with caplog.at_level(logging.WARNING, "mlpkg.embedding"):
        vectors = encoder.encode(TEXTS)
    assert isinstance(encoder._handle(), LibraryEncoder)
    assert vectors.shape == (4, 16) == (4, encoder.dimension)
    assert vectors.dtype == np.float32
    np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), 1, rtol=1e-6)
    np.testing.assert_array_equal(vectors[0], vectors[3])
    assert encoder.truncated == 1
    assert "1 of 3 texts have more tokens than" in caplog.text


def test_both_paths_give_the_same_vectors_for_a_plain_bert(library_folder):
    folder = library_folder("bert", "mean_tokens")
    direct, cut = BertEncoder(folder, "cpu", "float32").embed(TEXTS, 2)
    library, also_cut = LibraryEncoder(folder, "cpu", "float32").embed(TEXTS, 2)
    np.testing.assert_allclose(direct, library, atol=1e-5)
    assert cut == also_cut == 1


def test_the_pooling_tells_fingerprints_apart(library_folder):
    encoders = [
        SentenceTransformerEncoder(str(library_folder("bert", pooling)))
        for pooling in ("cls_token", "mean_tokens")
    ]
    assert encoders[0].weights_sha256 == encoders[1].weights_sha256
    assert encoders[0].fingerprint != encoders[1].fingerprint


def test_a_shorter_limit_and_bfloat16_are_obeyed(library_folder):
    folder = library_folder("distilbert", "cls_token")
    short = LibraryEncoder(folder, "cpu", "bfloat16", max_length=4)
    vectors, cut = short.embed(["one two", "one two three"], 2)
    assert cut == 1
    assert vectors.dtype == np.float32
    np.testing.assert_allclose(vectors[0], vectors[1], atol=1e-2)
