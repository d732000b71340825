from __future__ import annotations

import itertools
import json
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mlpkg.evaluation.comparison import compare, holm, match_rows
from mlpkg.evaluation.metrics import score
from mlpkg.exceptions import DataError

LABELS = ("claim", "opinion", "boilerplate")


def rows(seed, wrong_a, wrong_b, n_articles=40, size=12):
    """Gold labels, two noisy copies and articles."""
    random = np.random.default_rng(seed)
    n = n_articles * size
    true = np.tile(LABELS, n // 3)
    noisy = [
        np.where(random.random(n) < wrong, random.choice(LABELS, size=n), true).tolist()
        for wrong in (wrong_a, wrong_b)
    ]
    articles = np.repeat([f"page-{k}" for k in range(n_articles)], size)
    return true.tolist(), *noisy, articles.tolist()


def test_differences_are_those_of_the_scores():
    true, a, b, articles = rows(0, 0.4, 0.2)
    result = compare(true, a, b, articles, LABELS, n=50)
    first, second = score(true, a, LABELS), score(true, b, LABELS)
    found = {(row.metric, row.label): row for row in result.rows}
    expected = {
        ("macro_f1", ""): (first.macro_f1, second.macro_f1),
        ("accuracy", ""): (first.accuracy, second.accuracy),
    } | {
        ("f1", one.label): (one.f1, other.f1)
        for one, other in zip(first.classes, second.classes, strict=True)
    }
    assert {place: (row.a, row.b) for place, row in found.items()} == expected
    for row in result.rows:
        assert row.difference == row.b - row.a
        assert row.low < row.difference < row.high


@pytest.mark.parametrize(
    ("low", "high", "p_value", "note"),
    [
        (0.01, 0.2, 0.06, "the interval of macro-F1 leaves out 0, but p is not under"),
        (
            -0.2,
            -0.01,
            0.05,
            "the interval of macro-F1 leaves out 0, but p is not under",
        ),
        (-0.01, 0.2, 0.04, "the interval of macro-F1 holds 0, but p is under 0.05: "),
        (0.01, 0.2, 0.04, ""),
        (-0.01, 0.2, 0.06, ""),
        (None, None, 0.01, ""),
    ],
)
def test_an_interval_and_a_test_that_disagree_are_noted(low, high, p_value, note):
    true, a, b, articles = rows(0, 0.4, 0.2)
    result = compare(true, a, b, articles, LABELS, n=50)
    first = replace(result.rows[0], low=low, high=high)
    changed = replace(result, rows=(first, *result.rows[1:]), p_value=p_value)
    assert changed.note.startswith(note)
    assert bool(changed.note) == bool(note)
    assert changed.to_json()["note"] == changed.note
    assert ("\nnote: the interval" in changed.to_text()) == bool(note)


def test_equal_sets_do_not_differ():
    true, a, _, articles = rows(1, 0.3, 0.3)
    result = compare(true, a, a, articles, LABELS, n=200)
    assert {(row.difference, row.low, row.high) for row in result.rows} == {(0, 0, 0)}
    assert (result.p_value, result.loss_bound, result.no_worse) == (1.0, 0.0, True)


def test_a_clear_gain_is_significant_and_its_mirror_image_is_not_no_worse():
    true, a, b, articles = rows(2, 0.5, 0.1)
    better = compare(true, a, b, articles, LABELS, n=500)
    worse = compare(true, b, a, articles, LABELS, n=500)
    assert better.p_value == pytest.approx(1 / 501)
    assert better.rows[0].low > 0
    assert better.no_worse
    assert not worse.no_worse
    assert worse.loss_bound > better.rows[0].low > 0
    assert (worse.p_value, worse.rows[0].high) == (
        better.p_value,
        pytest.approx(-better.rows[0].low),
    )


def test_pairing_makes_the_interval_narrow():
    true, a, _, articles = rows(3, 0.4, 0.4)
    b = [true[0] if row == 0 else label for row, label in enumerate(a)]
    paired = compare(true, a, b, articles, LABELS, n=200).rows[1]
    assert paired.high - paired.low < 0.01


def test_few_articles_are_swapped_in_all_ways():
    true, a, b, articles = rows(4, 0.4, 0.2, n_articles=6)
    pages = sorted(set(articles))
    observed = score(true, b, LABELS).macro_f1 - score(true, a, LABELS).macro_f1
    as_far = 0
    for swapped in itertools.product([False, True], repeat=6):
        away = dict(zip(pages, swapped, strict=True))
        pairs = [
            (y, x) if away[page] else (x, y)
            for x, y, page in zip(a, b, articles, strict=True)
        ]
        one, other = zip(*pairs, strict=True)
        change = score(true, other, LABELS).macro_f1 - score(true, one, LABELS).macro_f1
        as_far += abs(change) >= abs(observed) - 1e-9
    result = compare(true, a, b, articles, LABELS, n=64)
    assert result.exact
    assert result.p_value == as_far / 64


def test_random_swaps_come_near_the_exact_p():
    data = rows(5, 0.35, 0.25, n_articles=12)
    exact = compare(*data, LABELS, n=4096)
    drawn = compare(*data, LABELS, n=4095)
    assert (exact.exact, drawn.exact) == (True, False)
    assert drawn.p_value == pytest.approx(exact.p_value, abs=0.03)


def test_p_is_rarely_small_where_nothing_differs():
    small = sum(
        compare(*rows(seed, 0.3, 0.3, n_articles=10), LABELS, n=1024).p_value <= 0.1
        for seed in range(60)
    )
    assert small <= 14


def test_a_seed_gives_one_result_and_another_seed_another():
    data = rows(6, 0.3, 0.25)
    first = compare(*data, LABELS, n=100, seed=1)
    assert compare(*data, LABELS, n=100, seed=1) == first
    assert compare(*data, LABELS, n=100, seed=2).rows != first.rows


def test_an_absent_class_has_no_difference():
    result = compare(["claim"] * 2, ["claim"] * 2, ["claim"] * 2, list("pq"), LABELS)
    row = result.rows[-1]
    assert (row.label, row.a, row.b, row.difference) == ("boilerplate", *[None] * 3)
    assert (row.low, row.high, row.support) == (None, None, 0)


def test_one_article_has_neither_interval_nor_verdict():
    result = compare(["claim"], ["opinion"], ["claim"], ["p"], LABELS)
    assert (result.p_value, result.loss_bound, result.no_worse) == (1.0, None, False)
    assert "need at least two articles" in result.to_text()


def test_json_keeps_every_value_and_holds_no_nan():
    result = compare(*rows(7, 0.3, 0.2), LABELS, n=50)
    stored = result.to_json()
    assert json.loads(json.dumps(stored, allow_nan=False)) == stored
    assert stored["rows"] == result.frame()
    assert stored["no_worse"] is True


def test_the_text_names_both_sets_and_the_verdict():
    data = rows(8, 0.1, 0.4)
    text = compare(*data, LABELS, n=100).to_text("old", "new")
    assert text.splitlines()[0].split() == ["old", "new", "new", "-", "old"]
    assert "macro-F1" in text
    assert "F1 opinion" in text
    assert "p = 0.0099 (100 random swaps)" in text
    assert "new is not shown to be no worse than old: the upper 95% bound" in text
    assert "480 segments of 40 articles; in brackets the 95% interval" in text


def test_says_which_set_holds_an_unknown_label():
    with pytest.raises(DataError, match=r"b\[1\] is 'news', expected one of"):
        compare(["claim"] * 2, ["claim"] * 2, ["claim", "news"], list("pq"), LABELS)


def test_refuses_columns_of_different_lengths():
    with pytest.raises(DataError, match="y_true, a, b and articles .* got 1, 1, 2 and"):
        compare(["claim"], ["claim"], ["claim"] * 2, ["p"], LABELS)


@given(st.permutations(range(8)))
def test_rows_are_found_in_any_order(order):
    keys = [("p", number) for number in order]
    places = match_rows([("p", number) for number in range(8)], keys)
    assert [keys[place] for place in places] == [("p", number) for number in range(8)]


def test_says_how_many_rows_do_not_match():
    with pytest.raises(DataError, match="2 of 3 stand only in the first, 1 of 2 only"):
        match_rows([1, 2, 3], [1, 4])


def test_refuses_keys_that_repeat():
    with pytest.raises(DataError, match="1 of 3 rows repeat a key: 'x' occurs 2 times"):
        match_rows(["x", "x", "y"], ["x", "y", "x"])


def test_holm_takes_the_steps_of_its_definition():
    assert holm([0.04, 0.01, 0.03]) == pytest.approx([0.06, 0.03, 0.06])
    assert holm([0.9, 0.6]) == [1.0, 1.0]
    assert holm([]) == []


@given(st.lists(st.floats(0, 1), min_size=1))
def test_holm_keeps_the_order_and_lies_between_p_and_bonferroni(values):
    adjusted = holm(values)
    for p, corrected in zip(values, adjusted, strict=True):
        assert p <= corrected <= 1
    pairs = sorted(zip(values, adjusted, strict=True))
    assert [corrected for _, corrected in pairs] == sorted(adjusted)
    assert min(adjusted) == min(1, min(values) * len(values))


@pytest.mark.parametrize("bad", [-0.1, 1.1, float("nan")])
def test_holm_refuses_what_is_no_probability(bad):
    with pytest.raises(DataError, match=r"p_values\[1\] is .*, expected a number from"):
        holm([0.5, bad])
