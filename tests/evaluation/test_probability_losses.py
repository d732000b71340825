from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics import brier_score_loss, log_loss

from mlpkg.evaluation.probability_losses import (
    brier_losses,
    checked_probabilities,
    expected_calibration_error,
    log_losses,
)
from mlpkg.exceptions import DataError

LABELS = ("claim", "opinion", "attribution")


def draw(seed, n=90):
    random = np.random.default_rng(seed)
    codes = np.concatenate([np.arange(3), random.integers(3, size=n - 3)])
    return codes, random.dirichlet(np.ones(3), size=n)


@given(st.integers(0, 2**32))
def test_losses_equal_scikit_learn(seed):
    codes, probabilities = draw(seed)
    assert log_losses(codes, probabilities).mean() == pytest.approx(
        log_loss(codes, probabilities)
    )
    assert brier_losses(codes, probabilities).mean() == pytest.approx(
        brier_score_loss(codes, probabilities, scale_by_half=False)
    )


def test_a_probability_of_0_costs_a_finite_loss():
    losses = log_losses(np.array([0]), np.array([[0.0, 1.0]]))
    assert losses[0] == pytest.approx(36.04, abs=0.01)


def test_calibration_error_equals_its_definition():
    codes, probabilities = draw(1, n=150)
    confidence = probabilities.max(axis=1)
    right = probabilities.argmax(axis=1) == codes
    bins = np.array_split(np.argsort(confidence), 15)
    gaps = [len(b) / 150 * abs(right[b].mean() - confidence[b].mean()) for b in bins]
    assert expected_calibration_error(codes, probabilities) == pytest.approx(sum(gaps))


@given(st.integers(0, 2**32), st.integers(0, 2))
def test_calibration_error_ignores_the_order_of_rows(seed, decimals):
    codes, probabilities = draw(seed)
    probabilities = probabilities.round(decimals)  # makes ties
    order = np.random.default_rng(seed).permutation(len(codes))
    assert expected_calibration_error(
        codes[order], probabilities[order]
    ) == pytest.approx(expected_calibration_error(codes, probabilities))


def test_calibration_error_is_0_for_right_certainty():
    assert expected_calibration_error(np.arange(3), np.eye(3)) == 0.0


def test_rows_of_low_precision_are_normalised():
    rows = np.array([[0.3333, 0.3333, 0.3333]], dtype=np.float32)
    checked = checked_probabilities(rows, 1, LABELS)
    assert checked.sum() == pytest.approx(1, abs=1e-12)


@pytest.mark.parametrize(
    "row", [[0.5, 0.5, 0.5], [1.5, -0.5, 0.0], [float("nan"), 0.5, 0.5]]
)
def test_names_a_row_that_is_no_distribution(row):
    with pytest.raises(DataError, match=r"probabilities\[1\] is \["):
        checked_probabilities([[1.0, 0.0, 0.0], row], 2, LABELS)


def test_refuses_a_wrong_shape():
    with pytest.raises(DataError, match=r"shape \(1, 2\), expected \(1, 3\)"):
        checked_probabilities([[0.5, 0.5]], 1, LABELS)
