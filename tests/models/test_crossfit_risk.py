from __future__ import annotations

import numpy as np
import pytest

from mlpkg.calibration import fit_risk_curve
from mlpkg.models.base import Targets
from mlpkg.models.crossfit_risk import crossfit_risk_curve

N = 400
PAGES = np.arange(N) // 4


def made(seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    """Logits of three classes that are right more often than not, and the mask."""
    rng = np.random.default_rng(seed)
    allowed = rng.integers(3, size=N)[:, None] == np.arange(3)
    return rng.normal(size=(N, 3)) + 2 * allowed, allowed


def test_right_is_what_the_row_allows():
    logits, allowed = made()
    curve = crossfit_risk_curve(logits, 1.0, [Targets(allowed, np.ones(N))], PAGES)
    wrong = logits.argmax(axis=1) != allowed.argmax(axis=1)
    assert curve.error[0] == pytest.approx(wrong.mean())
    assert (curve.n_rows, curve.n_pages) == (N, N // 4)


def test_the_temperature_moves_the_thresholds():
    logits, allowed = made()
    targets = [Targets(allowed, np.ones(N))]
    sharp, soft = (crossfit_risk_curve(logits, t, targets, PAGES) for t in (0.5, 2.0))
    assert sharp.thresholds[-1] > soft.thresholds[-1]


def test_open_rows_and_rows_without_weight_do_not_count():
    logits, allowed = made(1)
    open_rows = np.arange(N) % 5 == 0
    weights = np.where(np.arange(N) % 7 == 0, 0.0, 1.0)
    mixed = np.where(open_rows[:, None], [[True, True, False]], allowed)
    curve = crossfit_risk_curve(logits, 1.0, [Targets(mixed, weights)], PAGES)
    left = ~open_rows & (weights > 0)
    plain = crossfit_risk_curve(
        logits[left], 1.0, [Targets(allowed[left], weights[left])], PAGES[left]
    )
    assert curve == plain


def test_without_a_decided_row_there_is_no_curve():
    targets = [Targets(np.ones((N, 3), dtype=bool), np.ones(N))]
    assert crossfit_risk_curve(made()[0], 1.0, targets, PAGES) is None


def test_the_curve_of_a_classifier_is_that_of_its_out_of_fold_answers(
    make_classifier, task
):
    classifier = make_classifier(folds=3).fit(
        task.pages, task.page_labels, groups=[0, 1, 2] * 3
    )
    logits = classifier.crossfit_logits_ / classifier.temperature_
    odds = np.exp(logits - logits.max(axis=1, keepdims=True))
    confidence = 1 / odds.sum(axis=1)
    gold = np.concatenate(task.page_labels)
    wrong = classifier.classes_[logits.argmax(axis=1)] != gold
    # The page is the unit, not the group that a fold keeps together.
    pages = np.repeat([p.id for p in task.pages], [len(p) for p in task.pages])
    expected = fit_risk_curve(confidence, wrong, pages)
    assert classifier.risk_curve_.n_pages == 9
    assert classifier.risk_curve_.bound == pytest.approx(expected.bound)
