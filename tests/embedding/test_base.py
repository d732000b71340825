from __future__ import annotations

import pickle

import numpy as np

from mlpkg.embedding import Encoder, SentenceTransformerEncoder


def test_both_encoders_are_what_models_ask_for(tiny_encoder):
    assert isinstance(tiny_encoder, Encoder)
    # Looked up on the class: on an object the protocol's check loads the weights.
    assert {"fingerprint", "dimension", "encode"} <= set(
        dir(SentenceTransformerEncoder)
    )


def test_the_tiny_encoder_keeps_its_promises(tiny_encoder):
    texts = ["It rained.", "", "It rained.", "\ud800", "Home"]
    vectors = tiny_encoder.encode(texts)
    assert vectors.shape == (5, tiny_encoder.dimension)
    assert vectors.dtype == np.float32
    np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), 1, rtol=1e-6)
    np.testing.assert_array_equal(vectors[0], vectors[2])
    assert abs(vectors[0] @ vectors[4]) < 0.9
    copy = pickle.loads(pickle.dumps(tiny_encoder))  # noqa: S301 (made here)
    assert copy.fingerprint == tiny_encoder.fingerprint
    np.testing.assert_array_equal(copy.encode(texts), vectors)
    assert tiny_encoder.encode([]).shape == (0, 32)
