from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mlpkg.embedding import Encoder, memory
from mlpkg.embedding.memory import RememberingEncoder


class CountingEncoder:
    """Notes each text that it is asked for."""

    fingerprint = "counting"
    dimension = 2

    def __init__(self):
        self.asked = []

    def encode(self, texts):
        self.asked += texts
        return np.array([[len(text), 1] for text in texts], dtype=np.float32)


@pytest.fixture
def counting():
    return CountingEncoder()


def test_each_text_is_computed_once(counting):
    encoder = RememberingEncoder(counting)
    assert encoder.encode(["a", "bb", "a"]).tolist() == [[1, 1], [2, 1], [1, 1]]
    assert encoder.encode(["ccc", "bb"]).tolist() == [[3, 1], [2, 1]]
    assert counting.asked == ["a", "bb", "ccc"]


@given(st.lists(st.lists(st.text(max_size=3))))
def test_vectors_are_those_of_the_encoder_in_the_order_asked(calls):
    counting = CountingEncoder()
    encoder = RememberingEncoder(counting)
    for texts in calls:
        found = encoder.encode(texts)
        assert found.shape == (len(texts), 2)
        assert found.dtype == np.float32
        assert found[:, 0].tolist() == [len(text) for text in texts]
    assert len(counting.asked) == len(set(counting.asked))


def test_no_texts_ask_for_nothing(counting):
    encoder = RememberingEncoder(counting)
    reports = []
    encoder.prepare([], lambda *report: reports.append(report))
    assert encoder.encode([]).shape == (0, 2)
    assert reports == []
    assert counting.asked == []


def test_preparing_reports_the_distinct_texts_that_are_new(counting, monkeypatch):
    monkeypatch.setattr(memory, "CHUNK", 2)
    encoder = RememberingEncoder(counting)
    encoder.encode(["a"])
    reports = []
    texts = ["a", "b", "c", "b", "d", "e", "f"]
    encoder.prepare(texts, lambda *report: reports.append(report))
    assert reports == [(2, 5), (4, 5), (5, 5)]
    assert counting.asked == ["a", "b", "c", "d", "e", "f"]
    encoder.encode(texts)
    assert len(counting.asked) == 6


def test_it_passes_for_the_encoder_that_computes(tiny_encoder):
    encoder = RememberingEncoder(tiny_encoder)
    assert isinstance(encoder, Encoder)
    assert encoder.fingerprint == tiny_encoder.fingerprint
    assert encoder.dimension == tiny_encoder.dimension
    texts = ["The mill closed.", "Home | News"]
    np.testing.assert_array_equal(encoder.encode(texts), tiny_encoder.encode(texts))
