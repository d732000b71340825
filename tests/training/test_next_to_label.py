from __future__ import annotations

import json
from itertools import chain
from types import SimpleNamespace

import numpy as np
import pytest

from mlpkg.data.gold import load_gold
from mlpkg.data.import_answers import import_answers
from mlpkg.models import SentenceClassifier
from mlpkg.records import Article, ReadFailure
from mlpkg.training.fitting import fit_on_gold
from mlpkg.training.next_to_label import (
    next_to_label,
    write_next_pages,
    write_next_rows,
    write_next_tasks,
)

HEADER = {
    "outlet": "The Harbour Post",
    "genre": "local",
    "register": "regional",
    "english": "irish",
    "topic": "mail",
    "year": "2024",
    "hand": "t",
    "licence": "CC0-1.0",
}
ARTICLES = [
    Article(f"mail-{i}", f"Buy the {a} now!\nI left the {b} here.\nThe {a} and {b}.")
    for i, (a, b) in enumerate([("lamp", "kettle"), ("rug", "tent"), ("drill", "bell")])
]


@pytest.fixture
def classifier(mail_pages, mail, tiny_encoder):
    """A classifier of mails."""
    classifier = SentenceClassifier(encoder=tiny_encoder, folds=3)
    fit_on_gold(classifier, mail_pages, mail)
    return classifier


def _margin(prediction):
    first, second = sorted(prediction.probabilities.values(), reverse=True)[:2]
    return first - second


class Scripted:
    """Stands for a fitted classifier that says what a table says."""

    head_ = None

    def __init__(self, rows):
        self.rows = rows
        self.classes_ = np.array(["ham", "spam"])

    def __sklearn_is_fitted__(self):
        return True

    def fit(self):
        """Make scikit-learn take this for an estimator."""

    def __sklearn_tags__(self):
        return SimpleNamespace(requires_fit=True)

    def predict_pages(self, pages):
        return [
            np.array([(1 - self.rows[text], self.rows[text]) for text in page.texts])
            for page in pages
        ]


def _scripted(*pages):
    """Pages of lines; each line's probability of spam is its last number."""
    rows = {text: float(text.split()[-1]) for text in chain(*pages)}
    articles = [Article(f"p{i}", "\n".join(page)) for i, page in enumerate(pages)]
    return Scripted(rows), articles


def _texts(pages):
    return [[p.predictions[place].segment.text for place in p.chosen] for p in pages]


def test_the_smallest_margins_come_first():
    model, articles = _scripted(["a 0.9", "b 0.6", "c 0.52", "d 0.8"])
    assert _texts(next_to_label(model, articles, 2)) == [["c 0.52", "b 0.6"]]


def test_every_article_gives_one_before_any_gives_two():
    model, articles = _scripted(["a 0.51", "b 0.52", "c 0.53"], ["d 0.9"])
    assert _texts(next_to_label(model, articles, 2)) == [["a 0.51"], ["d 0.9"]]
    assert _texts(next_to_label(model, articles, 3)) == [
        ["a 0.51", "b 0.52"],
        ["d 0.9"],
    ]


def test_an_article_gives_no_more_than_its_most():
    model, articles = _scripted(["a 0.51", "b 0.52", "c 0.53"], ["d 0.9"])
    found = next_to_label(model, articles, 50, most_an_article=2)
    assert _texts(found) == [["a 0.51", "b 0.52"], ["d 0.9"]]


def test_predicted_labels_take_turns():
    model, articles = _scripted(["a 0.51"], ["b 0.52"], ["c 0.53"], ["d 0.1"])
    assert _texts(next_to_label(model, articles, 2)) == [["a 0.51"], ["d 0.1"]]


def test_a_text_that_recurs_is_chosen_once():
    model, articles = _scripted(["Home 0.51", "b 0.9"], ["Home 0.51", "c 0.9"])
    found = next_to_label(model, articles, 50)
    assert sorted(chain(*_texts(found))) == ["Home 0.51", "b 0.9", "c 0.9"]


def test_the_choice_is_the_same_each_time_and_passes_failures_over(classifier):
    failure = ReadFailure("x.txt", "", "not text")
    first = next_to_label(classifier, [failure, *ARTICLES], 5, most_an_article=2)
    assert first == next_to_label(classifier, ARTICLES, 5, most_an_article=2)
    assert sum(len(page.chosen) for page in first) == 5
    assert max(len(page.chosen) for page in first) == 2


@pytest.mark.parametrize("name", ["n", "most_an_article"])
def test_numbers_below_one_are_refused(classifier, name):
    with pytest.raises(ValueError, match=f"{name} must be 1 or more, got 0"):
        next_to_label(classifier, ARTICLES, **{name: 0})


def test_answers_to_the_tasks_come_back_as_gold_labels(tmp_path, classifier, mail):
    pages = next_to_label(classifier, ARTICLES, 4)
    write_next_tasks(tmp_path / "tasks.json", pages)
    tasks = json.loads((tmp_path / "tasks.json").read_text(encoding="utf-8"))
    assert all("annotations" not in task for task in tasks)
    shown = [text for task in tasks for text in task["data"]["doubtful"]]
    assert shown == list(chain(*_texts(pages)))
    # The annotator turns every label of the first page and accepts the others'.
    turned = {"spam": "ham", "ham": "spam"}
    for task in tasks:
        task["annotations"] = task.pop("predictions")
    for item in tasks[0]["annotations"][0]["result"]:
        item["value"]["labels"] = [turned[item["value"]["labels"][0]]]
    (tmp_path / "back.json").write_text(json.dumps(tasks))
    import_answers(tmp_path / "back.json", tmp_path / "answers", scheme=mail)
    found = {page.id: page for page in load_gold(tmp_path / "answers", scheme=mail)}
    assert found.keys() == {page.article.id for page in pages}
    for place, page in enumerate(pages):
        predicted = tuple(p.label for p in page.predictions)
        wanted = tuple(map(turned.get, predicted)) if place == 0 else predicted
        assert found[page.article.id].labels == wanted
        assert found[page.article.id].page.article.text == page.article.text


def test_page_files_hold_the_predictions_and_mark_the_choice(
    tmp_path, classifier, mail
):
    pages = next_to_label(classifier, ARTICLES, 2)
    write_next_pages(tmp_path / "pages", pages, mail, HEADER)
    found = load_gold(tmp_path / "pages", scheme=mail)
    for page, gold in zip(pages, found, strict=True):
        assert gold.labels == tuple(p.label for p in page.predictions)
        marked = {place for place, hard in enumerate(gold.hard) if hard}
        assert marked == set(page.chosen)


def test_rows_hold_the_choice_with_an_empty_label(tmp_path, classifier):
    pages = next_to_label(classifier, ARTICLES, 3)
    write_next_rows(tmp_path / "rows.jsonl", pages)
    lines = (tmp_path / "rows.jsonl").read_text(encoding="utf-8").splitlines()
    rows = [json.loads(line) for line in lines]
    assert [row["text"] for row in rows] == list(chain(*_texts(pages)))
    assert {row["label"] for row in rows} == {None}
    by_id = {page.article.id: page for page in pages}
    for row in rows:
        prediction = by_id[row["article"]].predictions[row["index"]]
        assert row["predicted"] == prediction.label
        assert row["margin"] == pytest.approx(_margin(prediction))
