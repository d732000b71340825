from __future__ import annotations

import json
import sys

import numpy as np
import pytest

from mlpkg.benchmark.classifiers import (
    GROUP,
    LADDER,
    is_extractor,
    learns,
    make_classifier,
)
from mlpkg.benchmark.classifiers.base import MissingClassifierError, Unlabelled
from mlpkg.benchmark.classifiers.extractors import EXTRACTORS, make_extractor
from mlpkg.benchmark.config import ClassifierSpec
from mlpkg.benchmark.stopwatch import Stopwatch
from mlpkg.data.gold import load_gold
from mlpkg.exceptions import ConfigError, DataError
from mlpkg.labels import DEFAULT_SCHEME

PAGE = "Home | News\nThe mill closed in May.\nIt is a disgrace.\n“It is late,” he said."
# Needs the encoder: those rows are tried together, once.
WITH_VECTORS = ("static-logistic", "minilm-logistic", "minilm-features", "page-head")


def made(use, folder, **more):
    return make_classifier(ClassifierSpec(name="x", use=use, **more), folder)


def judge(classifier, *pages, has_context=True):
    watch = Stopwatch()
    found = classifier.predict_proba([Unlabelled(p, has_context) for p in pages], watch)
    return found, watch.seconds


@pytest.fixture
def pages(own_rows):
    return load_gold(own_rows("rows.jsonl", "abcdef"))


@pytest.mark.parametrize("use", [n for n in LADDER if n not in WITH_VECTORS])
def test_a_rung_without_vectors_gives_probabilities(use, pages, make_page, tmp_path):
    classifier = made(use, tmp_path)
    if learns(ClassifierSpec(name="x", use=use)):
        classifier.fit(pages, DEFAULT_SCHEME, 0)
    assert sorted(classifier.classes) == sorted(DEFAULT_SCHEME.names)
    (found, other), _ = judge(classifier, make_page(PAGE), make_page("One line."))
    assert found.shape == (4, 4)
    assert other.shape == (1, 4)
    assert np.allclose(found.sum(axis=1), 1)
    assert classifier.size_bytes() is not None


@pytest.mark.e2e
@pytest.mark.parametrize("use", WITH_VECTORS)
def test_a_rung_on_vectors_times_its_stages(use, pages, make_page, tmp_path):
    more = {"parameters": {"set": ["training.folds=2"]}} if "-f" in use else {}
    classifier = made(use, tmp_path, **more)
    classifier.fit(pages, DEFAULT_SCHEME, 0)
    (found,), seconds = judge(classifier, make_page(PAGE))
    assert found.shape == (4, 4)
    assert np.allclose(found.sum(axis=1), 1, atol=1e-5)
    wanted = {"embed", "head"} | ({"features"} if use in WITH_VECTORS[2:] else set())
    assert set(seconds) == wanted
    assert all(value > 0 for value in seconds.values())
    (alone,), _ = judge(classifier, make_page(PAGE), has_context=False)
    assert alone.shape == (4, 4)


def test_rules_follow_the_order_of_the_codebook(make_page, tmp_path):
    classifier = made("cue-rules", tmp_path)
    text = (
        "Share this article\n“We had no choice in all of this,” she said.\n"
        "The council should have bought a new ship years ago.\n"
        "The ferry to the island stopped on Monday after an inspection."
    )
    (found,), _ = judge(classifier, make_page(text))
    assert [classifier.classes[i] for i in found.argmax(axis=1)] == [
        "boilerplate",
        "attribution",
        "opinion",
        "claim",
    ]


def test_a_ready_model_is_scored_and_a_missing_one_told(tmp_path):
    assert made("model:default", tmp_path).classes
    with pytest.raises(MissingClassifierError, match="missing: no model 'no-such'"):
        made("model:no-such", tmp_path)


@pytest.mark.parametrize(
    ("use", "error", "match"),
    [
        ("majoritty", ConfigError, "did you mean 'majority'"),
        ("no_such:thing", MissingClassifierError, "beside the config"),
        ("sklearn.naive_bayes:Nope", ConfigError, "no attribute"),
        ("sklearn:__version__", ConfigError, "is a str"),
    ],
)
def test_a_name_that_leads_nowhere_is_told(use, error, match, tmp_path):
    with pytest.raises(error, match=match):
        made(use, tmp_path)


@pytest.mark.parametrize(
    "use",
    ["sklearn.naive_bayes:ComplementNB", "sklearn.linear_model:Perceptron"],
)
def test_a_bare_scikit_learn_classifier_gets_tfidf(use, pages, make_page, tmp_path):
    classifier = made(use, tmp_path)
    classifier.fit(pages, DEFAULT_SCHEME, 3)
    (found,), seconds = judge(classifier, make_page(PAGE))
    assert np.allclose(found.sum(axis=1), 1)
    assert set(seconds) == {"features", "head"}


def test_an_entry_point_brings_a_classifier(monkeypatch, tmp_path):
    from importlib.metadata import EntryPoint, EntryPoints

    import mlpkg.benchmark.classifiers as table

    point = EntryPoint("theirs", "sklearn.naive_bayes:BernoulliNB", GROUP)
    monkeypatch.setattr(table, "entry_points", lambda group: EntryPoints([point]))
    assert type(made("theirs", tmp_path).estimator).__name__ == "BernoulliNB"


ECHO = """
import json, sys
for line in sys.stdin:
    row = json.loads(line)
    first = row["before"] is None
    print(json.dumps({"claim": 3 if first else 0, "opinion": 1}))
"""


def test_a_command_reads_segments_with_their_neighbours(make_page, tmp_path):
    (tmp_path / "echo.py").write_text(ECHO, encoding="utf-8")
    more = {"command": [sys.executable, "echo.py"]}
    labels = {"parameters": {"labels": ["opinion", "claim"]}}
    classifier = made("command", tmp_path, **more, **labels)
    assert classifier.classes == ("opinion", "claim")
    (found, _), _ = judge(classifier, make_page(PAGE), make_page("One."))
    assert found.tolist() == [[0.25, 0.75], [1, 0], [1, 0], [1, 0]]
    assert not classifier.can_judge_one()


@pytest.mark.parametrize(
    ("code", "match"),
    [
        ("import sys; sys.exit(4)", "exit code 4"),
        ("print('{}')", "1 lines for 4 segments"),
        ("[print('no') for _ in range(4)]", "answered 'no'"),
        ("[print('{\"claim\": -1}') for _ in range(4)]", "probabilities of claim"),
    ],
)
def test_a_command_that_answers_wrongly_is_told(code, match, make_page, tmp_path):
    classifier = made("command", tmp_path, command=[sys.executable, "-c", code])
    with pytest.raises(DataError, match=match):
        judge(classifier, make_page(PAGE))


@pytest.mark.parametrize("name", EXTRACTORS)
def test_an_extractor_keeps_the_article(name):
    try:
        extract = make_extractor(name)
    except MissingClassifierError as error:
        pytest.skip(str(error))
    prose = (
        "<p>The ferry stopped on Monday after a crack was found in its hull.</p>" * 9
    )
    html = f"<html><body><nav>Home News</nav><article>{prose}</article></body></html>"
    assert "crack was found" in extract(html.encode())
    assert is_extractor(ClassifierSpec(name="x", use=name))


def test_a_peer_that_is_not_there_says_where_it_may_be(tmp_path, monkeypatch):
    with pytest.raises(MissingClassifierError, match="MLPKG_SETFIT_PYTHON"):
        made("setfit", tmp_path, python=str(tmp_path / "no-python"))


@pytest.mark.e2e
@pytest.mark.parametrize(
    ("use", "parameters"),
    [
        ("setfit", {"max_steps": 1, "batch_size": 2}),
        ("spacy", {"epochs": 1}),
        ("model2vec", {"max_epochs": 1}),
    ],
)
def test_a_peer_learns_and_judges(use, parameters, pages, make_page, tmp_path):
    try:
        classifier = made(use, tmp_path, parameters=parameters)
    except MissingClassifierError as error:
        pytest.skip(str(error))
    try:
        classifier.fit(pages, DEFAULT_SCHEME, 0)
        (found,), _ = judge(classifier, make_page(PAGE))
        assert sorted(classifier.classes) == sorted(DEFAULT_SCHEME.names)
        assert found.shape == (4, 4)
        assert np.allclose(found.sum(axis=1), 1, atol=1e-3)
        assert classifier.size_bytes() > 0
        assert classifier.import_seconds() > 0
        assert json.dumps(classifier.versions())
    finally:
        classifier.close()
