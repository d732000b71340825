"""Labels, weights and partial labels, cut into what heads learn from."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from mlpkg.models.base import Targets
from mlpkg.models.inputs import Samples

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["class_shares", "row_labels", "split_targets"]


def row_labels(samples: Samples, y: Sequence[Any]) -> NDArray[Any]:
    """Return one label a row, pages flattened.

    Raises
    ------
    ValueError
        A row has no label, or more than one.
    """
    values = samples.flatten(y, "y")
    for row, value in enumerate(values):
        if value is None or np.ndim(value):
            raise ValueError(
                f"row {row} of y is {value!r:.60}; expected one label (a row that may "
                "be one of several says so in allowed)"
            )
    return np.asarray(values)


def split_targets(
    samples: Samples,
    labels: NDArray[Any],
    classes: NDArray[Any],
    sample_weight: Sequence[Any] | None,
    allowed: Sequence[Any] | None,
) -> list[Targets]:
    """Make one `Targets` for each input of `samples`.

    Parameters
    ----------
    samples
        The checked input.
    labels
        A label a row.
    classes
        Sorted distinct labels.
    sample_weight, allowed
        As `SentenceClassifier.fit` takes them.

    Raises
    ------
    ValueError
        A weight is negative or not finite, a row allows no class, or it does not
        allow its own label.
    """
    mask = labels[:, None] == classes[None, :]
    if allowed is not None:
        mask = _allowed_mask(samples, allowed, mask, labels)
    weights = np.ones(len(labels))
    if sample_weight is not None:
        weights = np.asarray(
            samples.flatten(sample_weight, "sample_weight"), dtype=np.float64
        )
        wrong = np.flatnonzero(~(np.isfinite(weights) & (weights >= 0)))
        if len(wrong):
            raise ValueError(
                f"sample_weight[{wrong[0]}] is {weights[wrong[0]]}; weights must be "
                "finite and at least 0"
            )
    cuts = np.cumsum(samples.sizes)[:-1]
    return [
        Targets(m, w)
        for m, w in zip(np.split(mask, cuts), np.split(weights, cuts), strict=True)
    ]


def class_shares(targets: Sequence[Targets]) -> NDArray[np.float64]:
    """Return the weighted share of each class; an open row counts for all of its own.

    Parameters
    ----------
    targets
        As `split_targets` gives them.

    Returns
    -------
    ndarray of shape (n_classes,)
        They sum to 1; equal shares where no row has weight.
    """
    allowed = np.concatenate([target.allowed for target in targets])
    weights = np.concatenate([target.weights for target in targets])
    if not weights.any():
        return np.full(allowed.shape[1], 1 / allowed.shape[1])
    rows = allowed / allowed.sum(axis=1, keepdims=True)
    return np.asarray(np.average(rows, axis=0, weights=weights))


def _allowed_mask(
    samples: Samples,
    allowed: Sequence[Any],
    decided: NDArray[np.bool_],
    labels: NDArray[Any],
) -> NDArray[np.bool_]:
    """Check the caller's mask, a row a label, against the labels."""
    given = np.asarray(samples.flatten(allowed, "allowed"), dtype=bool)
    if given.shape != decided.shape:
        raise ValueError(
            f"allowed has shape {given.shape}, expected {decided.shape}: a column for "
            "each distinct label in y, in sorted order"
        )
    counts = given.sum(axis=1)
    if (counts == 0).any():
        row = int(np.flatnonzero(counts == 0)[0])
        raise ValueError(f"row {row} of allowed is all False; no class would be left")
    contradicted = (decided & ~given).any(axis=1)
    if contradicted.any():
        row = int(contradicted.argmax())
        raise ValueError(
            f"{_place(samples, row)}: the label is {labels[row]!s:.60}, but allowed "
            "does not have it among the row's classes; correct one of the two (an "
            "undecided row takes any label that it allows)"
        )
    return given


def _place(samples: Samples, row: int) -> str:
    """Name a row by its page and segment, or by its number."""
    for page in samples.pages:
        if row < len(page):
            return f"page {page.id!r}, segment {row}"
        row -= len(page)
    return f"row {row}"
