from __future__ import annotations

import pytest

from mlpkg.benchmark.config import BenchmarkConfig
from mlpkg.benchmark.plan import Planner
from mlpkg.exceptions import ConfigError


def rows(tmp_path, **settings):
    return planner(tmp_path, **settings).rows()


def planner(tmp_path, only=(), tasks_only=(), max_pages=None, **settings):
    config = BenchmarkConfig.model_validate(
        {"classifiers": ["majority"], "tasks": ["checkthat"], **settings}
    )
    return Planner(config, tmp_path, max_pages, only, tasks_only)


def test_a_classifier_that_learns_has_a_row_a_seed(tmp_path):
    found = rows(
        tmp_path, classifiers=[{"name": "m", "use": "majority", "seeds": [0, 7]}]
    )
    assert [(row.seed, row.kind, row.train) for row in found] == [
        (0, "in-corpus", "checkthat:train"),
        (7, "in-corpus", "checkthat:train"),
    ]


def test_what_learns_nothing_has_one_row_without_training(tmp_path):
    (found,) = rows(tmp_path, classifiers=["cue-rules"])
    assert (found.source, found.train) == (None, None)


def test_a_source_scores_where_its_labels_fit(tmp_path):
    found = rows(
        tmp_path,
        tasks=["checkthat", "polnear"],
        cross_corpus={
            "classifiers": ["majority"],
            "sources": ["corpus", "babe", "newsdiscourse"],
        },
    )
    crossed = {(row.train, row.task.name) for row in found if row.kind != "in-corpus"}
    assert crossed == {
        ("corpus:train", "checkthat"),
        ("babe:train", "checkthat"),
        ("corpus:train", "polnear"),
        ("newsdiscourse:train", "polnear"),
    }


def test_few_pages_are_drawn_several_times(tmp_path):
    few = {
        "task": "checkthat",
        "classifiers": ["majority"],
        "pages": [2, 4],
        "draws": 2,
    }
    found = [row for row in rows(tmp_path, few_shot=few) if row.kind == "few-shot"]
    assert [(row.few, row.seed) for row in found] == [(2, 0), (2, 1), (4, 0), (4, 1)]
    assert len({row.path for row in found}) == 4


def test_extractors_stand_on_the_task_of_kept_text_alone(tmp_path):
    found = rows(
        tmp_path, classifiers=["trafilatura"], tasks=["checkthat", "wcxb-html"]
    )
    assert [row.task.name for row in found] == ["wcxb-html"]


def test_a_model_of_the_corpus_is_at_home_on_the_corpus_and_a_guest_elsewhere(tmp_path):
    found = rows(tmp_path, classifiers=["model:default"], tasks=["corpus", "babe"])
    assert [(row.kind, row.train) for row in found] == [
        ("in-corpus", "corpus:train"),
        ("cross-corpus", "corpus:train"),
    ]


@pytest.mark.parametrize(
    "change",
    [
        {"threads": 1},
        {"evaluation": {"bootstrap": 10}},
        {
            "classifiers": [
                {"name": "majority", "use": "majority", "parameters": {"a": 1}}
            ]
        },
        {"tasks": [{"name": "checkthat", "test_pages": 3}]},
        {"max_pages": 4},
    ],
)
def test_whatever_changes_a_figure_changes_the_revision(tmp_path, change):
    (before,), (after,) = rows(tmp_path), rows(tmp_path, **change)
    assert before.revision != after.revision
    assert before.path.parent == after.path.parent


def test_a_title_changes_no_revision(tmp_path):
    (before,) = rows(tmp_path)
    (after,) = rows(tmp_path, tasks=[{"name": "checkthat", "title": "subjectivity"}])
    assert before.revision == after.revision


def test_only_and_tasks_choose(tmp_path):
    classifiers, tasks = ["majority", "cue-rules"], ["checkthat", "babe"]
    found = rows(
        tmp_path,
        classifiers=classifiers,
        tasks=tasks,
        only=["cue-rules"],
        tasks_only=["babe"],
    )
    assert [(r.classifier.name, r.task.name) for r in found] == [("cue-rules", "babe")]
    with pytest.raises(ConfigError, match="--only 'cue'.*majority, cue-rules"):
        rows(tmp_path, classifiers=classifiers, only=["cue"])


def test_an_unknown_task_names_the_nearest(tmp_path):
    with pytest.raises(ConfigError, match="did you mean 'polnear'"):
        rows(tmp_path, tasks=["polnaer"])
