from __future__ import annotations

import pytest

from mlpkg.evaluation.kept_labels import kept_rows
from mlpkg.exceptions import DataError

CONFIDENCE = [0.9, 0.8, 0.7, 0.6] * 3
CORRECT = [1, 1, 0, 1] * 2 + [1, 0, 0, 0]
ARTICLES = list("ppppqqqqrrrr")


def test_error_and_coverage_stand_side_by_side():
    rows = kept_rows(CONFIDENCE, CORRECT, ARTICLES, {0.05: 0.75, 0.1: 0.65}, n=100)
    assert [row.metric for row in rows] == [
        "kept_error_at_0.05",
        "coverage_at_0.05",
        "kept_error_at_0.1",
        "coverage_at_0.1",
    ]
    assert [row.value for row in rows] == pytest.approx([1 / 6, 1 / 2, 4 / 9, 3 / 4])
    assert [row.support for row in rows] == [6, 12, 9, 12]


def test_the_interval_is_over_articles():
    error, coverage = kept_rows(CONFIDENCE, CORRECT, ARTICLES, {0.05: 0.75}, n=500)
    assert (error.low, error.high) == (0.0, 0.5)  # only the third page has an error
    assert (coverage.low, coverage.high) == (0.5, 0.5)


def test_nothing_kept_has_no_error():
    error, coverage = kept_rows(CONFIDENCE, CORRECT, ARTICLES, {0.01: 0.95}, n=20)
    assert (error.value, error.low, error.support) == (None, None, 0)
    assert (coverage.value, coverage.low, coverage.high) == (0.0, 0.0, 0.0)


def test_one_article_has_points_without_intervals():
    rows = kept_rows(CONFIDENCE, CORRECT, ["p"] * 12, {0.05: 0.75})
    assert [(row.value, row.low) for row in rows] == [(1 / 6, None), (0.5, None)]


def test_columns_of_other_lengths_are_refused():
    with pytest.raises(DataError, match="articles"):
        kept_rows(CONFIDENCE, CORRECT, ["p"], {0.05: 0.75})
