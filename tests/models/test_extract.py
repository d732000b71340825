from __future__ import annotations

import pytest

import mlpkg
from mlpkg.exceptions import DataError
from mlpkg.models.extract import extract_articles, kept_text
from mlpkg.records import Article, Block, Prediction, Segment

PROSE = {"claim", "opinion", "attribution"}


def prediction(text, label, block, abstained=False):
    segment = Segment("a", 0, 0, len(text), text, Block(*block))
    return Prediction(segment, label, {label: 1.0}, 1.0, abstained)


def test_prose_of_a_block_is_joined_by_spaces_and_blocks_by_a_blank_line():
    predictions = [
        prediction("Home", "boilerplate", (0, 4)),
        prediction("It\n  rained.", "claim", (5, 30)),
        prediction("How sad!", "opinion", (5, 30)),
        prediction("“Yes,” she said.", "attribution", (31, 50)),
    ]
    assert kept_text(predictions, PROSE) == "It rained. How sad!\n\n“Yes,” she said."
    assert kept_text(predictions, {"boilerplate"}) == "Home"
    assert kept_text([], PROSE) == ""


def test_furniture_between_sentences_of_a_block_does_not_part_them():
    predictions = [
        prediction("One.", "claim", (0, 50)),
        prediction("Share", "boilerplate", (0, 50)),
        prediction("Two.", "claim", (0, 50)),
    ]
    assert kept_text(predictions, PROSE) == "One. Two."


def test_what_abstained_is_left_out():
    predictions = [
        prediction("One.", "claim", (0, 5), abstained=True),
        prediction("Two.", "claim", (6, 10)),
    ]
    assert kept_text(predictions, PROSE) == "Two."


@pytest.fixture
def classifier(make_classifier, task):
    return make_classifier().fit(task.pages, task.page_labels)


def test_every_page_comes_with_its_text_and_counts(classifier, task):
    pages = [page.article for page in task.pages[:2]]
    found = list(extract_articles(classifier, pages))
    assert [item.article for item in found] == pages
    for item in found:
        predictions = list(classifier.classify(item.article))
        assert sum(item.counts.values()) == len(predictions)
        assert list(item.counts) == list(classifier.scheme_.names)
        kept = [p.segment.text for p in predictions if p.label != "boilerplate"]
        assert item.text.split("\n\n") == kept


def test_labels_and_confidence_choose_what_is_kept(classifier, task):
    article = task.pages[0].article
    predictions = list(classifier.classify(article))
    claims = [p for p in predictions if p.label == "claim"]
    assert claims
    least = max(p.confidence for p in claims)
    (item,) = mlpkg.extract(article, classifier, keep=["claim"], min_confidence=least)
    kept = [p.segment.text for p in claims if p.confidence >= least]
    assert item.text == "\n\n".join(kept)


def test_an_unknown_label_is_refused_at_once(classifier):
    with pytest.raises(DataError, match="unknown label 'clam'; .*did you mean 'claim'"):
        extract_articles(classifier, "It rained.", keep=["clam"])


def test_a_page_without_text_is_kept_as_an_empty_one(classifier):
    (item,) = extract_articles(classifier, Article("a", ""))
    assert (item.text, sum(item.counts.values())) == ("", 0)
