"""Is a difference chance: two sets swapped within articles, at random.

Approximate randomisation (Noreen 1989, "Computer-intensive methods for testing
hypotheses"; Yeh 2000, arXiv:cs/0008005), for macro-F1 and for means over articles.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mlpkg.evaluation.metrics import rates

__all__ = ["mean_sign_flip", "sign_flip"]

# Swaps that give one and the same score may differ by this much through rounding.
ROUNDING = 1e-12


def sign_flip(pair: NDArray[Any], n: int, seed: int) -> tuple[float, bool]:
    """Test a difference of macro-F1.

    Parameters
    ----------
    pair
        Confusion matrices of both sets, shape (n_articles, 2, n_classes, n_classes);
        means of several runs are fine.
    n
        How many swaps at most.
    seed
        Seed of the swaps.

    Returns
    -------
    p_value : float
        Two-sided. Of all swaps where there are at most `n`; else ``(k + 1) / (n + 1)``
        (Phipson and Smyth 2010, "Permutation p-values should never be zero").
    exact : bool
        Whether all swaps were tried.
    """
    gain = (pair[:, 1] - pair[:, 0]).astype(np.float64)
    total_a, total_b = pair.sum(axis=0).astype(np.float64)
    exact = 2 ** len(pair) <= n
    moved = np.stack(
        [np.tensordot(swap, gain, axes=1) for swap in _swaps(len(pair), n, seed, exact)]
    )
    drawn = rates(total_b - moved).macro_f1 - rates(total_a + moved).macro_f1
    observed = rates(total_b).macro_f1 - rates(total_a).macro_f1
    return _share(drawn, float(observed), exact), exact


def mean_sign_flip(differences: NDArray[np.float64], n: int, seed: int) -> float:
    """Test whether the mean of differences, one an article, is 0.

    Parameters
    ----------
    differences
        Shape (n_articles,).
    n, seed
        As `sign_flip` takes them.

    Returns
    -------
    float
        The two-sided p-value.

    Examples
    --------
    >>> mean_sign_flip(np.array([0.5, 0.25, 0.5]), 2000, 0)
    0.25
    """
    exact = 2 ** len(differences) <= n
    swaps = np.stack(list(_swaps(len(differences), n, seed, exact)))
    drawn = (differences * (1 - 2 * swaps)).mean(axis=1)
    return _share(drawn, float(differences.mean()), exact)


def _share(drawn: NDArray[np.float64], observed: float, exact: bool) -> float:
    """Return the share of swaps whose difference is as large."""
    as_far = int((np.abs(drawn) >= abs(observed) - ROUNDING).sum())
    # Exact swaps include the observed one; random ones get it added.
    return (as_far + (not exact)) / (len(drawn) + (not exact))


def _swaps(
    n_articles: int, n: int, seed: int, exact: bool
) -> Iterator[NDArray[np.float64]]:
    """Yield 1 for each article to swap and 0 for the others: all ways, or `n`."""
    if exact:
        places = np.arange(n_articles)
        for number in range(2**n_articles):
            yield (number >> places & 1).astype(np.float64)
        return
    random = np.random.default_rng(seed)
    for _ in range(n):
        yield random.integers(2, size=n_articles).astype(np.float64)
