from __future__ import annotations

import json

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mlpkg.evaluation.probability_losses import expected_calibration_error
from mlpkg.evaluation.risk import reliability, risk_coverage
from mlpkg.exceptions import DataError


def calibrated(seed, n_articles=50, size=40):
    """Confidences from 0.5 to 1, each right as often as it says."""
    random = np.random.default_rng(seed)
    confidence = random.uniform(0.5, 1, n_articles * size)
    correct = random.random(len(confidence)) < confidence
    return confidence, correct, np.repeat(np.arange(n_articles), size).astype(str)


COLUMNS = st.lists(
    st.tuples(
        st.sampled_from([0.0, 0.25, 0.5, 0.75, 1.0]),
        st.booleans(),
        st.sampled_from("pqrs"),
    ),
    min_size=1,
)


@given(COLUMNS)
def test_points_equal_a_count_of_rows(columns):
    confidence, correct, articles = zip(*columns, strict=True)
    curve = risk_coverage(confidence, correct, articles, n=5)
    assert [point.threshold for point in curve.points] == sorted(set(confidence))
    for point in curve.points:
        kept = [right for value, right, _ in columns if value >= point.threshold]
        assert point.kept == len(kept)
        assert point.coverage == len(kept) / len(columns)
        assert point.error == pytest.approx(1 - np.mean(kept))


@given(COLUMNS)
def test_the_area_is_the_mean_error_at_the_rows_own_thresholds(columns):
    confidence, correct, articles = zip(*columns, strict=True)
    curve = risk_coverage(confidence, correct, articles, n=5)
    errors = {point.threshold: point.error for point in curve.points}
    assert curve.area == pytest.approx(np.mean([errors[value] for value in confidence]))


def test_the_order_of_rows_changes_nothing():
    data = calibrated(0)
    order = np.random.default_rng(0).permutation(len(data[0]))
    shuffled = [column[order] for column in data]
    assert risk_coverage(*shuffled, n=20) == risk_coverage(*data, n=20)


def test_many_thresholds_are_thinned_without_moving_the_area():
    confidence, correct, articles = calibrated(1)
    curve = risk_coverage(confidence, correct, articles, n=200)
    wrong = ~correct[np.argsort(-confidence)]
    exact = (wrong.cumsum() / np.arange(1, len(wrong) + 1)).mean()
    assert len(curve.points) == 400
    assert (curve.points[0].kept, curve.points[-1].kept) == (2000, 1)
    assert curve.area == pytest.approx(exact, abs=0.0005)
    assert curve.area_low < exact < curve.area_high
    middle = curve.points[200]
    assert middle.low < middle.error < middle.high


def test_confidence_that_says_nothing_gives_a_flat_curve():
    _, correct, articles = calibrated(2)
    curve = risk_coverage(np.full(len(correct), 0.8), correct, articles, n=20)
    assert len(curve.points) == 1
    assert curve.area == curve.points[0].error == pytest.approx(1 - correct.mean())


def test_a_resample_that_keeps_nothing_speaks_against_the_threshold():
    curve = risk_coverage([0.9, 0.5], [1, 1], ["p", "q"], n=200)
    assert (curve.points[1].error, curve.points[1].high) == (0.0, 1.0)
    assert curve.points[0].high == 0.0


def test_one_article_has_a_curve_without_intervals():
    curve = risk_coverage([0.9, 0.5], [1, 0], ["p", "p"])
    assert (curve.area, curve.area_low, curve.points[0].low) == (0.25, None, None)


def test_json_and_text_come_from_the_table():
    curve = risk_coverage(*calibrated(3), n=50)
    stored = curve.to_json()
    assert json.loads(json.dumps(stored, allow_nan=False)) == stored
    assert stored["points"] == curve.frame()
    lines = curve.to_text(lines=5).splitlines()
    assert lines[0].split()[:2] == ["coverage", "threshold"]
    assert lines[1].startswith("1.000")
    assert lines[7].startswith("area under the curve 0.")
    assert lines[8].startswith("2000 segments of 50 articles; in brackets the 95%")


def test_bins_hold_what_the_calibration_error_measures():
    random = np.random.default_rng(6)
    probabilities = random.dirichlet(np.ones(3), size=300)
    codes = random.integers(3, size=300)
    confidence = probabilities.max(axis=1)
    correct = probabilities.argmax(axis=1) == codes
    table = reliability(confidence, correct)
    assert len(table) == 15
    assert {item.count for item in table} == {20}
    assert all(item.low <= item.confidence <= item.high for item in table)
    gaps = [abs(item.accuracy - item.confidence) * item.count for item in table]
    error = expected_calibration_error(codes, probabilities)
    assert sum(gaps) / 300 == pytest.approx(error)


def test_rows_of_one_confidence_share_a_bin():
    (item,) = reliability([0.7] * 4, [1, 1, 1, 0])
    assert (item.low, item.high, item.count, item.accuracy) == (0.7, 0.7, 4, 0.75)


@pytest.mark.parametrize("bad", [-0.1, 1.5, float("nan")])
def test_names_a_confidence_that_is_no_probability(bad):
    with pytest.raises(DataError, match=r"confidence\[1\] is .*, expected a prob"):
        risk_coverage([0.5, bad], [1, 1], ["p", "q"])


def test_refuses_columns_of_different_lengths():
    with pytest.raises(DataError, match="confidence and correct need one entry"):
        reliability([0.5], [1, 0])
    with pytest.raises(DataError, match="confidence and articles need one entry"):
        risk_coverage([0.5], [1], ["p", "q"])
