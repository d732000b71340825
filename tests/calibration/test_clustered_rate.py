from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import binomtest

from mlpkg.calibration.clustered_rate import clustered_bound, design_effect


def rows(errors: int, n: int, size: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Rows of pages of one size, the errors among the first."""
    wrong = np.arange(n) < errors
    return wrong, np.arange(n) // size, np.ones(n)


@pytest.mark.parametrize(("errors", "n"), [(0, 100), (3, 200), (40, 500)])
def test_pages_of_one_row_give_nearly_the_exact_bound(errors, n):
    exact = binomtest(errors, n, alternative="less").proportion_ci(0.95).high
    bound = clustered_bound(*rows(errors, n, 1), 0.95)
    assert 0.999 * exact < bound < 1.02 * exact


def test_errors_on_few_pages_raise_the_bound():
    wrong, units, weights = rows(20, 400, 10)
    spread = np.random.default_rng(0).permutation(wrong)
    clumped = clustered_bound(wrong, units, weights, 0.95)
    assert clumped > clustered_bound(spread, units, weights, 0.95) + 0.03


def test_a_page_without_errors_counts_for_no_more_than_the_least_effect_says():
    wrong, units, weights = rows(0, 400, 10)
    bound = clustered_bound(wrong, units, weights, 0.95, least_effect=4)
    few = np.arange(100) < 0
    assert bound == pytest.approx(
        clustered_bound(few, np.arange(100), np.ones(100), 0.95), rel=0.05
    )


@pytest.mark.parametrize("errors", [0, 5])
def test_one_page_proves_nothing(errors):
    assert clustered_bound(*rows(errors, 50, 50), 0.95) == 1.0


def test_nothing_but_errors_has_the_bound_1():
    assert clustered_bound(*rows(60, 60, 3), 0.95) == 1.0


def test_a_higher_level_asks_for_more():
    found = [clustered_bound(*rows(9, 300, 5), level) for level in (0.6, 0.9, 0.99)]
    assert found == sorted(found)
    assert found[0] < found[2]


def test_equal_weights_change_nothing_and_unequal_ones_cost_rows():
    wrong, units, weights = rows(9, 300, 5)
    plain = clustered_bound(wrong, units, weights, 0.95)
    assert clustered_bound(wrong, units, 7 * weights, 0.95) == pytest.approx(plain)
    faultless = wrong & False
    unequal = np.where(units % 2, 1.0, 9.0)
    assert clustered_bound(faultless, units, unequal, 0.95) > clustered_bound(
        faultless, units, weights, 0.95
    )


def test_the_design_effect_of_copies_is_their_number():
    wrong = np.arange(200) % 7 == 0
    copies = np.repeat(wrong, 5)
    effect = design_effect(copies, np.repeat(np.arange(200), 5), np.ones(1000))
    assert effect == pytest.approx(5, rel=0.01)
    assert design_effect(wrong, np.arange(200), np.ones(200)) == pytest.approx(
        1, rel=0.01
    )


@pytest.mark.parametrize("wrong", [np.zeros(8, bool), np.ones(8, bool)])
def test_rows_that_agree_say_nothing_of_clustering(wrong):
    assert design_effect(wrong, np.arange(8) // 2, np.ones(8)) == 1.0
