from __future__ import annotations

import json
import xml.etree.ElementTree as ET

from mlpkg.data.gold import load_gold
from mlpkg.data.label_studio_tasks import (
    TaskSpan,
    choice_task,
    labelling_interface,
    span_task,
    write_tasks,
)
from mlpkg.labels import DEFAULT_SCHEME, LabelScheme
from mlpkg.records import Article

ARTICLE = Article("a", "It rained ☂.\nHome", outlet="The Post", published="2024")
SPANS = [TaskSpan(0, 12, "claim", 0.75), TaskSpan(13, 17, "boilerplate")]


def test_annotated_texts_read_back(tmp_path):
    path = tmp_path / "tasks.json"
    write_tasks(path, [span_task(1, ARTICLE, SPANS, "annotations", {"source": "x"})])
    (page,) = load_gold(path)
    assert (page.id, page.source) == ("a", "x")
    assert page.page.article.text == ARTICLE.text
    assert (page.page.article.outlet, page.page.article.published) == (
        "The Post",
        "2024",
    )
    assert page.spans == ((0, 12), (13, 17))
    assert page.labels == ("claim", "boilerplate")


def test_choices_read_back_as_rows(tmp_path):
    path = tmp_path / "tasks.json"
    tasks = [
        choice_task(1, "claim", "annotations", {"text": "It rained.", "weight": 2})
    ]
    write_tasks(path, tasks)
    (page,) = load_gold(path)
    assert (page.has_context, page.labels, page.weights) == (False, ("claim",), (2,))


def test_predictions_bear_scores_where_a_model_gave_them():
    task = span_task(7, ARTICLE, SPANS, "predictions", {"source": ""})
    (prediction,) = task["predictions"]
    assert "annotations" not in task
    assert "source" not in task["data"]
    assert [item.get("score") for item in prediction["result"]] == [0.75, None]
    assert [item["value"]["text"] for item in prediction["result"]] == [
        "It rained ☂.",
        "Home",
    ]


def test_the_interface_names_what_results_refer_to():
    root = ET.fromstring(labelling_interface(DEFAULT_SCHEME))  # noqa: S314 (our own)
    labels, text = root
    task = json.loads(json.dumps(span_task(1, ARTICLE, SPANS, "predictions", {})))
    result = task["predictions"][0]["result"][0]
    assert (labels.get("name"), text.get("name")) == (
        result["from_name"],
        result["to_name"],
    )
    assert labels.get("toName") == text.get("name")
    assert [label.get("value") for label in labels] == list(DEFAULT_SCHEME.names)
    assert text.get("value") == "$text"


def test_the_interface_escapes_names():
    scheme = LabelScheme.from_names(['a "b" & <c>', "other"])
    root = ET.fromstring(labelling_interface(scheme))  # noqa: S314 (our own)
    assert root[0][0].get("value") == 'a "b" & <c>'
