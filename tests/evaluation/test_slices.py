from __future__ import annotations

import json

import numpy as np
import pytest

from mlpkg.evaluation import evaluate_labels
from mlpkg.evaluation.slices import derived_columns, slices
from mlpkg.exceptions import DataError

LABELS = ("claim", "opinion", "boilerplate")


def noisy(n=120):
    random = np.random.default_rng(0)
    true = np.tile(LABELS, n // 3)
    predicted = np.where(random.random(n) < 1 / 3, random.choice(LABELS, size=n), true)
    articles = [f"page-{row // 10}" for row in range(n)]
    return true.tolist(), predicted.tolist(), articles


def groups(result):
    return list(dict.fromkeys((row.group, row.n_segments) for row in result.rows))


def test_a_slice_is_scored_as_if_it_stood_alone():
    true, predicted, articles = noisy()
    columns = {"year": ["2025"] * 80 + ["2026"] * 40}
    result = slices(columns, true, predicted, articles, LABELS, n=50)
    alone = evaluate_labels(true[80:], predicted[80:], articles[80:], LABELS, n=50)
    for row in (row for row in result.rows if row.group == "2026"):
        (expected,) = (r for r in alone.rows if r.metric == row.metric)
        assert (row.value, row.low, row.high) == (
            expected.value,
            expected.low,
            expected.high,
        )
        assert (row.n_segments, row.n_articles, row.n_classes) == (40, 4, 3)


def test_small_groups_are_pooled_last():
    outlet = ["b"] * 30 + ["a"] * 50 + ["c"] * 29 + ["d"] * 11
    result = slices({"outlet": outlet}, *noisy(), LABELS, n=5)
    assert groups(result) == [("a", 50), ("b", 30), ("fewer than 30", 40)]


def test_an_empty_value_is_unknown():
    result = slices({"genre": [""] * 120}, *noisy(), LABELS, n=5)
    assert groups(result) == [("(unknown)", 120)]


def test_counts_the_labels_that_a_slice_has():
    gold = ["claim"] * 40
    result = slices({"part": ["x"] * 40}, gold, gold, list("pq") * 20, LABELS, n=5)
    assert [(row.metric, row.value, row.n_classes) for row in result.rows] == [
        ("macro_f1", 1.0, 1),
        ("accuracy", 1.0, 1),
    ]


def test_json_and_text_come_from_the_table():
    columns = {"year": ["2025"] * 120, "genre": ["court"] * 60 + ["sport"] * 60}
    result = slices(columns, *noisy(), LABELS, n=20)
    stored = result.to_json()
    assert json.loads(json.dumps(stored, allow_nan=False)) == stored
    assert stored["rows"] == result.frame()
    year, genre, note = result.to_text().split("\n\n")
    assert year.startswith("year")
    assert [line.split()[0] for line in genre.splitlines()] == [
        "genre",
        "court",
        "sport",
    ]
    assert "95% interval over articles (20 resamples)" in note


def test_an_unknown_label_is_named_by_its_row_in_the_whole():
    true, predicted, articles = noisy()
    predicted[70] = "news"
    columns = {"part": ["x"] * 60 + ["y"] * 60}
    with pytest.raises(DataError, match=r"y_pred\[70\] is 'news'"):
        slices(columns, true, predicted, articles, LABELS)


def test_names_the_column_of_another_length():
    with pytest.raises(DataError, match="articles and year need .* 120 and 3 entries"):
        slices({"year": ["2026"] * 3}, *noisy(), LABELS)


@pytest.mark.parametrize(
    ("size", "expected"),
    [
        (0, ""),
        (1, "under 40 characters"),
        (39, "under 40 characters"),
        (40, "40 to 119"),
        (120, "120 to 239"),
        (240, "240 or more"),
    ],
)
def test_lengths_fall_into_buckets(size, expected):
    assert derived_columns(["p"], [0], ["x" * size], [False])["length"] == [expected]


@pytest.mark.parametrize(
    ("size", "first", "last"), [(1, 1, 0), (2, 1, 1), (10, 1, 1), (11, 2, 2)]
)
def test_each_end_of_a_page_is_a_tenth_of_it(size, first, last):
    columns = derived_columns(["p"] * size, range(size), ["x"] * size, [False] * size)
    middle = size - first - last
    expected = ["first tenth"] * first + ["middle"] * middle + ["last tenth"] * last
    assert columns["place"] == expected


def test_places_are_those_of_each_page_in_any_order_of_rows():
    columns = derived_columns(list("qpq"), [1, 0, 0], [""] * 3, [False] * 3)
    assert columns["place"] == ["last tenth", "first tenth", "first tenth"]


def test_quotation_marks_and_hard_rows_are_told():
    texts = ['"Rain," she said.', "„Regen“", "‘Rain’", "The dog's bowl.", ""]
    columns = derived_columns(["p"] * 5, range(5), texts, [True, *[False] * 4])
    assert columns["quotation mark"] == ["yes", "yes", "yes", "no", ""]
    assert columns["hard"] == ["yes", "no", "no", "no", "no"]


def test_derived_groups_stand_in_their_own_order():
    true, predicted, articles = noisy(900)
    texts = ["x" * (row % 300 + 1) for row in range(900)]
    derived = derived_columns(
        [f"page-{row // 300}" for row in range(900)],
        [row % 300 for row in range(900)],
        texts,
        [False] * 900,
    )
    result = slices(derived, true, predicted, articles, LABELS, n=5)
    found = list(dict.fromkeys((row.column, row.group) for row in result.rows))
    assert found == [
        ("length", "under 40 characters"),
        ("length", "40 to 119"),
        ("length", "120 to 239"),
        ("length", "240 or more"),
        ("place", "first tenth"),
        ("place", "middle"),
        ("place", "last tenth"),
        ("quotation mark", "no"),
        ("hard", "no"),
    ]
