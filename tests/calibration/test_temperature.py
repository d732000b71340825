from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mlpkg.calibration import fit_temperature, softmax


def simulated(
    temperature: float, rows: int = 8000, seed: int = 0
) -> tuple[np.ndarray, np.ndarray]:
    """Logits, and labels drawn from their probabilities at a temperature."""
    rng = np.random.default_rng(seed)
    logits = rng.normal(scale=3, size=(rows, 4))
    edges = softmax(logits, temperature).cumsum(axis=1)
    labels = (rng.random((rows, 1)) > edges[:, :-1]).sum(axis=1)
    return logits, labels[:, None] == np.arange(4)


@given(
    rows=st.lists(
        st.lists(st.floats(-1e30, 1e30) | st.just(-np.inf), min_size=3, max_size=3),
        max_size=5,
    ),
    temperature=st.floats(0.05, 20),
)
def test_softmax_gives_rows_that_sum_to_one(rows, temperature):
    logits = np.array([[0.0, *row] for row in rows]).reshape(len(rows), 4)
    probabilities = softmax(logits, temperature)
    assert ((probabilities >= 0) & (probabilities <= 1)).all()
    np.testing.assert_allclose(probabilities.sum(axis=1), 1)


def test_softmax_leaves_its_input_alone_and_computes_in_double():
    logits = np.array([[1.0, 2.0], [0.0, -np.inf]], dtype=np.float32)
    before = logits.copy()
    probabilities = softmax(logits, 0.5)
    np.testing.assert_array_equal(logits, before)
    assert probabilities.dtype == np.float64
    assert probabilities[1].tolist() == [1.0, 0.0]
    assert probabilities[0, 1] == pytest.approx(1 / (1 + np.exp(-2)))


def test_a_higher_temperature_is_less_certain():
    logits = np.array([[2.0, 0.0, -1.0]])
    largest = [softmax(logits, t).max() for t in (0.5, 1.0, 2.0, 20.0)]
    assert largest == sorted(largest, reverse=True)


@pytest.mark.parametrize("temperature", [0.4, 1.0, 2.5])
def test_recovers_the_temperature_of_simulated_logits(temperature):
    found = fit_temperature(*simulated(temperature))
    assert found == pytest.approx(temperature, rel=0.06)


def test_recovers_it_from_partial_rows():
    logits, right = simulated(2.0)
    allowed = right.copy()
    # Half the rows tell only whether the label is one of the first two or not.
    allowed[::2] = np.repeat(right[::2, [0, 2]] | right[::2, [1, 3]], 2, axis=1)
    assert (allowed.sum(axis=1) == 2).mean() == 0.5
    assert fit_temperature(logits, allowed) == pytest.approx(2.0, rel=0.06)


def test_rows_that_may_be_anything_say_nothing():
    logits, right = simulated(2.0)
    allowed = np.concatenate([right, np.ones((500, 4), dtype=bool)])
    more = np.concatenate([logits, np.random.default_rng(1).normal(size=(500, 4))])
    assert fit_temperature(more, allowed) == pytest.approx(
        fit_temperature(logits, right), rel=1e-3
    )


def test_weights_choose_the_rows():
    sharp, right_sharp = simulated(0.5)
    flat, right_flat = simulated(3.0, seed=1)
    logits = np.concatenate([sharp, flat])
    allowed = np.concatenate([right_sharp, right_flat])
    weights = np.repeat([0.0, 1.0], len(sharp))
    assert fit_temperature(logits, allowed, weights) == pytest.approx(
        fit_temperature(flat, right_flat), rel=1e-3
    )
    assert fit_temperature(logits, allowed, 1 - weights) == pytest.approx(0.5, rel=0.06)


def test_impossible_rows_break_nothing():
    logits, right = simulated(2.0)
    expected = fit_temperature(logits, right)
    logits[:100][right[:100]] = -np.inf
    found = fit_temperature(logits, right)
    assert found == pytest.approx(expected, rel=0.02)


@pytest.mark.parametrize(("sign", "bound"), [(1, 0.05), (-1, 20)])
def test_stays_within_its_bounds(sign, bound):
    right = np.arange(30)[:, None] % 3 == np.arange(3)
    assert fit_temperature(sign * 0.5 * right, right) == pytest.approx(bound, rel=0.01)
