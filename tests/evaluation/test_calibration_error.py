from __future__ import annotations

import numpy as np
import pytest

from mlpkg.evaluation.calibration_error import calibration_error_row
from mlpkg.evaluation.probability_losses import expected_calibration_error


def rows(seed: int, n_articles: int = 60, over: float = 0.0):
    """Two classes; confidence is right, or too high by `over`."""
    rng = np.random.default_rng(seed)
    n = 20 * n_articles
    confidence = rng.uniform(0.55, 0.95 - over, n)
    codes = (rng.random(n) > confidence).astype(int)
    first = confidence + over
    articles = [f"page-{k}" for k in range(n_articles) for _ in range(20)]
    return codes, np.column_stack([first, 1 - first]), articles


def test_the_value_is_that_over_all_segments():
    codes, probabilities, articles = rows(0)
    row = calibration_error_row(codes, probabilities, articles, n=20)
    assert row.value == expected_calibration_error(codes, probabilities)
    assert (row.metric, row.label, row.support) == ("calibration_error", "", 1200)


def test_the_interval_holds_the_true_error():
    # Overconfident by 0.1 in every bin.
    hits = 0
    for seed in range(30):
        row = calibration_error_row(*rows(seed, over=0.1), n=200, seed=seed)
        assert row.low < row.high
        hits += row.low <= 0.1 <= row.high
    assert hits >= 27


def test_right_confidences_reach_down_to_0():
    # By chance alone the value itself lies above 0.
    found = [calibration_error_row(*rows(seed), n=200) for seed in range(20)]
    assert all(row.value > 0.01 for row in found)
    assert sum(row.low == 0.0 for row in found) >= 18
    assert all(row.value <= row.high < 0.1 for row in found)


def test_one_article_has_no_interval():
    codes, probabilities, _ = rows(2, n_articles=1)
    row = calibration_error_row(codes, probabilities, ["page"] * 20)
    assert (row.low, row.high) == (None, None)
    assert row.value == pytest.approx(expected_calibration_error(codes, probabilities))
