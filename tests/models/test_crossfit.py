from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mlpkg.exceptions import SplitError
from mlpkg.models.crossfit import group_folds


@given(
    codes=st.lists(st.integers(0, 9), min_size=30, max_size=60),
    folds=st.integers(2, 4),
    seed=st.integers(0, 5),
)
def test_a_group_never_stands_in_two_folds(codes, folds, seed):
    groups = np.array([*range(10), *codes])
    allowed = (np.arange(len(groups)) % 2)[:, None] == np.arange(2)
    fold_of = group_folds(allowed, groups, folds, seed)
    assert set(fold_of) <= set(range(folds))
    for group in range(10):
        assert len(set(fold_of[groups == group])) == 1


def test_classes_spread_over_the_folds():
    allowed = (np.arange(60) % 3)[:, None] == np.arange(3)
    fold_of = group_folds(allowed, np.arange(60), 5, 0)
    for label in range(3):
        counts = np.bincount(fold_of[allowed[:, label]], minlength=5)
        assert counts.tolist() == [4] * 5


def test_too_few_rows_of_every_class_are_refused():
    allowed = (np.arange(6) % 2)[:, None] == np.arange(2)
    message = "5 folds need a class with at least 5 rows, the most frequent has 3"
    with pytest.raises(SplitError, match=message):
        group_folds(allowed, np.arange(6), 5, 0)


def test_a_rare_class_breaks_no_fold(make_classifier, task):
    keep = [i for i, label in enumerate(task.labels) if label != "opinion" or i < 4]
    texts = [task.texts[i] for i in keep]
    labels = [task.labels[i] for i in keep]
    classifier = make_classifier(folds=3).fit(texts, labels)
    column = classifier.classes_.tolist().index("opinion")
    row = labels.index("opinion")
    assert classifier.crossfit_logits_[row, column] == -np.inf
    assert not np.isnan(classifier.crossfit_logits_).any()
    assert 0.05 <= classifier.temperature_ <= 20
    assert np.isfinite(classifier.predict_proba(texts)).all()


def test_a_fold_with_one_class_left_breaks_nothing(make_classifier, task):
    labels = ["claim"] * 24 + ["opinion"] * 24
    classifier = make_classifier(folds=2).fit(task.texts, labels, groups=labels)
    assert not np.isnan(classifier.crossfit_logits_).any()
    assert np.isfinite(classifier.predict_proba(task.texts)).all()


def test_out_of_fold_logits_come_from_heads_that_never_saw_the_group(
    make_classifier, task
):
    turned = [
        ["claim"] * len(labels) if number == 0 else labels
        for number, labels in enumerate(task.page_labels)
    ]
    groups = list(range(9))
    first, second = (
        make_classifier(folds=9, context_dropout=0.0).fit(
            task.pages, labels, groups=groups
        )
        for labels in (task.page_labels, turned)
    )
    size = len(task.pages[0])
    np.testing.assert_array_equal(
        first.crossfit_logits_[:size], second.crossfit_logits_[:size]
    )
    assert (first.crossfit_logits_[size:] != second.crossfit_logits_[size:]).any()
