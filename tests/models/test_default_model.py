"""The model that ships, on the real encoder."""

from __future__ import annotations

import json
import pickle

import numpy as np
import pytest

import mlpkg
from mlpkg.config import config_hash, load_config
from mlpkg.data.gold import data_fingerprint, load_gold, segment_labels
from mlpkg.embedding.precision import has_fast_bfloat16
from mlpkg.labels import DEFAULT_SCHEME
from mlpkg.models import SentenceClassifier
from mlpkg.models.store import MODELS, load_model

pytestmark = pytest.mark.e2e

RETRAIN = (
    "a bundled model is out of date: run `mlpkg train tuned`, copy the run's model "
    "folder to mlpkg/bundled/model; then `static`, for mlpkg/bundled/static"
)
SPREAD = {"float32": 1e-4, "bfloat16": 0.005}


def needs_bfloat16(precision: str) -> None:
    if precision == "bfloat16" and not has_fast_bfloat16():
        pytest.skip("this processor has no bfloat16 in hardware")


@pytest.fixture(scope="module")
def gold():
    return load_gold("corpus:validation")[:6]


@pytest.fixture(scope="module")
def models() -> dict[str, SentenceClassifier]:
    return {
        precision: load_model(device="cpu", precision=precision)
        for precision in ("float32", "bfloat16")
    }


@pytest.mark.parametrize("name", ["tuned", "static"])
def test_it_was_trained_with_the_config_and_data_of_this_repository(name):
    manifest = json.loads((MODELS[name] / "model.json").read_text(encoding="utf-8"))
    config = load_config(name)
    assert manifest["config_fingerprint"] == config_hash(config), RETRAIN
    found = data_fingerprint(load_gold(config.data.train))
    assert manifest["data_fingerprint"] == found, RETRAIN


def test_it_has_the_four_labels():
    model = mlpkg.load_model()
    assert model.scheme_ == DEFAULT_SCHEME
    assert model.classes_.tolist() == sorted(DEFAULT_SCHEME.names)
    assert model.name_ == "default"


def test_it_does_better_than_the_commonest_label(models, gold):
    pages = [page.page for page in gold]
    labels = [segment_labels(page) for page in gold]
    flat = [label for row in labels for label in row]
    commonest = max(flat.count(label) for label in set(flat)) / len(flat)
    assert models["float32"].score(pages, labels) > commonest + 0.15


def test_bfloat16_stays_close_to_float32(models, gold):
    needs_bfloat16("bfloat16")
    pages = [page.page for page in gold]
    exact, rough = (
        np.concatenate(models[precision].predict_pages(pages))
        for precision in ("float32", "bfloat16")
    )
    assert np.abs(exact - rough).max() <= 0.05


@pytest.mark.parametrize("precision", list(SPREAD))
def test_a_page_keeps_its_probabilities_in_any_batch(models, gold, precision):
    needs_bfloat16(precision)
    model = models[precision]
    pages = [page.page for page in gold]
    for page, together in zip(pages, model.predict_pages(pages), strict=True):
        alone = model.predict_pages([page])[0]
        assert np.abs(together - alone).max() <= SPREAD[precision]


def test_a_pickle_leaves_the_weights_behind(models):
    model = models["float32"]
    before = model.predict_proba(["It rained."])
    stored = pickle.dumps(model)
    assert len(stored) < 2_000_000  # the head, without the encoder
    copied = pickle.loads(stored)  # noqa: S301 (made here)
    np.testing.assert_array_equal(copied.predict_proba(["It rained."]), before)


def test_classify_uses_it_by_default():
    text = "Share this page | Privacy policy\n\n“The bridge is safe,” said the mayor."
    predictions = list(mlpkg.classify(text))
    assert [p.label for p in predictions] == ["boilerplate", "attribution"]
    assert [p.label for p in mlpkg.classify(text, "default")] == [
        p.label for p in predictions
    ]
