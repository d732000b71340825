"""Scores as they would be on pages with another label mix.

A corpus holds the labels in shares of its own; what a class does to the others'
precision depends on them. Here each true class is weighted to a stated share.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from mlpkg.calibration import checked_mix
from mlpkg.evaluation.bootstrap import rate_rows, resampled_sums
from mlpkg.evaluation.metrics import article_confusions, rates
from mlpkg.evaluation.result import Evaluation
from mlpkg.exceptions import DataError

__all__ = ["REAL_PAGES_MIX", "evaluate_label_mix"]

# Shares by segment as measured on real news pages (FACTS.md, "The task").
REAL_PAGES_MIX: Mapping[str, float] = MappingProxyType(
    {"claim": 0.14, "opinion": 0.07, "attribution": 0.13, "boilerplate": 0.66}
)


def evaluate_label_mix(
    y_true: Sequence[str],
    y_pred: Sequence[str],
    articles: Sequence[str],
    labels: Sequence[str],
    mix: Mapping[str, float] = REAL_PAGES_MIX,
    n: int = 1000,
    level: float = 0.95,
    seed: int = 0,
) -> Evaluation:
    """Score predictions re-weighted to a label mix.

    Parameters
    ----------
    y_true, y_pred
        A label a segment.
    articles
        The article of each segment.
    labels
        All labels that may occur.
    mix
        Share of each label among the true labels, 0 to 1; they sum to 1.
    n, level, seed
        Resamples, level and seed of the intervals.

    Returns
    -------
    Evaluation
        Precision, recall and F1 by class, macro-F1 and accuracy under the mix. The
        confusion matrix and the supports are the data's own.

    Raises
    ------
    DataError
        The mix does not fit the labels, does not sum to 1, or gives a share to a
        label that no segment has; and what `evaluate_labels` raises.

    Notes
    -----
    The rows of each confusion matrix are scaled to the shares, in every resample
    anew (post-stratification): it is assumed that pages with another mix confuse the
    labels in the same proportions. A resample without a label that the mix holds
    cannot be scaled and is left out.
    """
    shares = checked_mix(mix, labels)
    confusions = article_confusions(y_true, y_pred, articles, labels)
    n_articles, k, _ = confusions.shape
    total = confusions.sum(axis=0)
    support = total.sum(axis=1)
    for label, share, count in zip(labels, shares, support, strict=True):
        if share and not count:
            raise DataError(
                f"mix[{label!r}] is {float(share)!r}, but no segment of the data has "
                "that label, expected at least one; state a mix without it"
            )
    drawn = resampled_sums(confusions.reshape(n_articles, k * k), n, seed)
    usable = _with_all(drawn.reshape(-1, k, k), shares)
    rows = rate_rows(
        rates(_scaled(total, shares)),
        rates(_scaled(usable, shares)),
        labels,
        support,
        level,
        overall=("macro_f1", "accuracy"),
    )
    stated = ", ".join(
        f"{label} {share:g}" for label, share in zip(labels, shares, strict=True)
    )
    notes = [
        f"scores are re-weighted to the label mix {stated}; confusion and segments by "
        "label are the data's own"
    ]
    if n_articles < 2:
        notes.append("no intervals: they need at least two articles")
    if len(usable) < len(drawn):
        notes.append(
            f"{len(drawn) - len(usable)} of {len(drawn)} resamples lacked a label of "
            "the mix; left out"
        )
    return Evaluation(
        tuple(labels),
        rows,
        tuple(tuple(row) for row in total.tolist()),
        n_articles,
        len(y_true),
        level,
        n,
        tuple(notes),
    )


def _with_all(
    confusions: NDArray[np.float64], shares: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Keep the matrices in which each label of the mix truly occurs."""
    occurs = confusions.sum(axis=2) > 0
    kept: NDArray[np.float64] = confusions[occurs[:, shares > 0].all(axis=1)]
    return kept


def _scaled(
    confusions: NDArray[np.int64] | NDArray[np.float64], shares: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Scale the rows of matrices to the shares; empty rows stay empty."""
    sizes = confusions.sum(axis=-1, keepdims=True)
    scaled: NDArray[np.float64] = confusions * (shares[:, None] / np.maximum(sizes, 1))
    return scaled
