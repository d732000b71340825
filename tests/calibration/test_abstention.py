from __future__ import annotations

import json

import numpy as np
import pytest

from mlpkg.calibration.abstention import FIRST_ROWS, RiskCurve, fit_risk_curve
from mlpkg.exceptions import CalibrationError, DataError


def pages(seed: int, n_pages: int = 60, size: int = 25, spread: float = 0.8):
    """Confidences that are right on average, though single pages are easy or hard."""
    rng = np.random.default_rng(seed)
    page = np.repeat(np.arange(n_pages), size)
    logit = rng.gamma(2, 1.6, len(page))
    shifted = logit + rng.normal(0, spread, n_pages)[page]
    wrong = rng.random(len(page)) > 1 / (1 + np.exp(-shifted))
    return 1 / (1 + np.exp(-logit)), wrong, page


CURVE = RiskCurve(
    thresholds=(0.3, 0.5, 0.8),
    coverage=(1.0, 0.8, 0.5),
    error=(0.2, 0.06, 0.005),
    bound=(0.25, 0.08, 0.0123),
    level=0.95,
    n_pages=9,
    n_rows=400,
)


@pytest.mark.parametrize(
    ("risk", "threshold"), [(0.25, 0.3), (0.2, 0.5), (0.08, 0.5), (0.0123, 0.8)]
)
def test_the_lowest_threshold_that_holds_the_risk_is_taken(risk, threshold):
    assert CURVE.threshold(risk) == threshold
    assert CURVE.reachable(risk)


def test_a_risk_that_cannot_be_held_is_refused_with_the_lowest():
    assert not CURVE.reachable(0.01)
    with pytest.raises(CalibrationError, match=r"max_risk 0\.01 .*lowest is 0\.013;"):
        CURVE.threshold(0.01)
    assert CURVE.threshold(0.013) == 0.8  # what the message names is held


@pytest.mark.parametrize("risk", [0, 1, -0.1, 5, float("nan")])
def test_a_risk_that_is_no_share_is_refused(risk):
    with pytest.raises(DataError, match="expected a share of wrong labels between 0"):
        CURVE.threshold(risk)


def test_a_curve_comes_back_from_json():
    curve = fit_risk_curve(*pages(0))
    stored = json.loads(json.dumps(curve.to_json(), allow_nan=False))
    again = RiskCurve.from_json(stored)
    assert again.thresholds == curve.thresholds
    assert again.bound == pytest.approx(curve.bound, abs=1e-6)
    assert (again.level, again.n_pages, again.n_rows) == (0.95, 60, 1500)


@pytest.mark.parametrize(
    "change",
    [
        {"bound": None},
        {"bound": [0.1]},
        {"bound": [0.01, 0.08, 0.25]},
        {"thresholds": [0.5, 0.5, 0.8]},
        {"error": [0.2, "x", 0.1]},
        {"coverage": [1.0, float("nan"), 0.5]},
        {"coverage": [2.0, 0.8, 0.5]},
        {"n_pages": "many"},
    ],
)
def test_what_is_no_stored_curve_is_refused(change):
    with pytest.raises(TypeError, match="not a stored risk curve"):
        RiskCurve.from_json(CURVE.to_json() | change)


def test_the_curve_runs_from_a_tenth_of_the_rows_to_all():
    confidence, wrong, page = pages(1, n_pages=200)
    curve = fit_risk_curve(confidence, wrong, page)
    assert curve.coverage[0] == 1
    assert curve.coverage[-1] == pytest.approx(0.1)
    assert curve.thresholds[0] == confidence.min()
    assert len(curve.thresholds) <= 200
    for threshold, share, error in zip(
        curve.thresholds, curve.coverage, curve.error, strict=True
    ):
        kept = confidence >= threshold
        assert kept.mean() == pytest.approx(share)
        assert wrong[kept].mean() == pytest.approx(error)


def test_the_bound_lies_above_the_error_and_never_rises_with_the_threshold():
    curve = fit_risk_curve(*pages(2))
    assert all(b > e for b, e in zip(curve.bound, curve.error, strict=True))
    assert list(curve.bound) == sorted(curve.bound, reverse=True)


def test_errors_of_the_most_confident_rows_end_the_walk():
    confidence, wrong, page = pages(3, n_pages=100)
    surest = confidence >= np.quantile(confidence, 0.9)
    curve = fit_risk_curve(confidence, wrong | surest, page)
    assert curve.lowest_risk > 0.8


def test_few_rows_make_one_threshold():
    confidence, wrong, page = pages(4, n_pages=12, size=FIRST_ROWS // 20)
    curve = fit_risk_curve(confidence, wrong, page)
    assert curve.thresholds == (confidence.min(),)


def test_rows_of_one_confidence_are_kept_together():
    curve = fit_risk_curve(np.full(400, 0.9), np.zeros(400, bool), np.arange(400))
    assert (curve.thresholds, curve.coverage) == ((0.9,), (1.0,))
    assert 0 < curve.lowest_risk < 0.01


def test_the_promise_holds_for_new_pages_like_these():
    # 40 fits at a level of 95%: two are expected to fail, more than six hardly ever.
    new_confidence, new_wrong, _ = pages(999, n_pages=8000)
    broken = 0
    for seed in range(40):
        curve = fit_risk_curve(*pages(seed, n_pages=90))
        kept = new_confidence >= curve.threshold(0.08)
        broken += new_wrong[kept].mean() > 0.08
    assert broken <= 6


def test_weights_count_as_rows():
    confidence, wrong, page = pages(5)
    light = np.where(wrong, 0.2, 1.0)
    assert fit_risk_curve(confidence, wrong, page, light).error[0] == pytest.approx(
        np.average(wrong, weights=light)
    )


def test_the_pages_names_and_order_do_not_matter():
    confidence, wrong, page = pages(6)
    order = np.random.default_rng(0).permutation(len(page))
    names = np.array([f"page {number}" for number in page], dtype=object)
    shuffled = fit_risk_curve(confidence[order], wrong[order], names[order])
    plain = fit_risk_curve(confidence, wrong, page)
    assert shuffled.thresholds == plain.thresholds
    assert shuffled.bound == pytest.approx(plain.bound)


def test_nothing_to_fit_on_is_refused():
    with pytest.raises(DataError, match="no row to fit a risk curve on"):
        fit_risk_curve(np.empty(0), np.empty(0, bool), np.empty(0, int))
