from __future__ import annotations

import numpy as np
import pytest
from sklearn import metrics

from mlpkg.evaluation import evaluate_labels
from mlpkg.evaluation.label_mix import REAL_PAGES_MIX, evaluate_label_mix
from mlpkg.exceptions import DataError
from mlpkg.labels import DEFAULT_SCHEME

LABELS = DEFAULT_SCHEME.names


def noisy(seed=0, n_articles=40, size=12):
    random = np.random.default_rng(seed)
    n = n_articles * size
    true = np.tile(LABELS, n // 4)
    predicted = np.where(random.random(n) < 1 / 3, random.choice(LABELS, size=n), true)
    articles = np.repeat([f"page-{k}" for k in range(n_articles)], size)
    return true.tolist(), predicted.tolist(), articles.tolist()


def test_the_shipped_mix_fits_the_default_labels():
    assert tuple(REAL_PAGES_MIX) == LABELS
    assert sum(REAL_PAGES_MIX.values()) == pytest.approx(1)


def test_equals_scikit_learn_with_weights_by_class():
    true, predicted, articles = noisy()
    result = evaluate_label_mix(true, predicted, articles, LABELS, n=10)
    weights = [REAL_PAGES_MIX[label] / true.count(label) for label in true]
    table = metrics.precision_recall_fscore_support(
        true, predicted, labels=LABELS, sample_weight=weights
    )
    for name, values in zip(("precision", "recall", "f1"), table[:3], strict=True):
        ours = [result.value(name, label) for label in LABELS]
        np.testing.assert_allclose(ours, values)
    assert result.value("macro_f1") == pytest.approx(np.mean(table[2]))
    assert result.value("accuracy") == pytest.approx(
        metrics.accuracy_score(true, predicted, sample_weight=weights)
    )


def test_the_own_mix_gives_the_plain_scores():
    data = noisy(1)
    own = evaluate_label_mix(*data, LABELS, dict.fromkeys(LABELS, 0.25), n=10)
    plain = evaluate_labels(*data, LABELS, n=10)
    for row in own.rows:
        assert row.value == pytest.approx(plain.value(row.metric, row.label))
    assert own.confusion == plain.confusion
    assert [row.support for row in own.rows] == [
        row.support for row in plain.rows if row.metric != "matthews"
    ]


def test_the_interval_contains_the_point():
    result = evaluate_label_mix(*noisy(2), LABELS, n=300)
    assert all(row.low < row.value < row.high for row in result.rows)


def test_the_mix_is_told_in_the_text():
    text = evaluate_label_mix(*noisy(), LABELS, n=10).to_text()
    assert "claim 0.14, opinion 0.07, attribution 0.13, boilerplate 0.66" in text


def test_a_label_with_share_0_does_not_count():
    mix = {"claim": 1.0, "opinion": 0.0}
    true, predicted = ["claim", "claim", "opinion"], ["claim", "opinion", "claim"]
    result = evaluate_label_mix(true, predicted, list("pqr"), list(mix), mix, n=20)
    assert result.value("accuracy") == 0.5
    assert result.value("precision", "claim") == 1.0


def test_resamples_that_lack_a_label_are_left_out_and_counted():
    mix = {"claim": 0.5, "opinion": 0.5}
    true = ["claim", "claim", "opinion"]
    result = evaluate_label_mix(true, true, list("pqr"), list(mix), mix, n=500)
    macro = next(row for row in result.rows if row.metric == "macro_f1")
    assert (macro.value, macro.low, macro.high) == (1.0, 1.0, 1.0)
    assert "of 500 resamples lacked a label of the mix; left out" in result.notes[-1]


def test_one_article_has_points_without_intervals():
    mix = {"claim": 0.5, "opinion": 0.5}
    gold = ["claim", "opinion"]
    result = evaluate_label_mix(gold, gold, ["p", "p"], gold, mix)
    assert {(row.value, row.low) for row in result.rows} == {(1.0, None)}
    assert "no intervals: they need at least two articles" in result.notes


@pytest.mark.parametrize(
    ("mix", "message"),
    [
        ({"claim": 1.0}, "mix names claim, expected claim, opinion: name each"),
        ({"claim": 0.5, "news": 0.5}, "mix names claim, news, expected"),
        ({"claim": 1.5, "opinion": -0.5}, r"mix\['opinion'\] is -0.5, expected a sh"),
        ({"claim": float("nan"), "opinion": 1}, r"mix\['claim'\] is nan, expected"),
        ({"claim": 14, "opinion": 86}, "sum to 100, expected 1; divide each by"),
        ({"claim": float("inf"), "opinion": 0}, "sum to inf, expected 1"),
        ({"claim": 0.5, "opinion": 0.5}, r"mix\['opinion'\] is 0.5, but no segment"),
    ],
)
def test_refuses_a_mix_that_does_not_fit(mix, message):
    with pytest.raises(DataError, match=message):
        evaluate_label_mix(["claim"], ["claim"], ["p"], ["claim", "opinion"], mix)
