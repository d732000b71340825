"""Probabilities for pages whose labels come in other shares than the training data's.

A model takes the label mix that it was trained on for granted; where the mix of the
pages at hand is known, Bayes' rule puts it in its place.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np

from mlpkg.exceptions import CalibrationError, DataError

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["checked_mix", "mix_factors", "with_factors"]

SUM_TOLERANCE = 1e-6


def checked_mix(mix: Mapping[str, float], labels: Sequence[str]) -> NDArray[np.float64]:
    """Return the shares of a label mix in the order of the labels.

    Parameters
    ----------
    mix
        A share from 0 to 1 for each label; they sum to 1.
    labels
        The labels, all of which the mix must name.

    Raises
    ------
    DataError
        The mix does not fit the labels, holds a bad share or does not sum to 1.
    """
    if set(mix) != set(labels):
        raise DataError(
            f"mix names {', '.join(mix)}, expected {', '.join(labels)}: name each "
            "label once, with 0 for one that does not occur"
        )
    shares = np.array([mix[label] for label in labels], dtype=np.float64)
    bad = ~(shares >= 0)
    if bad.any():
        label = labels[int(bad.argmax())]
        raise DataError(f"mix[{label!r}] is {mix[label]!r}, expected a share from 0 up")
    # Negated, so that infinity counts as bad.
    if not abs(shares.sum() - 1) <= SUM_TOLERANCE:
        raise DataError(
            f"the shares of mix sum to {float(shares.sum()):.6g}, expected 1; divide "
            "each by the sum"
        )
    return shares


def mix_factors(
    stated: Mapping[str, float], trained: Mapping[str, float]
) -> NDArray[np.float64]:
    """Return the factor of each label's probability, in the order of `trained`.

    Parameters
    ----------
    stated
        Share of each label on the pages at hand, as `checked_mix` takes it.
    trained
        Share of each label in the training data.

    Raises
    ------
    DataError
        `stated` is no label mix.
    CalibrationError
        It gives a share to a label that the training data did not hold.

    Notes
    -----
    Saerens, Latinne and Decaestecker 2002, "Adjusting the outputs of a classifier to
    new a priori probabilities": the posteriors of one mix become those of another when
    they are multiplied by the ratio of the shares and made to sum to 1. It is assumed
    that segments of one label look alike in both, and only their number differs.
    """
    shares = checked_mix(stated, list(trained))
    held = np.array(list(trained.values()), dtype=np.float64)
    for label, share, known in zip(trained, shares, held, strict=True):
        if share and not known:
            raise CalibrationError(
                f"mix[{label!r}] is {float(share)!r}, but no training row had that "
                "label for certain; state 0, or train with rows that do"
            )
    return np.divide(shares, held, out=np.zeros_like(shares), where=held > 0)


def with_factors(
    probabilities: NDArray[np.float64], factors: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Multiply the columns by factors and make the rows sum to 1 again.

    Parameters
    ----------
    probabilities
        Shape (n, n_classes).
    factors
        From `mix_factors`, one a column, not all 0.
    """
    # A row that was sure of a label with share 0 must still be a distribution.
    least = np.finfo(np.float64).tiny
    scaled = np.maximum(probabilities, least) * factors
    found: NDArray[np.float64] = scaled / scaled.sum(axis=1, keepdims=True)
    return found
