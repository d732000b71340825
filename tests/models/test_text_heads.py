from __future__ import annotations

import pickle

import numpy as np
import pytest

from mlpkg.embedding import SentenceTransformerEncoder
from mlpkg.exceptions import ConfigError, ModelIntegrityError
from mlpkg.models import SentenceClassifier, page_learning
from mlpkg.models.checkpoints import Checkpoints
from mlpkg.models.static_head import StaticHead
from mlpkg.models.store import load_model, save_model
from mlpkg.models.tuned_head import TunedHead

QUICK = {
    "width": 16,
    "vector_width": 8,
    "epochs": 12,
    "batch_pages": 3,
    "learning_rate": 0.01,
    "encoder_learning_rate": 0.01,
}
HEADS = [TunedHead(**QUICK, rank=2), StaticHead(**QUICK, dimension=8)]
BOTH = pytest.mark.parametrize("head", HEADS, ids=["tuned", "static"])


@pytest.fixture
def encoder(library_folder) -> SentenceTransformerEncoder:
    folder = str(library_folder("bert", "mean_tokens"))
    return SentenceTransformerEncoder(folder, device="cpu", precision="float32")


@pytest.fixture
def fit(encoder, task):
    """Fit a head to the pages of the task."""

    def fitted(head, **options):
        classifier = SentenceClassifier(head, encoder=encoder, folds=0)
        return classifier.fit(task.pages, task.page_labels, **options)

    return fitted


def rows(nested) -> np.ndarray:
    return np.concatenate(list(nested))


@BOTH
def test_learns_and_is_read_as_it_was_saved(head, fit, task, tmp_path):
    classifier = fit(head)
    found = rows(classifier.predict(task.pages))
    assert (found == np.concatenate(task.page_labels)).mean() > 0.9
    save_model(classifier, tmp_path / "model")
    again = load_model(tmp_path / "model", device="cpu", precision="float32")
    np.testing.assert_allclose(
        rows(again.predict_proba(task.pages)),
        rows(classifier.predict_proba(task.pages)),
        atol=0.005,
    )


@BOTH
def test_what_the_encoder_learned_is_kept_in_a_file_under_its_hash(
    head, fit, task, tmp_path
):
    save_model(fit(head), tmp_path)
    file = tmp_path / head.encoder_file
    content = file.read_bytes()
    file.write_bytes(content[:-1] + bytes([content[-1] ^ 1]))
    with pytest.raises(ModelIntegrityError, match="not the file that was saved"):
        load_model(tmp_path)
    file.unlink()
    with pytest.raises(ModelIntegrityError, match=f"{head.encoder_file} is missing"):
        load_model(tmp_path)


@BOTH
def test_folds_are_judged_with_encoders_that_did_not_see_them(head, encoder, task):
    classifier = SentenceClassifier(head, encoder=encoder, folds=3)
    classifier.fit(task.pages, task.page_labels)
    labels = np.concatenate(task.page_labels)
    columns = np.searchsorted(classifier.classes_, labels)
    found = classifier.crossfit_logits_.argmax(axis=1)
    assert (found == columns).mean() > 0.7
    assert not np.allclose(
        classifier.crossfit_logits_,
        np.log(rows(classifier.predict_proba(task.pages))),
        atol=0.1,
    )


@BOTH
def test_an_interrupted_training_ends_as_if_it_had_not_been(
    head, fit, task, tmp_path, monkeypatch
):
    expected = fit(head).head_
    steps = iter(range(20))  # 12 epochs of 3 steps are 36
    step = page_learning._step

    def interrupted(*given):
        if next(steps, None) is None:
            raise KeyboardInterrupt
        step(*given)

    with monkeypatch.context() as patched:
        patched.setattr(page_learning, "_step", interrupted)
        with pytest.raises(KeyboardInterrupt):
            fit(head, checkpoints=Checkpoints(tmp_path))
    seen = []
    monkeypatch.setattr(page_learning, "_step", lambda *a: (seen.append(1), step(*a)))
    resumed = fit(head, checkpoints=Checkpoints(tmp_path)).head_
    assert len(seen) == 18  # from the seventh epoch on
    for name, value in expected.arrays().items():
        np.testing.assert_array_equal(resumed.arrays()[name], value)
    for name, value in expected.encoder_arrays().items():
        np.testing.assert_array_equal(resumed.encoder_arrays()[name], value)


@BOTH
def test_strings_and_copies_are_fair_questions(head, fit, task):
    classifier = fit(head)
    copy = pickle.loads(pickle.dumps(classifier))  # noqa: S301 (made here)
    np.testing.assert_array_equal(
        copy.predict(task.texts), classifier.predict(task.texts)
    )


@BOTH
def test_an_encoder_of_the_callers_own_is_refused(head, task, tiny_encoder):
    classifier = SentenceClassifier(head, encoder=tiny_encoder, folds=0)
    with pytest.raises(ConfigError, match="TinyEncoder cannot be tuned"):
        classifier.fit(task.pages, task.page_labels)


def test_tuning_leaves_the_published_encoder_as_it_is(encoder, fit, task):
    before = encoder.encode(task.texts)
    tuned = fit(HEADS[0])
    np.testing.assert_array_equal(encoder.encode(task.texts), before)
    learned = tuned.head_.tuned(encoder)
    assert learned.fingerprint != encoder.fingerprint
    assert learned is tuned.head_.tuned(encoder)
    assert np.abs(learned.encode(task.texts) - before).max() > 0.01


def test_a_static_model_can_begin_with_a_tuned_encoders_vectors(fit, task, tmp_path):
    save_model(fit(HEADS[0]), tmp_path)
    plain, taught = (
        fit(StaticHead(**QUICK | {"epochs": 1}, dimension=8, teacher=teacher))
        for teacher in (None, str(tmp_path))
    )
    assert not np.array_equal(plain.head_.table_.codes, taught.head_.table_.codes)
