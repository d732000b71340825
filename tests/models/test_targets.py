"""Partial labels and weights, from the caller's arrays to what is learned."""

from __future__ import annotations

import numpy as np
import pytest

from mlpkg.models.inputs import Samples
from mlpkg.models.targets import row_labels, split_targets


def decided(task) -> np.ndarray:
    return np.array(task.labels)[:, None] == np.unique(task.labels)


def test_a_target_for_each_page(task):
    samples = Samples.of(task.pages)
    labels = row_labels(samples, task.page_labels)
    targets = split_targets(samples, labels, np.unique(labels), None, None)
    assert [t.allowed.shape for t in targets] == [(len(p), 4) for p in task.pages]
    for target, names in zip(targets, task.page_labels, strict=True):
        assert np.unique(labels)[target.allowed.argmax(axis=1)].tolist() == names
        assert (target.allowed.sum(axis=1) == 1).all()
        assert (target.weights == 1).all()


def test_the_callers_mask_is_taken():
    samples = Samples.of(["a", "b"])
    allowed = [[True, False, False], [True, True, False]]
    target = split_targets(
        samples, np.array(["x", "y"]), np.array(["x", "y", "z"]), None, allowed
    )[0]
    assert target.allowed.tolist() == allowed


@pytest.mark.parametrize("mask", [[True, True, False], [True, False, False]])
def test_a_row_whose_mask_lacks_its_label_is_refused(mask):
    samples = Samples.of(["a", "b"])
    allowed = [[True, True, True], mask]
    with pytest.raises(ValueError, match="^row 1: the label is z, but allowed does"):
        split_targets(
            samples, np.array(["x", "z"]), np.array(["x", "y", "z"]), None, allowed
        )


def test_such_a_row_of_a_page_is_named_by_page_and_segment(make_classifier, task):
    names = np.unique(task.labels)
    masks = [np.array(labels)[:, None] == names for labels in task.page_labels]
    masks[1][2] = ~masks[1][2]
    place = rf"^page {task.pages[1].id!r}, segment 2: the label is "
    with pytest.raises(ValueError, match=place):
        make_classifier().fit(task.pages, task.page_labels, allowed=masks)


def test_decided_rows_in_a_mask_fit_as_without_one(make_classifier, task):
    plain = make_classifier(folds=3).fit(task.texts, task.labels)
    masked = make_classifier(folds=3).fit(
        task.texts, task.labels, allowed=decided(task)
    )
    assert plain.temperature_ == masked.temperature_
    np.testing.assert_array_equal(plain.head_.coef_, masked.head_.coef_)


@pytest.mark.parametrize("folds", [0, 3])
def test_half_the_rows_with_two_classes_suffice(make_classifier, task, folds):
    allowed = decided(task)
    other = (allowed.argmax(axis=1) + 1 + np.arange(len(allowed)) // 8 % 3) % 4
    partial = np.arange(len(allowed)) // 4 % 2 == 0
    allowed[partial, other[partial]] = True
    assert (allowed.sum(axis=1) == 2).mean() == 0.5
    # The labels of partial rows say no more than the mask: here they are all wrong.
    labels = np.where(partial, np.unique(task.labels)[other], task.labels)
    classifier = make_classifier(folds=folds)
    classifier.fit(task.texts, labels, allowed=allowed)
    assert classifier.score(task.texts, task.labels) > 0.95
    assert np.isfinite(classifier.temperature_)


def test_nested_masks_go_with_pages(make_classifier, task):
    names = np.unique(task.labels)
    masks = [np.array(labels)[:, None] == names for labels in task.page_labels]
    masks[0][:] = True
    classifier = make_classifier().fit(task.pages, task.page_labels, allowed=masks)
    assert classifier.score(task.pages[1:], task.page_labels[1:]) > 0.95


def test_a_class_without_weight_is_never_predicted(make_classifier, task):
    weights = [float(label != "claim") for label in task.labels]
    classifier = make_classifier(folds=3)
    classifier.fit(task.texts, task.labels, sample_weight=weights)
    probabilities = classifier.predict_proba(task.texts)
    assert (probabilities[:, classifier.classes_ == "claim"] == 0).all()
    np.testing.assert_allclose(probabilities.sum(axis=1), 1)
