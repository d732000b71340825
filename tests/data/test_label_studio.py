from __future__ import annotations

import json
import logging

import pytest

from mlpkg.data.label_map import LabelMap
from mlpkg.data.label_studio import read_label_studio
from mlpkg.data.rows import Columns
from mlpkg.exceptions import DataError
from mlpkg.labels import DEFAULT_SCHEME

TEXT = "Home\nThe quay closed. It is a shame.\n"
HOME = {"start": 0, "end": 4, "text": "Home", "labels": ["boilerplate"]}
QUAY = {"start": 5, "end": 21, "text": "The quay closed.", "labels": ["claim"]}
SHAME = {"start": 22, "end": 36, "labels": ["opinion"]}


def _task(*values, id_=7, **data):
    result = [{"id": "x", "type": "labels", "value": value} for value in values]
    return {
        "id": id_,
        "data": {"text": TEXT} | data,
        "annotations": [{"id": 1, "was_cancelled": False, "result": result}],
        "predictions": [{"result": [{"value": {"choices": ["attribution"]}}]}],
    }


def _choice(*names, **data):
    return _task({"choices": list(names)}, **data)


def _read(tmp_path, *tasks, columns=None, label_map=None):
    path = tmp_path / "export.json"
    path.write_text(json.dumps(tasks), encoding="utf-8")
    return read_label_studio(path, columns or Columns(), DEFAULT_SCHEME, label_map)


def _one(tmp_path, *tasks, **options):
    (task,) = _read(tmp_path, *tasks, **options).tasks
    return task


def test_spans_come_in_the_order_of_the_text(tmp_path):
    spanned = _one(tmp_path, _task(SHAME, HOME, QUAY)).spanned
    assert spanned.article.text == TEXT
    assert spanned.spans == ((0, 4), (5, 21), (22, 36))
    labels = [decision.label for decision in spanned.decisions]
    assert labels == ["boilerplate", "claim", "opinion"]


def test_the_fields_of_a_task_are_the_columns_of_its_article(tmp_path):
    columns = Columns(text="body", article="page", outlet="paper")
    data = {"text": 3, "body": TEXT, "page": "p-1", "paper": "The Quay"}
    task = _one(
        tmp_path,
        _task(HOME, **data, published="2024-05-01", weight=2, source="desk"),
        columns=columns,
    )
    article = task.spanned.article
    assert (article.id, article.outlet) == ("p-1", "The Quay")
    assert article.published == "2024-05-01"
    assert (task.weight, task.source) == (2, "desk")


def test_without_an_article_the_id_is_that_of_the_task(tmp_path):
    assert _one(tmp_path, _task(HOME)).spanned.article.id == "export-7"
    unnamed = {k: v for k, v in _task(HOME).items() if k != "id"}
    assert _one(tmp_path, unnamed).spanned.article.id == "export-number 1"


def test_a_choice_labels_the_whole_text(tmp_path):
    (row,) = _read(tmp_path, _choice("opinion", article="a", index=4)).rows
    assert (row.text, row.label) == (TEXT.strip(), "opinion")
    assert (row.article, row.index, row.line) == ("a", 4, 1)


def test_other_labels_mean_what_the_map_says(tmp_path):
    label_map = LabelMap({"fact": "claim"}, {"hm": ("claim", "opinion")})
    export = _read(
        tmp_path,
        _task(QUAY | {"labels": ["fact"]}, SHAME | {"labels": ["hm"]}),
        _choice("hm"),
        label_map=label_map,
    )
    decisions = export.tasks[0].spanned.decisions
    assert [decision.allowed for decision in decisions] == [None, ("claim", "opinion")]
    assert export.rows[0].allowed == ("claim", "opinion")


def test_the_only_text_of_a_task_is_its_text(tmp_path):
    task = _choice("claim")
    task["data"] = {"body": "It rained.", "views": 7}
    assert _read(tmp_path, task).rows[0].text == "It rained."
    task["data"] |= {"title": "Rain"}
    with pytest.raises(
        DataError,
        match=r"task 7: its data have no text 'text', and of body, views, title fields "
        r"2 are texts; name one under data\.columns\.text",
    ):
        _read(tmp_path, task)


def test_the_first_annotation_that_is_not_cancelled_counts(tmp_path, caplog):
    caplog.set_level(logging.INFO, "mlpkg")
    task = _choice("claim")
    second, third = _choice("opinion"), _choice("attribution")
    task["annotations"][0]["was_cancelled"] = True
    task["annotations"] += second["annotations"] + third["annotations"]
    assert _read(tmp_path, task).rows[0].label == "opinion"
    assert caplog.messages == ["task 7: the first of 2 annotations is taken"]


def test_items_without_a_label_are_passed_over(tmp_path):
    task = _task(HOME, {"text": ["a note"]}, {"rating": 3})
    task["annotations"][0]["result"] += [{"type": "relation", "from_id": "x"}]
    assert _one(tmp_path, task).spanned.spans == ((0, 4),)


@pytest.mark.parametrize("annotations", [[], None, [{"result": []}]])
def test_a_task_without_annotation_is_refused_or_left_out(tmp_path, annotations):
    empty = _task(id_=8) | {"annotations": annotations}
    with pytest.raises(
        DataError, match=r"export\.json, task 8: has no label, got None"
    ):
        _read(tmp_path, _task(HOME), empty)
    skip = LabelMap(unlabelled="skip")
    assert len(_read(tmp_path, _task(HOME), empty, label_map=skip).tasks) == 1
    with pytest.raises(DataError, match=r"export\.json: holds no task with an annot"):
        _read(tmp_path, empty, label_map=skip)


RAIN = "\U0001f327 Rain\r\n\U0001f327 fell.\r\n"


@pytest.mark.parametrize(
    ("start", "end"), [(10, 15), (12, 17)], ids=["characters", "utf-16"]
)
def test_offsets_are_read_as_the_quoted_text_tells(tmp_path, start, end):
    value = {"start": start, "end": end, "text": "fell.", "labels": ["claim"]}
    spanned = _one(tmp_path, _task(value, text=RAIN)).spanned
    ((begin, stop),) = spanned.spans
    assert spanned.article.text == "\U0001f327 Rain\n\U0001f327 fell.\n"
    assert spanned.article.text[begin:stop] == "fell."


def test_a_quoted_line_end_may_be_spelt_out(tmp_path):
    value = {"start": 0, "end": 21, "text": "Home\\nThe quay closed."}
    spanned = _one(tmp_path, _task(value | {"labels": ["claim"]})).spanned
    assert spanned.spans == ((0, 21),)


@pytest.mark.parametrize(
    ("values", "message"),
    [
        (
            [HOME | {"text": "Sport"}],
            "the text at 0-4 is 'Home', the span says 'Sport'",
        ),
        ([QUAY, SHAME | {"start": 20}], "span 20-36 overlaps 5-21; a character has"),
        ([HOME | {"labels": ["a", "b"]}], r"'labels' must be a list of one label, got"),
        ([HOME | {"labels": "claim"}], r"'labels' must be a list of one label, got"),
        ([HOME | {"labels": ["fact"]}], "unknown label 'fact'; expected one of claim"),
        ([HOME | {"start": "/p[1]"}], "'start' and 'end' must be whole numbers, got "),
        ([SHAME | {"end": 99}], "span 22-99 leaves the text of 37 characters"),
        ([SHAME | {"end": 22}], "span 22-22 leaves the text .* or is empty"),
        ([SHAME | {"start": -1}], "span -1-36 leaves the text"),
        (
            [HOME, {"choices": ["claim"]}],
            "has labelled spans and a choice for the whol",
        ),
        ([{"choices": ["claim", "opinion"]}], "'choices' must be a list of one label"),
        ([{"choices": ["claim"]}, {"choices": ["opinion"]}], r"has 2 choices \("),
        ([{"choices": ["fact"]}], "unknown label 'fact'"),
    ],
)
def test_a_wrong_task_is_told_by_its_id(tmp_path, values, message):
    with pytest.raises(DataError, match=rf"export\.json, task 31: {message}"):
        _read(tmp_path, _task(HOME, id_=30), _task(*values, id_=31))


@pytest.mark.parametrize(
    ("task", "message"),
    [
        ([], "task number 1: has no 'data'"),
        (
            {"text": "A.", "label": []},
            "task number 1: has no 'data'; a .json file must",
        ),
        (
            {"id": 3, "data": {}},
            "task 3: its data have no text 'text', and of no fields",
        ),
        (_task() | {"annotations": {}}, "holds no|has no label"),
        (_task() | {"annotations": 5}, "task 7: 'annotations' must be a list, got 5"),
        (_task() | {"annotations": [{"result": 5}]}, "'result' must be a list, got 5"),
        (_task(HOME, text=" "), r"'text' must be a text that is not empty, got ' '"),
        (_task(HOME, weight="x"), "'weight' must be a number"),
    ],
)
def test_what_is_no_task_is_refused(tmp_path, task, message):
    with pytest.raises(DataError, match=message):
        _read(tmp_path, task)


def test_all_wrong_tasks_are_listed(tmp_path):
    with pytest.raises(DataError, match="task") as caught:
        _read(tmp_path, _choice("x", id_=1), _task(HOME, id_=2), _choice("y", id_=3))
    assert len(str(caught.value).splitlines()) == 2


def test_two_texts_of_one_article_id_are_refused(tmp_path):
    with pytest.raises(
        DataError, match="task 9: its article 'a' is that of task 7 too"
    ):
        _read(tmp_path, _task(HOME, article="a"), _task(HOME, id_=9, article="a"))


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (
            b"{}",
            r"export\.json: expected the list of tasks .*, got dict; rows are read",
        ),
        (b'[\n{"id": 1,]', r"export\.json, line 2: not JSON \("),
        (b'["caf\xe9"]', r"export\.json: not UTF-8"),
    ],
)
def test_a_file_that_is_no_export_is_refused(tmp_path, content, message):
    path = tmp_path / "export.json"
    path.write_bytes(content)
    with pytest.raises(DataError, match=message):
        read_label_studio(path, Columns(), DEFAULT_SCHEME)
