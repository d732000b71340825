from __future__ import annotations

import pickle

import numpy as np
import pytest

from mlpkg.embedding.base import Encoder
from mlpkg.embedding.location import locate
from mlpkg.embedding.static import StaticEncoder, TokenTable

TEXTS = ["It rained.", "", "It rained.", "rained rained", "\udcff odd"]


@pytest.fixture(scope="module")
def vectors() -> np.ndarray:
    return np.random.default_rng(0).normal(size=(30522, 8)).astype(np.float32)


@pytest.fixture
def encoder(vectors) -> StaticEncoder:
    return StaticEncoder(locate("minilm") / "tokenizer.json", TokenTable.of(vectors))


def test_a_table_keeps_vectors_to_half_a_step(vectors):
    table = TokenTable.of(vectors)
    step = np.abs(vectors).max(axis=1, keepdims=True) / 127
    assert (np.abs(table.vectors - vectors) <= step * 0.501).all()
    again = TokenTable.restore(table.arrays())
    assert again.sha256 == table.sha256
    assert again.sha256 != TokenTable.of(vectors * 2).sha256


def test_a_text_is_the_direction_of_its_tokens_mean(encoder):
    found = encoder.encode(TEXTS)
    assert isinstance(encoder, Encoder)
    assert found.shape == (5, encoder.dimension) == (5, 8)
    np.testing.assert_array_equal(found[0], found[2])
    np.testing.assert_array_equal(found[1], np.zeros(8))
    lengths = np.linalg.norm(found[[0, 3, 4]], axis=1)
    np.testing.assert_allclose(lengths, 1, rtol=1e-6)
    np.testing.assert_allclose(found[3], encoder.encode(["rained"])[0], atol=1e-6)


def test_a_vector_does_not_depend_on_the_texts_beside_it(encoder):
    together = encoder.encode(TEXTS)
    alone = np.concatenate([encoder.encode([text]) for text in TEXTS])
    np.testing.assert_array_equal(together, alone)


def test_a_copy_gives_the_same_vectors(encoder):
    encoder.encode(TEXTS)
    copy = pickle.loads(pickle.dumps(encoder))  # noqa: S301 (made here)
    assert copy.fingerprint == encoder.fingerprint
    np.testing.assert_array_equal(copy.encode(TEXTS), encoder.encode(TEXTS))
