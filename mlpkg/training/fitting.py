"""Fitting a classifier on gold pages, and its out-of-fold answers on them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from mlpkg.calibration import softmax
from mlpkg.data.gold import GoldPage
from mlpkg.data.splits import articles_of, fold_pages
from mlpkg.training.evaluate import Judged, judge_probabilities
from mlpkg.training.gold_targets import gold_targets

if TYPE_CHECKING:
    from mlpkg.labels import LabelScheme
    from mlpkg.models import SentenceClassifier
    from mlpkg.models.checkpoints import Checkpoints

__all__ = ["fit_on_gold", "out_of_fold"]


def fit_on_gold(
    classifier: SentenceClassifier,
    pages: Sequence[GoldPage],
    scheme: LabelScheme,
    checkpoints: Checkpoints | None = None,
    folds_by: str = "article",
) -> None:
    """Fit on pages, or on bare rows where no row came with its page.

    `folds_by` is what a calibration fold keeps together, as `fold_pages` takes it.

    The classifier takes the scheme over: labels that do not occur in the data,
    their order and the furniture label are known to the scheme alone.

    Raises
    ------
    DataError
        Some rows name their article and others do not.
    """
    targets = gold_targets(pages, scheme)
    # Copies of a page are one article, whatever their ids.
    groups: Sequence[str | int] = articles_of(pages)
    if folds_by != "article" and classifier.folds:
        groups = fold_pages(
            pages, classifier.folds, by=folds_by, seed=classifier.random_state
        )
    labels, weights, allowed = targets.labels, targets.weights, targets.allowed
    if any(page.has_context for page in pages):
        classifier.fit(
            [page.page for page in pages],
            labels,
            groups=groups,
            sample_weight=weights,
            allowed=allowed,
            checkpoints=checkpoints,
        )
    else:
        classifier.fit(
            [text for page in pages for text in page.page.texts],
            [label for page in labels for label in page],
            groups=groups,
            sample_weight=weights and [weight for page in weights for weight in page],
            allowed=allowed and [row for mask in allowed for row in mask],
            checkpoints=checkpoints,
        )
    classifier.scheme_ = scheme


def out_of_fold(
    classifier: SentenceClassifier, pages: Sequence[GoldPage], scheme: LabelScheme
) -> Judged:
    """Judge the training pages by the heads that never saw them."""
    if classifier.crossfit_logits_ is None:
        raise ValueError("out-of-fold scores need folds of at least 2")
    probabilities = softmax(classifier.crossfit_logits_, classifier.temperature_)
    cuts = np.cumsum([len(page.page) for page in pages])[:-1]
    classes = [str(name) for name in classifier.classes_]
    return judge_probabilities(pages, np.split(probabilities, cuts), classes, scheme)
