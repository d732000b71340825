"""The classifier inside scikit-learn's cross-validation and searches."""

from __future__ import annotations

import numpy as np
from sklearn.model_selection import (
    GridSearchCV,
    GroupKFold,
    cross_val_predict,
    cross_val_score,
)


def test_strings_in_cross_val_score(make_classifier, task):
    scores = cross_val_score(make_classifier(), task.texts, task.labels, cv=3)
    assert scores.shape == (3,)
    assert scores.min() > 0.9


def test_pages_in_cross_val_score(make_classifier, task):
    scores = cross_val_score(
        make_classifier(folds=2),
        task.pages,
        task.page_labels,
        groups=[page.id for page in task.pages],
        cv=GroupKFold(3),
    )
    assert scores.shape == (3,)
    assert scores.min() > 0.8


def test_weights_reach_fit_through_cross_validation(make_classifier, task):
    weights = np.array([label != "claim" for label in task.labels], dtype=float)
    found = cross_val_predict(
        make_classifier(),
        task.texts,
        task.labels,
        cv=3,
        params={"sample_weight": weights},
    )
    assert "claim" not in found
    assert "opinion" in found


def test_strings_in_cross_val_predict(make_classifier, task):
    labels = cross_val_predict(make_classifier(), task.texts, task.labels, cv=3)
    assert np.mean(labels == np.array(task.labels)) > 0.9
    probabilities = cross_val_predict(
        make_classifier(folds=2),
        task.texts,
        task.labels,
        cv=3,
        method="predict_proba",
    )
    assert probabilities.shape == (len(task.texts), 4)
    np.testing.assert_allclose(probabilities.sum(axis=1), 1)
    assert (np.unique(task.labels)[probabilities.argmax(axis=1)] == labels).all()


def test_a_search_over_the_strength_of_the_head(make_classifier, task):
    grid = {"model__C": [1e-9, 0.1], "context_dropout": [0.0]}
    search = GridSearchCV(make_classifier(), grid, cv=3, scoring="neg_log_loss")
    search.fit(task.texts, task.labels)
    assert search.best_params_ == {"model__C": 0.1, "context_dropout": 0.0}
    assert search.best_estimator_.head_.C == 0.1
    assert search.score(task.texts, task.labels) > np.log(0.8)


def test_a_search_over_pages(make_classifier, task):
    search = GridSearchCV(
        make_classifier(), {"model__neighbour_weight": [0.0, 0.3]}, cv=GroupKFold(3)
    )
    search.fit(task.pages, task.page_labels, groups=[page.id for page in task.pages])
    assert search.cv_results_["mean_test_score"].shape == (2,)
    assert search.score(task.pages, task.page_labels) > 0.9
