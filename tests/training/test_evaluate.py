from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from mlpkg.calibration import RiskCurve
from mlpkg.data.gold import GoldPage
from mlpkg.evaluation import evaluate_labels
from mlpkg.exceptions import DataError, ModelNotFoundError
from mlpkg.labels import LabelScheme
from mlpkg.models import SentenceClassifier
from mlpkg.records import Article, Page, Segment
from mlpkg.training import evaluate
from mlpkg.training.evaluate import judge, judge_probabilities, with_kept
from mlpkg.training.train import fit_on_gold

SCHEME = LabelScheme.from_names(["a", "b", "c"], furniture="c")


@pytest.fixture
def classifier(tiny_encoder, mail, mail_pages):
    fitted = SentenceClassifier(encoder=tiny_encoder, folds=2)
    fit_on_gold(fitted, mail_pages, mail)
    return fitted


def _gold(text, segments, spans, labels, page_id="p"):
    cut = [Segment(page_id, i, a, b, text[a:b]) for i, (a, b) in enumerate(segments)]
    page = Page(Article(page_id, text), tuple(cut))
    return GoldPage(page, tuple(spans), tuple(labels), (False,) * len(spans))


def test_pages_are_judged_with_their_context(classifier, mail, mail_pages):
    judged = judge(classifier, mail_pages, mail)
    expected = classifier.predict_proba([page.page for page in mail_pages])
    columns = [list(classifier.classes_).index(name) for name in mail.names]
    assert judged.probabilities == pytest.approx(np.concatenate(expected)[:, columns])
    assert judged.articles == tuple(p.id for p in mail_pages for _ in p.labels)
    assert judged.y_true == tuple(label for p in mail_pages for label in p.labels)
    best = judged.probabilities.argmax(axis=1)
    assert judged.y_pred == tuple(mail.names[i] for i in best)


def test_bare_judges_every_segment_as_a_string(classifier, mail, mail_pages):
    judged = judge(classifier, mail_pages, mail, bare=True)
    texts = [text for page in mail_pages for text in page.page.texts]
    columns = [list(classifier.classes_).index(name) for name in mail.names]
    expected = classifier.predict_proba(texts)[:, columns]
    assert judged.probabilities == pytest.approx(expected)
    with_page = judge(classifier, mail_pages, mail)
    assert not np.allclose(judged.probabilities, with_page.probabilities)


def test_rows_without_a_page_are_judged_as_strings_beside_pages(
    classifier, mail, mail_pages, mail_rows
):
    mixed = [mail_rows[0], mail_pages[0], mail_rows[1], mail_pages[1]]
    judged = judge(classifier, mixed, mail)
    alone = [judge(classifier, [page], mail).probabilities for page in mixed]
    assert judged.probabilities == pytest.approx(np.concatenate(alone), abs=1e-6)
    bare = judge(classifier, mail_rows[:2], mail, bare=True)
    assert alone[0] == pytest.approx(bare.probabilities[:1], abs=1e-6)
    assert alone[2] == pytest.approx(bare.probabilities[1:], abs=1e-6)


@pytest.mark.parametrize("bare", [False, True])
def test_a_page_without_segments_is_judged_as_furniture(classifier, bare):
    scheme = LabelScheme.from_names(["spam", "ham"], furniture="ham")
    judged = judge(classifier, [_gold("  ", [], [(0, 2)], ["spam"])], scheme, bare=bare)
    assert judged.y_pred == ("ham",)
    assert judged.probabilities.tolist() == [[0, 1]]


def test_probabilities_take_the_columns_of_the_scheme():
    gold = _gold("Ha. Ho.", [(0, 3), (4, 7)], [(0, 3), (4, 7)], ["a", "b"])
    judged = judge_probabilities(
        [gold], [np.array([[0.75, 0.25], [0.5, 0.5]])], ["b", "a"], SCHEME
    )
    assert judged.probabilities.tolist() == [[0.25, 0.75, 0], [0.5, 0.5, 0]]
    assert judged.y_pred == ("b", "a")  # of equals the scheme's first
    assert judged.y_true == ("a", "b")
    assert judged.articles == ("p", "p")


def test_a_gold_span_takes_what_covers_most_of_it():
    gold = _gold("0123456789", [(0, 2), (2, 3), (3, 6)], [(0, 6), (7, 9)], ["a", "b"])
    found = np.array([[0.8, 0.2, 0], [0, 1, 0], [0.3, 0.7, 0]])
    judged = judge_probabilities([gold], [found], SCHEME.names, SCHEME)
    assert judged.y_pred == ("b", "c")
    assert judged.probabilities[0] == pytest.approx([2.5 / 6, 3.5 / 6, 0])
    assert judged.probabilities[1].tolist() == [0, 0, 1]


def test_without_furniture_an_uncovered_span_takes_the_last_label():
    scheme = LabelScheme.from_names(["a", "b"])
    gold = _gold("Ha. Ho.", [(0, 3)], [(0, 3), (4, 7)], ["a", "a"])
    judged = judge_probabilities([gold], [np.array([[1.0, 0]])], ["a", "b"], scheme)
    assert judged.y_pred == ("a", "b")


def test_a_class_that_the_scheme_lacks_is_refused():
    gold = _gold("Ha.", [(0, 3)], [(0, 3)], ["a"])
    with pytest.raises(DataError, match="unknown label 'z'; known: a, b, c"):
        judge_probabilities([gold], [np.ones((1, 1))], ["z"], SCHEME)


def test_an_array_a_page_is_needed():
    gold = _gold("Ha.", [(0, 3)], [(0, 3)], ["a"])
    with pytest.raises(ValueError, match="shorter"):
        judge_probabilities([gold, gold], [np.ones((1, 1))], ["a"], SCHEME)


def test_evaluating_scores_the_judged_rows(classifier, mail, mail_pages):
    result = evaluate(classifier, mail_pages, n=20, level=0.8, seed=3)
    judged = judge(classifier, mail_pages, mail)
    scores = evaluate_labels(
        judged.y_true,
        judged.y_pred,
        judged.articles,
        mail.names,
        judged.probabilities,
        n=20,
        level=0.8,
        seed=3,
    )
    assert result == with_kept(scores, judged, classifier.risk_curve_, seed=3)
    assert result.n_articles == len(mail_pages)
    assert result.n_segments == 60
    assert result.value("accuracy") > 0.9


def test_evaluating_reads_a_file_with_the_models_labels(
    classifier, tmp_path, write_mail, mail_pages
):
    path = write_mail(tmp_path / "rows.csv", articles=True)
    assert evaluate(classifier, path, n=5) == evaluate(classifier, mail_pages, n=5)
    assert evaluate(classifier, str(path), n=5).labels == ("spam", "ham")


def test_evaluating_bare_is_another_question(classifier, mail_pages):
    bare = evaluate(classifier, mail_pages, bare=True, n=5)
    paged = evaluate(classifier, mail_pages, n=5)
    assert bare.value("log_loss") != paged.value("log_loss")


def test_partial_labels_are_left_out_of_the_scores_and_counted(classifier, mail_pages):
    open_ = (("spam", "ham"), *(None,) * 5)
    pages = [replace(mail_pages[0], allowed=open_), *mail_pages[1:]]
    result = evaluate(classifier, pages, n=5)
    assert result.n_segments == 59
    note = "1 rows are not scored: their labels are partial or missing"
    assert result.notes[-1] == note
    assert note not in evaluate(classifier, mail_pages, n=5).notes


def test_evaluating_nothing_is_refused(classifier):
    with pytest.raises(DataError, match="at least one segment, got 0"):
        evaluate(classifier, [])


def test_evaluating_with_labels_of_another_scheme_is_refused(classifier):
    with pytest.raises(DataError, match=r"corpus:test has the labels .*\(spam, ham\)"):
        evaluate(classifier, "corpus:test")


def test_evaluating_a_model_that_does_not_exist_is_refused(mail_pages):
    with pytest.raises(ModelNotFoundError, match="no model 'no-such-model'"):
        evaluate("no-such-model", mail_pages)


@pytest.mark.e2e
def test_the_default_model_is_taken_where_none_is_named(tmp_path):
    path = tmp_path / "p.page"
    path.write_text(
        "# id=p; outlet=The Harbour Post; genre=local; register=regional; "
        "english=irish; topic=quay; year=2024; hand=t; licence=CC0-1.0\n\n"
        "B [nav]\tHome | News | Sport\n\nC\tThe quay closed on Monday.\n"
        "A\tThe harbour master said that it was not safe.\n",
        encoding="utf-8",
    )
    result = evaluate(None, path, n=5)
    assert result.labels == ("claim", "opinion", "attribution", "boilerplate")
    assert result.value("accuracy") == 1
    assert any("two articles" in note for note in result.notes)


def test_a_risk_curve_adds_what_its_thresholds_keep(classifier, mail_pages):
    judged = judge(classifier, mail_pages, classifier.scheme_)
    confidence = judged.probabilities.max(axis=1)
    half = float(np.median(confidence))
    classifier.risk_curve_ = RiskCurve(
        (0.2, half), (1, 0.5), (0.2, 0.01), (0.3, 0.04), 0.95, 10, 60
    )
    result = evaluate(classifier, mail_pages, n=5)
    kept = confidence >= half
    assert 0 < kept.mean() < 1
    assert result.value("coverage_at_0.05") == pytest.approx(kept.mean())
    assert "kept-label error at --max-risk 0.05" in result.to_text()
    with pytest.raises(KeyError, match="no metric 'kept_error_at_0.02'"):
        result.value("kept_error_at_0.02")  # lower than the curve can hold


def test_a_stated_label_mix_corrects_what_is_scored(classifier, mail_pages):
    plain = judge(classifier, mail_pages, classifier.scheme_)
    corrected = judge(
        classifier,
        mail_pages,
        classifier.scheme_,
        label_mix={"spam": 0.9, "ham": 0.1},
    )
    spam = classifier.scheme_.index("spam")
    before, after = plain.probabilities[:, spam], corrected.probabilities[:, spam]
    expected = 0.9 * before / (0.9 * before + 0.1 * (1 - before))
    assert after == pytest.approx(expected)  # half of the training rows are spam
    scored = evaluate(classifier, mail_pages, n=5, label_mix={"spam": 0.9, "ham": 0.1})
    assert scored.value("log_loss") != evaluate(classifier, mail_pages, n=5).value(
        "log_loss"
    )
    with pytest.raises(KeyError, match="no metric 'coverage_at_0.05'"):
        scored.value("coverage_at_0.05")
