from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mlpkg.evaluation.bootstrap import bootstrap, bootstrap_means, resampled_sums
from mlpkg.evaluation.metrics import score
from mlpkg.exceptions import DataError

LABELS = ("claim", "opinion", "boilerplate")


def noisy(seed, n_articles=40, size=12):
    """Labels of which about a third are wrong, all classes in each article."""
    random = np.random.default_rng(seed)
    n = n_articles * size
    true = np.tile(LABELS, n // 3)
    wrong = random.random(n) < 1 / 3
    predicted = np.where(wrong, random.choice(LABELS, size=n), true)
    articles = np.repeat([f"page-{k}" for k in range(n_articles)], size)
    return true.tolist(), predicted.tolist(), articles.tolist()


@settings(max_examples=20)
@given(st.integers(0, 2**32))
def test_the_interval_contains_the_point(seed):
    table = bootstrap(*noisy(seed), LABELS, n=200)
    for row in table.rows:
        assert row.low < row.value < row.high


def test_points_are_those_of_score():
    true, predicted, articles = noisy(0)
    rows = bootstrap(true, predicted, articles, LABELS, n=10).rows
    values = {(row.metric, row.label): row.value for row in rows}
    scores = score(true, predicted, LABELS)
    assert values["macro_f1", ""] == scores.macro_f1
    assert values["accuracy", ""] == scores.accuracy
    assert values["matthews", ""] == scores.matthews
    for item in scores.classes:
        assert values["precision", item.label] == item.precision
        assert values["recall", item.label] == item.recall
        assert values["f1", item.label] == item.f1


def test_a_seed_gives_one_interval_and_another_seed_another():
    data = noisy(1)
    first = bootstrap(*data, LABELS, n=50, seed=3)
    assert bootstrap(*data, LABELS, n=50, seed=3) == first
    assert bootstrap(*data, LABELS, n=50, seed=4).rows != first.rows


def test_the_order_of_rows_changes_nothing():
    data = noisy(2)
    order = np.random.default_rng(0).permutation(len(data[0]))
    shuffled = [[column[row] for row in order] for column in data]
    assert bootstrap(*shuffled, LABELS, n=50) == bootstrap(*data, LABELS, n=50)


def test_articles_that_are_alike_inside_widen_the_interval():
    true = ["claim"] * 200
    predicted = ["claim"] * 100 + ["opinion"] * 100
    clustered = [f"page-{k // 20}" for k in range(200)]
    single = [f"page-{k}" for k in range(200)]
    widths = []
    for articles in (clustered, single):
        rows = bootstrap(true, predicted, articles, LABELS).rows
        accuracy = next(row for row in rows if row.metric == "accuracy")
        widths.append(accuracy.high - accuracy.low)
    assert widths[0] > 3 * widths[1]


def test_a_higher_level_gives_a_wider_interval():
    data = noisy(3)
    narrow = bootstrap(*data, LABELS, n=200, level=0.5).rows
    wide = bootstrap(*data, LABELS, n=200, level=0.99).rows
    for inner, outer in zip(narrow, wide, strict=True):
        assert outer.low < inner.low < inner.high < outer.high


def test_counts_the_resamples_that_lack_a_class():
    true = ["claim", "claim", "opinion"]
    table = bootstrap(true, true, ["a", "b", "c"], LABELS, n=500)
    # Article c is left out of a resample with the chance (2/3)**3.
    assert 110 < table.absent_resamples["opinion"] < 190
    assert table.absent_resamples["boilerplate"] == 500
    macro = next(row for row in table.rows if row.metric == "macro_f1")
    assert (macro.low, macro.high) == (1.0, 1.0)
    assert any("opinion was absent from" in note for note in table.notes)
    assert any("boilerplate neither occurs" in note for note in table.notes)
    absent = next(row for row in table.rows if row.label == "boilerplate")
    assert (absent.value, absent.low, absent.high, absent.support) == (None,) * 3 + (0,)


def test_one_article_has_points_without_intervals():
    table = bootstrap(["claim"], ["claim"], ["a"], LABELS)
    assert all(row.low is None and row.high is None for row in table.rows)
    assert table.rows[0].value == 1.0
    assert table.notes[0] == "no intervals: they need at least two articles"


def test_resampled_sums_draw_as_many_articles_as_there_are():
    sums = resampled_sums(np.eye(5), n=30, seed=0)
    assert (sums.sum(axis=1) == 5).all()
    assert (sums != 1).any()


def test_means_weigh_articles_by_their_segments():
    losses = {"loss": np.array([0.0, 0.0, 0.0, 4.0])}
    (row,) = bootstrap_means(losses, ["a", "a", "a", "b"], n=200)
    assert (row.value, row.low, row.high) == (1.0, 0.0, 4.0)


@pytest.mark.parametrize(("n", "level"), [(0, 0.95), (10, 0.0), (10, 95)])
def test_refuses_settings_out_of_range(n, level):
    with pytest.raises(DataError, match="is (0|0.0|95), expected a"):
        bootstrap(*noisy(0), LABELS, n=n, level=level)
