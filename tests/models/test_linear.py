from __future__ import annotations

import numpy as np
import pytest
from sklearn.base import clone
from sklearn.exceptions import NotFittedError

from mlpkg.calibration import softmax
from mlpkg.models.base import PageInput, Targets
from mlpkg.models.linear import LinearHead


def page_input(rows: int, seed: int, has_context: bool = True) -> PageInput:
    rng = np.random.default_rng(seed)
    vectors = rng.normal(size=(rows, 6)).astype(np.float32)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    features = rng.normal(size=(rows, 4)).astype(np.float32)
    return PageInput(vectors, features, has_context)


def targets_for(page: PageInput, classes: int) -> Targets:
    """Labels by the largest of the first coordinates."""
    best = page.vectors[:, :classes].argmax(axis=1)
    return Targets(best[:, None] == np.arange(classes), np.ones(len(page)))


def fitted(classes: int = 3, pages: int = 12, **parameters: object) -> LinearHead:
    inputs = [page_input(9, seed) for seed in range(pages)]
    targets = [targets_for(page, classes) for page in inputs]
    head = LinearHead(**({"C": 1.0} | parameters))
    return head.fit(inputs, targets, random_state=0)


@pytest.mark.parametrize("classes", [2, 3, 4])
def test_learns_any_number_of_classes(classes):
    page = page_input(200, 99)
    logits = fitted(classes, pages=60).logits([page])[0]
    assert logits.shape == (200, classes)
    assert logits.dtype == np.float32
    right = targets_for(page, classes).allowed
    assert right[np.arange(200), logits.argmax(axis=1)].mean() > 0.85


def test_two_classes_have_the_probabilities_of_logistic_regression():
    from sklearn.linear_model import LogisticRegression

    page = page_input(80, 0, has_context=False)
    targets = targets_for(page, 2)
    head = LinearHead(C=0.5, neighbour_weight=0.0, vector_weight=1 / np.sqrt(6))
    head.fit([page], [targets], random_state=0)
    scaled = (page.features - page.features.mean(axis=0)) / page.features.std(axis=0)
    design = np.concatenate([page.vectors, scaled], axis=1)
    solver = LogisticRegression(C=0.5).fit(design, targets.allowed.argmax(axis=1))
    np.testing.assert_allclose(
        softmax(head.logits([page])[0]), solver.predict_proba(design), atol=1e-3
    )


@pytest.mark.parametrize("neighbour_weight", [0.0, 0.4])
def test_arrays_bring_a_head_back(neighbour_weight):
    head = fitted(neighbour_weight=neighbour_weight)
    arrays = head.arrays()
    assert {array.dtype for array in arrays.values()} == {np.dtype(np.float32)}
    restored = clone(head).restore(arrays)
    pages = [page_input(5, 50), page_input(1, 51), page_input(7, 52, False)]
    for ours, theirs in zip(head.logits(pages), restored.logits(pages), strict=True):
        np.testing.assert_array_equal(ours, theirs)


def test_parameters_are_plain_and_make_the_head_again():
    head = LinearHead(2.0, class_weight="balanced")
    assert LinearHead(**head.parameters()).get_params() == head.get_params()
    assert all(
        value is None or isinstance(value, float | int | str)
        for value in head.parameters().values()
    )


def test_is_refused_before_it_is_fitted():
    with pytest.raises(NotFittedError, match="not fitted yet"):
        LinearHead().logits([page_input(3, 0)])
    with pytest.raises(NotFittedError, match="not fitted yet"):
        LinearHead().arrays()


def test_neighbours_matter_where_they_are_asked_for():
    page = page_input(6, 50)
    changed = PageInput(page.vectors.copy(), page.features.copy())
    changed.vectors[3] *= -1
    for neighbour_weight, moved in [(0.0, [3]), (0.4, [2, 3, 4])]:
        head = fitted(neighbour_weight=neighbour_weight)
        before, after = head.logits([page, changed])
        assert np.flatnonzero((before != after).any(axis=1)).tolist() == moved


def test_rows_without_context_look_at_no_neighbour():
    head = fitted(neighbour_weight=0.4)
    page = page_input(6, 50, has_context=False)
    alone = [
        head.logits([PageInput(page.vectors[[i]], page.features[[i]], False)])[0][0]
        for i in range(6)
    ]
    np.testing.assert_allclose(head.logits([page])[0], alone, atol=1e-5)


def test_neighbours_stay_within_their_page():
    head = fitted(neighbour_weight=0.4)
    pages = [page_input(3, seed) for seed in (1, 2, 3)]
    together = head.logits(pages)
    for page, logits in zip(pages, together, strict=True):
        np.testing.assert_array_equal(head.logits([page])[0], logits)


def test_balanced_weights_raise_the_rare_class():
    page = page_input(300, 0)
    rare = page.vectors[:, 0] > 0.6
    allowed = np.stack([~rare, rare], axis=1)
    targets = Targets(allowed, np.ones(300))
    shares = [
        softmax(
            LinearHead(0.01, class_weight=weight)
            .fit([page], [targets], random_state=0)
            .logits([page])[0]
        )[:, 1].mean()
        for weight in (None, "balanced")
    ]
    assert shares[0] == pytest.approx(rare.mean(), abs=0.02)
    assert shares[1] > 1.5 * shares[0]


@pytest.mark.parametrize("class_weight", [None, "balanced"])
def test_a_class_without_rows_gets_no_probability(class_weight):
    page = page_input(60, 0)
    allowed = np.zeros((60, 4), dtype=bool)
    allowed[:, [0, 2, 3]] = targets_for(page, 3).allowed
    head = LinearHead(1.0, class_weight=class_weight)
    head.fit([page], [Targets(allowed, np.ones(60))], random_state=0)
    probabilities = softmax(head.logits([page])[0], 0.7)
    assert np.isfinite(probabilities).all()
    assert (probabilities[:, 1] == 0).all()
    assert (probabilities[:, 2] > 0).all()


def test_one_class_alone_is_certain():
    page = page_input(8, 0)
    targets = Targets(np.tile([False, True, False], (8, 1)), np.ones(8))
    head = LinearHead().fit([page], [targets], random_state=0)
    probabilities = softmax(head.logits([page])[0])
    np.testing.assert_array_equal(probabilities, targets.allowed)


def test_partial_rows_of_every_class_leave_the_decided_ones_in_charge():
    page = page_input(400, 0, has_context=False)
    decided = targets_for(page, 3)
    allowed = decided.allowed.copy()
    allowed[::2] = True
    head = LinearHead(1.0).fit(
        [page], [Targets(allowed, decided.weights)], random_state=0
    )
    best = head.logits([page])[0].argmax(axis=1)
    assert decided.allowed[np.arange(400), best].mean() > 0.85


def test_outliers_among_the_features_are_clipped():
    head = fitted()
    page = page_input(4, 50)
    page.features[0, 0] = 1e6
    far = head.logits([page])[0]
    page.features[0, 0] = 1e9
    np.testing.assert_array_equal(head.logits([page])[0], far)
