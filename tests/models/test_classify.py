from __future__ import annotations

import logging
from pathlib import Path

import numpy as np
import pytest

import mlpkg
from mlpkg.calibration import RiskCurve
from mlpkg.exceptions import CalibrationError, DataError, ModelNotFoundError
from mlpkg.models import LinearHead
from mlpkg.models.classify import (
    BATCH_SEGMENTS,
    classify_articles,
    other_language,
)
from mlpkg.records import Article, ReadFailure

TEXT = "Home | Sport\n\nThe bridge opened in 1910. What a shabby plan!"


@pytest.fixture
def classifier(make_classifier, task):
    return make_classifier().fit(task.pages, task.page_labels)


def test_a_string_is_one_page(classifier):
    predictions = list(classifier.classify(TEXT))
    assert [p.segment.text for p in predictions] == [
        "Home | Sport",
        "The bridge opened in 1910.",
        "What a shabby plan!",
    ]
    for prediction in predictions:
        segment = prediction.segment
        assert TEXT[segment.start : segment.end] == segment.text
        assert segment.page_id == "text"
        assert list(prediction.probabilities) == classifier.classes_.tolist()
        assert sum(prediction.probabilities.values()) == pytest.approx(1)
        assert prediction.confidence == max(prediction.probabilities.values())
        assert prediction.confidence == prediction.probabilities[prediction.label]
        assert not prediction.abstained


def test_an_article_gives_what_its_page_gives(classifier, make_page):
    predictions = list(classifier.classify(Article("a", TEXT)))
    expected = classifier.predict([make_page(TEXT)])[0]
    assert [p.label for p in predictions] == expected.tolist()
    assert {p.segment.page_id for p in predictions} == {"a"}


def test_several_pages_come_in_their_order(classifier, caplog):
    failure = ReadFailure("b.txt", "line 3", "not text")
    source = iter(["It rained.", failure, Article("c", "We left. It rained.")])
    with caplog.at_level(logging.WARNING, logger="mlpkg"):
        predictions = list(classifier.classify(source))
    ids = [prediction.segment.page_id for prediction in predictions]
    assert ids == ["text-1", "c", "c"]
    assert "not classified: b.txt, line 3: not text" in caplog.text


def test_windows_line_ends_are_normalised(classifier):
    predictions = list(classifier.classify("Home\r\nIt rained."))
    assert [p.segment.start for p in predictions] == [0, 5]


def test_articles_come_with_their_predictions(classifier):
    articles = [Article("a", "It rained."), Article("b", ""), Article("c", "Home")]
    found = list(classify_articles(classifier, articles))
    assert [article for article, _ in found] == articles
    assert [len(predictions) for _, predictions in found] == [1, 0, 1]


@pytest.mark.parametrize("source", ["", " \n\t", [], ["", "\n"]])
def test_nothing_to_read_gives_nothing(classifier, source):
    assert list(classifier.classify(source)) == []


@pytest.mark.parametrize("source", [None, 7, b"It rained.", Path("a.txt")])
def test_another_source_is_refused(classifier, source):
    message = f"the source is a {type(source).__name__}; .* mlpkg.open_articles"
    with pytest.raises(TypeError, match=message):
        next(classifier.classify(source))


@pytest.mark.parametrize("item", [None, 7, b"It rained.", Path("a.txt"), ["nested"]])
def test_another_item_is_refused_with_its_number(classifier, item):
    message = f"item 2 is a {type(item).__name__}; .* mlpkg.open_articles"
    with pytest.raises(TypeError, match=message):
        list(classifier.classify(["It rained.", item]))


def test_low_confidence_abstains_and_keeps_the_label(classifier, task):
    text = "\n\n".join(["Perhaps.", *task.texts[:4]])
    plain = list(classifier.classify(text))
    threshold = sum(sorted(p.confidence for p in plain)[:2]) / 2
    strict = list(classifier.classify(text, min_confidence=threshold))
    assert [p.label for p in strict] == [p.label for p in plain]
    assert [p.abstained for p in strict] == [p.confidence < threshold for p in plain]
    assert any(p.abstained for p in strict)
    assert not all(p.abstained for p in strict)


def test_pages_are_read_no_further_than_asked(classifier):
    lines = 300
    page = "\n".join(["Home", "Sport", "Weather"] * (lines // 3))
    first_batch = -(-BATCH_SEGMENTS // lines)
    read = []

    def pages():
        for number in range(first_batch):
            read.append(number)
            yield page
        raise RuntimeError("read too far")

    predictions = classifier.classify(pages())
    assert read == []
    for _ in range(first_batch * lines):
        next(predictions)
    assert len(read) == first_batch
    with pytest.raises(RuntimeError, match="read too far"):
        next(predictions)


def test_the_function_takes_a_classifier(classifier):
    ours = list(mlpkg.classify(TEXT, classifier, min_confidence=0.5))
    assert ours == list(classifier.classify(TEXT, min_confidence=0.5))


def test_the_function_refuses_an_unknown_model_at_once():
    with pytest.raises(ModelNotFoundError, match="did you mean 'default'"):
        mlpkg.classify(TEXT, "defualt")


GERMAN = (
    "Der Stadtrat hat am Montagabend beschlossen, die alte Brücke für den Verkehr zu "
    "sperren. Nach Angaben der Bürgermeisterin beginnen die Arbeiten im Frühjahr und "
    "dauern mindestens sechs Monate. Die Bewohner des Viertels verlangen eine andere "
    "Lösung. „So lange können wir nicht warten“, sagte der Vorsitzende. Das "
    "Land muss bis zum Ende des Monats noch zustimmen. Die Händler fürchten, dass sie "
    "vor Weihnachten weniger verkaufen als im Jahr davor."
)


def test_a_page_in_another_language_is_classified_and_warned_of_once(
    classifier, caplog
):
    with caplog.at_level(logging.WARNING, logger="mlpkg"):
        predictions = list(classifier.classify([GERMAN, "It rained."]))
    assert not any(p.abstained for p in predictions)
    (record,) = caplog.records
    assert "'text-1' is in another language (de)" in record.getMessage()


@pytest.mark.parametrize(("choice", "count"), [("abstain", 6), ("skip", 0)])
def test_a_page_in_another_language_abstains_or_is_left_out(classifier, choice, count):
    articles = [Article("a", "It rained."), Article("b", GERMAN), Article("c", "Home")]
    found = dict(
        (article.id, predictions)
        for article, predictions in classify_articles(
            classifier, articles, other_languages=choice
        )
    )
    assert list(found) == ["a", "b", "c"]
    assert len(found["b"]) == count
    assert all(p.abstained for p in found["b"])
    assert not any(p.abstained for p in found["a"] + found["c"])


@pytest.mark.parametrize(
    ("article", "language"),
    [
        (Article("a", GERMAN), "de"),
        (Article("a", GERMAN[:300], language="de"), ""),
        (Article("a", GERMAN, language="en-GB"), ""),
        (Article("a", "x" * 500, language="de-AT"), "de"),
        (Article("a", "x" * 500), ""),
    ],
)
def test_the_language_of_a_page_is_stated_or_detected_but_not_for_short_ones(
    article, language
):
    assert other_language(article) == language


def test_an_unknown_choice_is_refused(classifier):
    with pytest.raises(ValueError, match=r'"other_languages" must be one of warn, abs'):
        next(classifier.classify("It rained.", other_languages="drop"))


@pytest.fixture
def calibrated(classifier, task):
    """Thresholds at the confidences of the first page: all, three and one are kept."""
    (probabilities,) = classifier.predict_pages([task.pages[0]])
    third, highest = np.sort(probabilities.max(axis=1))[[2, -1]].tolist()
    thresholds = (0.25, third, highest)
    classifier.risk_curve_ = RiskCurve(
        thresholds, (1.0, 0.8, 0.5), (0.2, 0.1, 0.0), (0.3, 0.15, 0.04), 0.95, 9, 90
    )
    return classifier


def test_a_risk_abstains_under_the_threshold_of_its_curve(calibrated, task):
    third = calibrated.threshold(0.15)
    predictions = list(calibrated.classify(task.pages[0].article, max_risk=0.15))
    plain = list(calibrated.classify(task.pages[0].article))
    assert [p.abstained for p in predictions] == [p.confidence < third for p in plain]
    assert [p.label for p in predictions] == [p.label for p in plain]
    assert any(p.abstained for p in predictions)
    assert not all(p.abstained for p in predictions)


def test_of_risk_and_confidence_the_stricter_counts(calibrated, task):
    article, third = task.pages[0].article, calibrated.threshold(0.15)
    expected = list(calibrated.classify(article, min_confidence=third))
    for least, risk in ((third, 0.3), (0.2, 0.15)):
        both = calibrated.classify(article, min_confidence=least, max_risk=risk)
        assert list(both) == expected


def test_predicting_never_abstains(calibrated, task):
    assert all(len(labels) for labels in calibrated.predict(task.pages))


def test_a_risk_out_of_reach_is_refused_at_once(calibrated):
    with pytest.raises(CalibrationError, match=r"max_risk 0\.03 .* lowest is 0\.04"):
        calibrated.classify(TEXT, max_risk=0.03)


def test_a_model_without_folds_says_so_at_once(classifier):
    message = "'unsaved' has no risk curve, .* train it again with folds of at least 2"
    with pytest.raises(CalibrationError, match=message):
        classifier.classify(TEXT, max_risk=0.05)


def test_a_stated_label_mix_moves_probabilities_by_bayes_rule(classifier):
    trained = classifier.label_mix_
    stated = {"claim": 0.7, "opinion": 0.1, "attribution": 0.2, "boilerplate": 0.0}
    plain = list(classifier.classify(TEXT))
    for before, after in zip(
        plain, classifier.classify(TEXT, label_mix=stated), strict=True
    ):
        odds = {
            name: p * stated[name] / trained[name]
            for name, p in before.probabilities.items()
        }
        expected = {name: value / sum(odds.values()) for name, value in odds.items()}
        assert after.probabilities == pytest.approx(expected)
        assert after.label == max(expected, key=expected.__getitem__)
        assert after.confidence == max(after.probabilities.values())
    assert [p.label for p in plain][0] == "boilerplate"


def test_the_training_mix_is_the_share_of_the_labels(classifier, task):
    labels = [label for page in task.page_labels for label in page]
    assert list(classifier.label_mix_) == classifier.classes_.tolist()
    for name, share in classifier.label_mix_.items():
        assert share == pytest.approx(labels.count(name) / len(labels))


def test_balanced_weights_take_equal_shares_for_granted(make_classifier, task):
    head = LinearHead(class_weight="balanced")
    classifier = make_classifier(model=head).fit(task.pages, task.page_labels)
    assert set(classifier.label_mix_.values()) == {0.25}


def test_a_partial_mix_is_refused_at_once(classifier):
    with pytest.raises(DataError, match="mix names claim, expected attribution, boil"):
        classifier.classify(TEXT, label_mix={"claim": 1.0})


def test_risk_and_mix_do_not_go_together(calibrated):
    with pytest.raises(DataError, match="max_risk 0.3 and label_mix .* leave one out"):
        calibrated.classify(TEXT, max_risk=0.3, label_mix=calibrated.label_mix_)


def test_extracting_leaves_out_what_abstains(calibrated, task):
    article = task.pages[0].article
    (found,) = mlpkg.extract(article, calibrated, max_risk=0.05)
    highest = calibrated.threshold(0.05)
    (expected,) = mlpkg.extract(article, calibrated, min_confidence=highest)
    (everything,) = mlpkg.extract(article, calibrated)
    assert found.text == expected.text != everything.text
