from __future__ import annotations

import numpy as np
import pytest

from mlpkg.evaluation.sign_flip import mean_sign_flip, sign_flip


def test_equal_sets_have_p_1():
    pair = np.tile(np.array([[3, 1], [2, 4]]), (20, 2, 1, 1))
    assert sign_flip(pair, 500, 0) == (1.0, False)
    assert mean_sign_flip(np.zeros(5), 500, 0) == 1.0


def test_few_articles_are_tried_in_all_ways():
    right, wrong = np.diag([2, 2]), np.array([[0, 2], [2, 0]])
    pair = np.stack([np.stack([wrong, right])] * 3)
    assert sign_flip(pair, 8, 0) == (0.25, True)
    assert mean_sign_flip(np.ones(3), 8, 0) == 0.25


def test_random_swaps_never_give_p_0_and_come_near_the_exact_p():
    differences = np.random.default_rng(0).normal(0.5, 1, size=10)
    exact = mean_sign_flip(differences, 2**10, 0)
    drawn = mean_sign_flip(differences, 1000, 0)
    assert drawn == pytest.approx(exact, abs=0.05)
    assert mean_sign_flip(np.ones(40), 100, 0) == pytest.approx(1 / 101)


def test_means_of_several_runs_may_be_compared():
    pair = np.tile(np.array([[2.5, 0.5], [1.5, 1.5]]), (4, 2, 1, 1))
    assert sign_flip(pair, 100, 0)[0] == 1.0
