from __future__ import annotations

import gzip
import json

import pytest

from mlpkg.benchmark.config import TaskSpec
from mlpkg.benchmark.judging import judge_extractor, judge_labels, judge_texts
from mlpkg.benchmark.tasks import make_task
from mlpkg.benchmark.tasks.base import MainText
from mlpkg.benchmark.tasks.recipe_pages import recipe_task
from mlpkg.benchmark.tasks.recipes import RECIPES
from mlpkg.config import EvaluationConfig
from mlpkg.exceptions import DataError
from mlpkg.labels import DEFAULT_SCHEME

FEW = EvaluationConfig(bootstrap=10)
HTML = b"<html><body><p>It rained on Monday in the old town.</p></body></html>"


@pytest.fixture
def checkthat(tmp_path):
    rows = [
        {"doc": f"d{i}", "i": 0, "text": f"Sentence {i}.", "raw": raw}
        for i, raw in enumerate(["SUBJ", "SUBJ|cue-verb", "OBJ", "OBJ|cue-quote"])
    ]
    for side in ("train", "dev"):
        with gzip.open(tmp_path / f"checkthat_en.{side}.jsonl.gz", "wt") as stream:
            stream.write("\n".join(map(json.dumps, rows)))
    pins = {f"checkthat_en.{side}.jsonl.gz": "" for side in ("train", "dev")}
    most = {"train": None, "test": None}
    return recipe_task("checkthat", RECIPES["checkthat"], tmp_path, most, pins)


def test_a_four_way_model_is_scored_by_the_sum_of_each_side(checkthat, fixed):
    # Opinion is the likeliest of the four, but the others together are likelier.
    four = fixed(DEFAULT_SCHEME.names, [0.3, 0.4, 0.2, 0.1])
    judged = judge_labels(four, checkthat, checkthat.test(), FEW)
    assert judged.labels == ("opinion", "not opinion")
    assert judged.counts.sum(axis=0).tolist() == [[0, 2], [0, 2]]
    assert judged.scores()["accuracy"]["value"] == 0.5
    assert judged.per_class()["opinion"]["support"] == 2


def test_a_two_way_model_of_the_same_sides_is_taken_as_it_is(checkthat, fixed):
    two = fixed(["not opinion", "opinion"], [0.1, 0.9])
    judged = judge_labels(two, checkthat, checkthat.test(), FEW)
    assert judged.counts.sum(axis=0).tolist() == [[2, 0], [2, 0]]


def test_classes_that_fall_to_no_side_are_refused(checkthat, fixed):
    with pytest.raises(DataError, match="weather"):
        judge_labels(fixed(["weather", "opinion"], [1, 0]), checkthat, [], FEW)


def test_pages_of_text_are_cut_anew_and_rows_are_not(checkthat, fixed):
    four = fixed(DEFAULT_SCHEME.names, [1, 0, 0, 0])
    corpus = make_task(TaskSpec(name="corpus", test_pages=2), None)
    assert "segment" in judge_labels(four, corpus, corpus.test(), FEW).stages
    assert "segment" not in judge_labels(four, checkthat, checkthat.test(), FEW).stages


@pytest.mark.parametrize(("furniture", "f1"), [(0.4, 1.0), (0.6, 0.0)])
def test_kept_is_what_is_more_likely_text_than_furniture(furniture, f1, fixed):
    row = [0.2, 0.2, 0.6 - furniture, furniture]
    page = MainText("a", "", "It rained on Monday in the old town.", HTML)
    judged = judge_texts(fixed(DEFAULT_SCHEME.names, row), [page], FEW)
    assert judged.scores()["f1"]["value"] == f1
    assert judged.n_segments == 1
    assert {"read", "segment"} <= set(judged.stages)


def test_kept_text_needs_a_model_that_knows_furniture(fixed):
    page = MainText("a", "", "text", HTML)
    with pytest.raises(DataError, match="not boilerplate"):
        judge_texts(fixed(["claim", "opinion"], [1, 0]), [page], FEW)


def test_an_extractor_is_scored_by_its_text_page_by_page():
    pages = [MainText(name, "", "one two three four", HTML) for name in "ba"]
    kept = iter(["one two three four", "nothing of that here"])
    judged = judge_extractor(lambda _: next(kept), pages, FEW)
    assert judged.pages == ("a", "b")
    assert judged.counts.tolist() == [[0, 1, 1], [1, 1, 1]]
    assert judged.n_segments is None
