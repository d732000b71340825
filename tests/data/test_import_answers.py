from __future__ import annotations

import json

import pytest

from mlpkg.data.gold import load_gold
from mlpkg.data.import_answers import import_answers
from mlpkg.data.label_map import LabelMap
from mlpkg.data.label_studio_tasks import TaskSpan, choice_task, span_task, write_tasks
from mlpkg.exceptions import DataError
from mlpkg.records import Article

TEXT = "It rained ☂.\nHome"


def _export(path, *ids, text=TEXT, label="claim"):
    spans = [TaskSpan(0, 12, label), TaskSpan(13, 17, "boilerplate")]
    tasks = [
        span_task(number, Article(name, text), spans, "annotations", {})
        for number, name in enumerate(ids, start=1)
    ]
    write_tasks(path, tasks)
    return path


@pytest.mark.parametrize("name", ["a", "a.txt", "north/a.html", "Zürich-1"])
def test_answers_read_back_under_their_ids(tmp_path, name):
    found = import_answers(_export(tmp_path / "x.json", name), tmp_path / "answers")
    assert found == (1, 2)
    (page,) = load_gold(tmp_path / "answers")
    assert (page.id, page.page.article.text) == (name, TEXT)
    assert page.spans == ((0, 12), (13, 17))
    assert page.labels == ("claim", "boilerplate")


def test_tasks_without_an_annotation_are_left_out(tmp_path):
    path = _export(tmp_path / "x.json", "a", "b")
    tasks = json.loads(path.read_text(encoding="utf-8"))
    tasks[0]["annotations"] = []
    path.write_text(json.dumps(tasks))
    assert import_answers(path, tmp_path / "answers") == (1, 2)
    assert [page.id for page in load_gold(tmp_path / "answers")] == ["b"]


def test_partial_labels_read_back_by_their_names(tmp_path):
    path = _export(tmp_path / "x.json", "a", label="soft")
    labels = LabelMap(allowed={"soft": ("claim", "opinion")})
    import_answers(path, tmp_path / "answers", label_map=labels)
    again = LabelMap(allowed={"claim|opinion": ("claim", "opinion")})
    (page,) = load_gold(tmp_path / "answers", label_map=again)
    assert page.allowed == (("claim", "opinion"), None)


@pytest.mark.parametrize("name", ["../a", "/a", "a//b", "a:b", ".", "a\\b"])
def test_ids_that_are_no_file_names_are_refused(tmp_path, name):
    path = _export(tmp_path / "x.json", name)
    with pytest.raises(DataError, match="cannot be the name of a file"):
        import_answers(path, tmp_path / "answers")
    assert not (tmp_path / "answers").exists()


def test_ids_that_become_one_file_are_refused(tmp_path):
    path = _export(tmp_path / "x.json", "a", "A.txt")
    with pytest.raises(DataError, match="'a' and 'A.txt' would be the one file"):
        import_answers(path, tmp_path / "answers")


def test_choices_are_refused(tmp_path):
    path = tmp_path / "x.json"
    write_tasks(path, [choice_task(1, "claim", "annotations", {"text": "It rained."})])
    with pytest.raises(DataError, match="task number 1 has one choice for its text"):
        import_answers(path, tmp_path / "answers")


def test_nothing_is_overwritten(tmp_path):
    path = _export(tmp_path / "x.json", "a")
    with pytest.raises(DataError, match="not an empty folder"):
        import_answers(path, tmp_path)
