"""Scores of predicted labels, all computed from confusion matrices.

Plain numpy where scikit-learn has the same metric, because the bootstrap needs a
thousand matrices scored at once; the tests hold both equal.
"""

from __future__ import annotations

from collections.abc import Sequence, Sized
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from mlpkg.exceptions import DataError

__all__ = [
    "ClassScores",
    "Rates",
    "Scores",
    "article_confusions",
    "check_columns",
    "label_codes",
    "rates",
    "score",
]


@dataclass(frozen=True, slots=True)
class ClassScores:
    """Scores of one class, each 0 to 1; None for a class that is absent.

    Precision is 0 for a class that was never predicted, recall for one that never
    occurs: the convention of scikit-learn.
    """

    label: str
    precision: float | None
    recall: float | None
    f1: float | None
    support: int


@dataclass(frozen=True, slots=True)
class Scores:
    """Scores of one set of predicted labels.

    Parameters
    ----------
    classes
        Scores by class, in the order of the labels.
    macro_f1
        Mean F1 of the classes that occur in the true or the predicted labels.
    accuracy
        Share of right labels.
    matthews
        Correlation of true and predicted labels, -1 to 1; 0 where either has one
        class only (Gorodkin 2004, "Comparing two K-category assignments by a
        K-category correlation coefficient").
    confusion
        Counts; a row is a true label, a column a predicted one.
    absent
        Labels that neither occur nor were predicted.

    Examples
    --------
    >>> scores = score(["claim", "claim"], ["claim", "opinion"], ["claim", "opinion"])
    >>> scores.accuracy
    0.5
    >>> scores.confusion
    ((1, 1), (0, 0))
    """

    classes: tuple[ClassScores, ...]
    macro_f1: float
    accuracy: float
    matthews: float
    confusion: tuple[tuple[int, ...], ...]
    absent: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Rates:
    """Metrics of a stack of confusion matrices.

    Parameters
    ----------
    precision, recall, f1
        Shape (…, n_classes); NaN for a class that is absent from its matrix.
    macro_f1, accuracy, matthews
        Shape (…); the mean F1 leaves absent classes out.
    """

    precision: NDArray[np.float64]
    recall: NDArray[np.float64]
    f1: NDArray[np.float64]
    macro_f1: NDArray[np.float64]
    accuracy: NDArray[np.float64]
    matthews: NDArray[np.float64]


def score(
    y_true: Sequence[str], y_pred: Sequence[str], labels: Sequence[str]
) -> Scores:
    """Score predicted labels.

    Parameters
    ----------
    y_true, y_pred
        A label a segment.
    labels
        All labels that may occur; gives the order of the classes.

    Returns
    -------
    Scores
        Per class and overall.

    Raises
    ------
    DataError
        There is no segment, the lengths differ or a label is unknown.
    """
    one_article = [""] * len(y_true)
    confusion = article_confusions(y_true, y_pred, one_article, labels)[0]
    values = rates(confusion)
    support = confusion.sum(axis=1)
    classes = tuple(
        ClassScores(
            label,
            _known(values.precision[k]),
            _known(values.recall[k]),
            _known(values.f1[k]),
            int(support[k]),
        )
        for k, label in enumerate(labels)
    )
    return Scores(
        classes,
        float(values.macro_f1),
        float(values.accuracy),
        float(values.matthews),
        tuple(tuple(row) for row in confusion.tolist()),
        tuple(item.label for item in classes if item.f1 is None),
    )


def article_confusions(
    y_true: Sequence[str],
    y_pred: Sequence[str],
    articles: Sequence[str],
    labels: Sequence[str],
) -> NDArray[np.int64]:
    """Count a confusion matrix an article.

    Parameters
    ----------
    y_true, y_pred
        A label a segment.
    articles
        The article of each segment.
    labels
        All labels that may occur.

    Returns
    -------
    ndarray of shape (n_articles, n_classes, n_classes)
        Articles in sorted order; a row is a true label, a column a predicted one.

    Raises
    ------
    DataError
        There is no segment, the lengths differ or a label is unknown.
    """
    check_columns(y_true=y_true, y_pred=y_pred, articles=articles)
    true = label_codes(y_true, labels, "y_true")
    predicted = label_codes(y_pred, labels, "y_pred")
    names, article = np.unique(np.asarray(articles), return_inverse=True)
    k = len(labels)
    cells = (article * k + true) * k + predicted
    return np.bincount(cells, minlength=len(names) * k * k).reshape(-1, k, k)


def check_columns(**columns: Sized) -> None:
    """Check that columns hold the same rows.

    Raises
    ------
    DataError
        The lengths differ or are 0.
    """
    sizes = [str(len(column)) for column in columns.values()]
    if len(set(sizes)) > 1 or sizes[0] == "0":
        *names, last = columns
        raise DataError(
            f"{', '.join(names)} and {last} need one entry a segment and at least one "
            f"segment, got {', '.join(sizes[:-1])} and {sizes[-1]} entries"
        )


def label_codes(
    values: Sequence[str], labels: Sequence[str], name: str
) -> NDArray[np.int64]:
    """Turn labels into their positions among `labels`.

    Raises
    ------
    DataError
        A value is not among the labels; `name` says whose value it is.
    """
    codes = {label: code for code, label in enumerate(labels)}
    try:
        return np.array([codes[value] for value in values], dtype=np.int64)
    except KeyError:
        row = next(row for row, value in enumerate(values) if value not in codes)
        raise DataError(
            f"{name}[{row}] is {values[row]!r}, expected one of {', '.join(labels)}; "
            "map it to one of them or name it among the labels"
        ) from None


def rates(confusion: NDArray[np.int64] | NDArray[np.float64]) -> Rates:
    """Compute the metrics of confusion matrices.

    Parameters
    ----------
    confusion
        Counts of shape (…, n_classes, n_classes), rows true; none is all 0.

    Returns
    -------
    Rates
        Arrays over the leading axes.
    """
    counts = np.asarray(confusion, dtype=np.float64)
    hits = np.diagonal(counts, axis1=-2, axis2=-1)
    true, predicted = counts.sum(axis=-1), counts.sum(axis=-2)
    total = counts.sum(axis=(-2, -1))
    present = true + predicted > 0
    f1 = _ratio(2 * hits, true + predicted)
    agreed = hits.sum(axis=-1)
    covariance = agreed * total - (true * predicted).sum(axis=-1)
    spread_true = total**2 - (true**2).sum(axis=-1)
    spread_predicted = total**2 - (predicted**2).sum(axis=-1)
    # Shares instead of counts round, and may leave a spread just below 0.
    spread = np.sqrt(np.maximum(spread_true * spread_predicted, 0))
    return Rates(
        precision=np.where(present, _ratio(hits, predicted), np.nan),
        recall=np.where(present, _ratio(hits, true), np.nan),
        f1=np.where(present, f1, np.nan),
        macro_f1=f1.sum(axis=-1) / present.sum(axis=-1),
        accuracy=agreed / total,
        matthews=_ratio(covariance, spread),
    )


def _ratio(
    above: NDArray[np.float64], below: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Divide; 0 where there is nothing to divide by."""
    return np.divide(above, below, out=np.zeros_like(above), where=below > 0)


def _known(value: float) -> float | None:
    """Turn NaN into None."""
    return None if np.isnan(value) else float(value)
