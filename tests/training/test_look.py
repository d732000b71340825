from __future__ import annotations

import json
import re
from types import SimpleNamespace

import pytest

from mlpkg.evaluation import evaluate_labels
from mlpkg.exceptions import DataError
from mlpkg.training import look as module
from mlpkg.training.look import TEST_PARTS, look, refuse_test_parts

GOLD = ["claim", "opinion", "claim", "boilerplate"]
FOUND = ["claim", "claim", "claim", "boilerplate"]


@pytest.fixture
def looked(monkeypatch):
    """Answers of a made model, and the data that it was scored on: nothing real."""
    asked = []
    model = SimpleNamespace(scheme_=None)

    def made(classifier, data):
        assert classifier is model
        asked.append(data)
        return evaluate_labels(GOLD, FOUND, list("aabb"), sorted({*GOLD}), n=5)

    def load(name, precision):
        asked.append((name, precision))
        return model

    facts = {
        "name": "made",
        "config_fingerprint": "c" * 64,
        "data_fingerprint": "d" * 64,
    }
    monkeypatch.setattr(module, "evaluate", made)
    monkeypatch.setattr(module, "load_model", load)
    monkeypatch.setattr(module, "manifest_of", lambda model: facts)
    return asked


def _lines(log):
    return [json.loads(line) for line in log.read_text(encoding="utf-8").splitlines()]


def test_each_part_is_scored_once_and_logged(looked, tmp_path):
    log = tmp_path / "deep" / "looks.jsonl"
    results = look("default", " the first figure\n", log=log)
    assert list(results) == ["test", "other-hands"]
    assert looked == [
        ("default", "float32"),
        "corpus:test",
        "corpus:other-hands",
    ]
    test, other = _lines(log)
    assert (test["part"], other["part"]) == ("test", "other-hands")
    date = test.pop("date")
    assert re.fullmatch(r"\d{4}-\d\d-\d\d", date)
    assert test == {
        "part": "test",
        "model": "made",
        "config_fingerprint": "c" * 64,
        "data_fingerprint": "d" * 64,
        "articles": 2,
        "segments": 4,
        "macro_f1": 0.6,
        "f1_boilerplate": 1.0,
        "f1_claim": 0.8,
        "f1_opinion": 0.0,
        "why": "the first figure",
    }


def test_a_later_look_is_appended(looked, tmp_path):
    log = tmp_path / "looks.jsonl"
    for why in ("first", "second"):
        look("default", why, parts=["test"], log=log)
    assert [line["why"] for line in _lines(log)] == ["first", "second"]
    assert [line["part"] for line in _lines(log)] == ["test", "test"]


@pytest.mark.parametrize("why", ["", " \n"])
def test_a_look_without_a_reason_is_refused(looked, tmp_path, why):
    with pytest.raises(DataError, match="a look at a test part needs a reason"):
        look("default", why, log=tmp_path / "looks.jsonl")
    assert looked == []
    assert list(tmp_path.iterdir()) == []


def test_another_part_is_refused_before_any_is_scored(looked, tmp_path):
    message = r"not test parts: \['validation'\]; known: test, other-hands"
    with pytest.raises(DataError, match=message):
        look("default", "why", parts=["test", "validation"], log=tmp_path / "log")
    assert looked == []
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("part", TEST_PARTS)
def test_test_parts_are_no_ordinary_data(part):
    message = f"corpus:{part} is for the last look .* `mlpkg look` .*corpus:validation"
    with pytest.raises(DataError, match=message):
        refuse_test_parts(f"corpus:{part}")


@pytest.mark.parametrize("source", ["corpus:train", "corpus:validation", "test", ""])
def test_other_data_are_let_through(source):
    assert refuse_test_parts(source) is None
