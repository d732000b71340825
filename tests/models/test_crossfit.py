from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mlpkg.exceptions import SplitError
from mlpkg.models.base import PageInput, Targets
from mlpkg.models.checkpoints import Checkpoints
from mlpkg.models.crossfit import crossfit_forms, crossfit_logits, group_folds

# The pages of `_pages`: 0, 3 and 5 stand in fold 0, 1 and 4 in fold 1, 2 in fold 2.
SIZES = (3, 2, 4, 1, 2, 3)
FOLD_OF = np.repeat([0, 1, 2, 0, 1, 0], SIZES)


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


class _SumHead:
    """Adds to each row's vector the sum of all that it learned from."""

    def __init__(self, total):
        self.total = total

    def logits(self, inputs):
        return [page.vectors + self.total for page in inputs]


class _Train:
    """Makes such heads; remembers what each learned from, and stops when told."""

    def __init__(self, stop_at=None):
        self.learned = []
        self.stop_at = stop_at

    def logits(self, head, inputs):
        return head.logits(inputs)

    def __call__(self, inputs, targets, checkpoints):
        if len(self.learned) == self.stop_at:
            raise KeyboardInterrupt
        vectors = np.concatenate([page.vectors for page in inputs])
        assert [len(page) for page in inputs] == [len(t.weights) for t in targets]
        self.learned.append(vectors[:, 0].astype(int).tolist())
        return _SumHead(vectors.sum(axis=0))


def _pages(sizes=SIZES):
    """Pages, or one input of bare rows; row i has the vector (i, 100 i)."""
    vectors = np.arange(sum(sizes))[:, None] * np.array([1, 100])
    ends = np.cumsum(sizes)[:-1]
    inputs = [
        PageInput(part, np.zeros((len(part), 1), np.float32), has_context=True)
        for part in np.split(vectors.astype(np.float32), ends)
    ]
    targets = [Targets(np.ones((size, 2), dtype=bool), np.ones(size)) for size in sizes]
    return inputs, targets


@pytest.mark.parametrize("sizes", [SIZES, (sum(SIZES),)])
def test_each_row_is_judged_by_a_head_of_the_other_folds(sizes):
    train = _Train()
    logits = crossfit_logits(train, *_pages(sizes), FOLD_OF)
    rows = np.arange(sum(SIZES))
    assert train.learned == [rows[fold != FOLD_OF].tolist() for fold in range(3)]
    others = [sum(learned) for learned in train.learned]
    expected = rows + np.array(others)[FOLD_OF]
    np.testing.assert_array_equal(logits, np.stack([expected, 100 * expected], axis=1))


@pytest.mark.parametrize("finished", [0, 1, 2, 3])
def test_finished_folds_are_found_and_not_trained_again(tmp_path, finished):
    expected = crossfit_logits(_Train(), *_pages(), FOLD_OF)
    kept = Checkpoints(tmp_path)
    if finished < 3:
        with pytest.raises(KeyboardInterrupt):
            crossfit_logits(_Train(stop_at=finished), *_pages(), FOLD_OF, kept)
    else:
        crossfit_logits(_Train(), *_pages(), FOLD_OF, kept)
    again = _Train()
    logits = crossfit_logits(again, *_pages(), FOLD_OF, kept)
    assert len(again.learned) == 3 - finished
    np.testing.assert_array_equal(logits, expected)


def test_checkpoints_change_nothing_in_a_fit(make_classifier, task, tmp_path):
    kept = Checkpoints(tmp_path)
    plain, first, second = (
        make_classifier(folds=3).fit(task.pages, task.page_labels, checkpoints=where)
        for where in (None, kept, kept)
    )
    for other in (first, second):
        np.testing.assert_array_equal(other.crossfit_logits_, plain.crossfit_logits_)
        np.testing.assert_array_equal(other.crossfit_folds_, plain.crossfit_folds_)
        assert other.temperature_ == plain.temperature_


def test_the_folds_of_a_fit_keep_pages_whole(make_classifier, task):
    folds = make_classifier(folds=3).fit(task.pages, task.page_labels).crossfit_folds_
    ends = np.cumsum([len(page) for page in task.pages])[:-1]
    assert all(len(set(part)) == 1 for part in np.split(folds, ends))
    assert set(folds) == {0, 1, 2}
    uncalibrated = make_classifier(folds=0).fit(task.pages, task.page_labels)
    assert uncalibrated.crossfit_folds_ is None


def test_every_form_is_judged_by_the_head_that_learned_from_the_first(tmp_path):
    train, kept = _Train(), Checkpoints(tmp_path)
    inputs, targets = _pages()
    poorer = [replace(page, vectors=-page.vectors) for page in inputs]
    found = crossfit_forms(train, [inputs, poorer], targets, FOLD_OF, kept)
    assert len(train.learned) == 3
    np.testing.assert_array_equal(
        found[0], crossfit_logits(train, inputs, targets, FOLD_OF)
    )
    # The head adds the sum of what it learned, which is the same for both forms.
    rows = np.arange(sum(SIZES))
    np.testing.assert_array_equal(
        found[0] - found[1], 2 * np.stack([rows, 100 * rows], 1)
    )
    again = crossfit_forms(_Train(), [inputs, poorer], targets, FOLD_OF, kept)
    np.testing.assert_array_equal(again, found)
