from __future__ import annotations

import json

import numpy as np
import pytest

from mlpkg.benchmark.comparisons import compare_rows

N_PAGES = 12


@pytest.fixture
def stored(tmp_path):
    """Write a row: ``stored("a", right=9)`` with so many of ten segments right."""

    def write(name, right=5, seed=0, task="desk", pages=None, counts=None, **more):
        path = tmp_path / task / name / f"x-seed{seed}.json"
        path.parent.mkdir(parents=True, exist_ok=True)
        half = [[right, 10 - right], [10 - right, right]]
        counts = counts if counts is not None else [half] * N_PAGES
        row = {
            "schema": 1,
            "classifier": name,
            "task": task,
            "seed": seed,
            "kind": "in-corpus",
            "part": "user",
            "status": "ok",
            "train": "desk:train",
            "main_score": "macro_f1",
            "scores": {"macro_f1": {"value": right / 10}},
        }
        path.write_text(json.dumps(row | more), encoding="utf-8")
        ids = pages or [f"p{i:02}" for i in range(N_PAGES)]
        beside = {"labels": ["a", "b"], "pages": ids, "counts": counts}
        path.with_suffix(".counts.json").write_text(json.dumps(beside), "utf-8")
        return path

    return write


def marks(comparison):
    return {o.classifier: o.indistinguishable for o in comparison.rows}


def test_tells_the_worse_from_the_best_and_not_its_equal(stored):
    paths = [stored("best", 9), stored("twin", 9), stored("worse", 6)]
    (found,) = compare_rows(paths)
    assert found.best.classifier == "best"
    assert marks(found) == {"best": True, "twin": True, "worse": False}
    by_name = {o.classifier: o.p for o in found.rows}
    assert by_name["twin"] == 1.0
    # Two tests: the smaller p counts twice, and a random swap is never all of them.
    assert 2 / 2001 <= by_name["worse"] < 0.01


def test_tables_of_other_tasks_and_kinds_stay_apart(stored):
    paths = [
        stored("a"),
        stored("b", 6),
        stored("a", task="other"),
        stored("b", task="other"),
        stored("c", kind="cross-corpus"),
    ]
    assert [(c.task, c.kind, len(c.rows)) for c in compare_rows(paths)] == [
        ("desk", "in-corpus", 2),
        ("other", "in-corpus", 2),
    ]


def test_numbers_of_few_pages_are_tables_of_their_own(stored):
    paths = [
        stored(f"{name}{pages}", kind="few-shot", n_train_pages=pages)
        for name in "ab"
        for pages in (4, 16)
    ]
    assert sorted(c.n_train_pages for c in compare_rows(paths)) == [4, 16]


def test_seeds_of_a_classifier_are_averaged(stored):
    paths = [stored("a", 9), stored("a", 1, seed=1), stored("b", 6)]
    (found,) = compare_rows(paths)
    assert found.best.classifier == "b"
    assert len(found.rows) == 2


def test_rows_that_judged_other_articles_are_not_tested(stored):
    other = [f"q{i:02}" for i in range(N_PAGES)]
    paths = [stored("a", 9), stored("b", 5), stored("c", 2, pages=other)]
    (found,) = compare_rows(paths)
    assert set(marks(found)) == {"a", "b"}


def test_kept_texts_are_compared_by_the_f1_of_each_page(stored):
    random = np.random.default_rng(0)
    wanted = random.integers(50, 100, size=N_PAGES)
    more = {"main_score": "f1"}
    good = [[int(n) - 2, int(n), int(n)] for n in wanted]
    bad = [[int(n) // 2, int(n), int(n)] for n in wanted]
    paths = [
        stored("good", counts=good, scores={"f1": {"value": 0.97}}, **more),
        stored("bad", counts=bad, scores={"f1": {"value": 0.5}}, **more),
    ]
    (found,) = compare_rows(paths)
    assert marks(found) == {"good": True, "bad": False}


def test_a_row_that_failed_is_left_out(stored):
    assert compare_rows([stored("a"), stored("b", status="failed")]) == []
