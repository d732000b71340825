from __future__ import annotations

import pickle
from dataclasses import dataclass

import numpy as np
import pytest

from mlpkg.embedding import SentenceTransformerEncoder
from mlpkg.exceptions import CanaryError
from mlpkg.models.canaries import SENTENCES, TOLERANCE, Canaries


@dataclass(slots=True)
class Changed:
    """Passes vectors on with a change; neither hashable nor weakly referable."""

    inner: object
    noise: float = 0.0
    columns: int = 32
    calls: int = 0

    @property
    def fingerprint(self) -> str:
        return "changed"

    @property
    def dimension(self) -> int:
        return self.columns

    def encode(self, texts):
        self.calls += 1
        vectors = self.inner.encode(texts)
        moved = vectors + self.noise * np.roll(vectors, 1, axis=1)
        moved /= np.linalg.norm(moved, axis=1, keepdims=True)
        return moved[:, : self.columns]


@pytest.fixture
def canaries(tiny_encoder) -> Canaries:
    return Canaries.of(tiny_encoder)


def test_the_same_encoder_passes_after_a_file(canaries, tiny_encoder, tmp_path):
    canaries.save(tmp_path / "canaries.json")
    stored = Canaries.load(tmp_path / "canaries.json")
    assert stored.sentences == SENTENCES
    assert stored.tolerance == TOLERANCE
    np.testing.assert_allclose(stored.vectors, canaries.vectors, atol=1e-6)
    stored.check(tiny_encoder)


def test_the_rounding_of_number_formats_passes(canaries, tiny_encoder):
    canaries.check(Changed(tiny_encoder, noise=0.02))


def test_a_drifted_encoder_is_refused(canaries, tiny_encoder):
    message = r"cosine distance 0\.\d+ for '.*', at most 0\.005 .* or retrain"
    with pytest.raises(CanaryError, match=message):
        canaries.check(Changed(tiny_encoder, noise=0.3))


def test_vectors_that_are_not_numbers_are_refused(canaries, tiny_encoder):
    with pytest.raises(CanaryError, match="cosine distance nan"):
        canaries.check(Changed(tiny_encoder, noise=np.nan))


def test_another_dimension_is_refused(canaries, tiny_encoder):
    message = r"shape \(16,\), the model was trained on \(32,\)"
    with pytest.raises(CanaryError, match=message):
        canaries.check(Changed(tiny_encoder, columns=16))


def test_each_encoder_is_checked_once(canaries, tiny_encoder):
    first, second = Changed(tiny_encoder), Changed(tiny_encoder)
    for _ in range(3):
        canaries.check(first)
    assert first.calls == 1
    canaries.check(second)
    assert second.calls == 1


def test_an_encoder_that_failed_is_checked_again(canaries, tiny_encoder):
    drifted = Changed(tiny_encoder, noise=0.3)
    for _ in range(2):
        with pytest.raises(CanaryError, match="no longer gives"):
            canaries.check(drifted)
    drifted.noise = 0.0
    canaries.check(drifted)


def test_a_classifier_asks_its_canaries_once(make_classifier, task, tiny_encoder):
    encoder = Changed(tiny_encoder)
    classifier = make_classifier(encoder=encoder).fit(task.texts, task.labels)
    classifier.canaries_ = Canaries.of(encoder)
    encoder.calls = 0
    for _ in range(3):
        classifier.predict(task.texts)
    assert encoder.calls == 4


def test_canaries_survive_pickling_and_check_again(make_classifier, task, tiny_encoder):
    classifier = make_classifier().fit(task.texts, task.labels)
    classifier.canaries_ = Canaries.of(tiny_encoder)
    classifier.predict(task.texts)
    copied = pickle.loads(pickle.dumps(classifier))  # noqa: S301 (made here)
    np.testing.assert_array_equal(
        copied.predict_proba(task.texts), classifier.predict_proba(task.texts)
    )
    copied.set_params(encoder=Changed(tiny_encoder, noise=0.3))
    with pytest.raises(CanaryError, match="no longer gives"):
        copied.predict(task.texts)


def test_the_tolerance_is_that_of_the_number_format(tiny_encoder):
    canaries = Canaries.of(tiny_encoder)
    limits = {"float32": 1e-3, "bfloat16": 5e-3}
    for precision, limit in limits.items():
        encoder = SentenceTransformerEncoder(precision=precision)
        assert canaries._limit(encoder) == limit
    assert canaries._limit(tiny_encoder) == max(limits.values())
