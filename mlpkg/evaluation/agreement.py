"""Agreement of two readings of the same segments: Cohen's kappa, in all and by label.

Neither reading is the truth, so the words are others than those of an evaluation;
the counts and the intervals over articles are the same.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mlpkg.evaluation.bootstrap import MetricRow, percentile_interval, resampled_sums
from mlpkg.evaluation.metrics import article_confusions, rates

__all__ = ["Agreement", "agreement"]

# What chance leaves to agree on is nothing where it is as small as this.
ROUNDING = 1e-12


@dataclass(frozen=True, slots=True)
class Agreement:
    """How far two readings agree.

    Parameters
    ----------
    rows
        The table: ``agreement`` (share of segments with the same label) and ``kappa``
        over all labels, then by label ``kappa`` (the label against all others) and
        ``f1`` (of one reading against the other). A value is None where a label
        occurs in neither reading, or where chance alone would agree throughout.
        `MetricRow.support` counts segments that either reading gave the label.
    labels
        Label names, in the order of the table.
    confusion
        Counts; a row is a label of the first reading, a column one of the second.
    n_articles, n_segments
        How much was read twice.
    level, n_resamples
        Level of the intervals, and resamples of articles behind them.

    Examples
    --------
    >>> first, second = ["a", "a", "b", "b"], ["a", "a", "b", "a"]
    >>> agreement(first, second, list("ppqq"), ["a", "b"]).value("kappa")
    0.5
    """

    rows: tuple[MetricRow, ...]
    labels: tuple[str, ...]
    confusion: tuple[tuple[int, ...], ...]
    n_articles: int
    n_segments: int
    level: float
    n_resamples: int

    def row(self, metric: str, label: str = "") -> MetricRow:
        """Return one row of the table."""
        return next(r for r in self.rows if (r.metric, r.label) == (metric, label))

    def value(self, metric: str, label: str = "") -> float | None:
        """Return one value of the table."""
        return self.row(metric, label).value

    @property
    def differences(self) -> dict[tuple[str, str], int]:
        """How many segments have two labels, by the pair, the commonest first."""
        counts = {
            (b, a): self.confusion[i][j] + self.confusion[j][i]
            for i, a in enumerate(self.labels)
            for j, b in enumerate(self.labels[:i])
        }
        return dict(sorted(counts.items(), key=lambda item: -item[1]))

    def to_json(self) -> dict[str, Any]:
        """Return the whole result in types of JSON; a missing value is None."""
        pairs = [
            {"labels": list(pair), "count": count}
            for pair, count in self.differences.items()
        ]
        return asdict(self) | {"differences": pairs}


def agreement(
    first: Sequence[str],
    second: Sequence[str],
    articles: Sequence[str],
    labels: Sequence[str],
    *,
    n: int = 1000,
    level: float = 0.95,
    seed: int = 0,
) -> Agreement:
    """Compare two readings.

    Parameters
    ----------
    first, second
        A label a segment, from either reading.
    articles
        The article of each segment.
    labels
        All labels that may occur.
    n, level, seed
        Resamples of articles, level of the intervals, seed.

    Raises
    ------
    DataError
        There is no segment, the lengths differ, a label is unknown, or `n` or
        `level` is out of range.

    Notes
    -----
    Kappa is the agreement beyond chance, as a share of what chance leaves to agree on
    (Cohen 1960, "A coefficient of agreement for nominal scales").
    """
    counts = article_confusions(first, second, articles, labels)
    total = counts.sum(axis=0)
    flat = resampled_sums(counts.reshape(len(counts), -1), n, seed)
    drawn = flat.reshape(-1, *total.shape)
    either = total.sum(axis=0) + total.sum(axis=1) - total.diagonal()
    places = [("agreement", ""), ("kappa", "")]
    places += [(metric, label) for metric in ("kappa", "f1") for label in labels]
    sizes = [len(first)] * 2 + either.tolist() * 2
    rows = tuple(
        MetricRow(*place, _known(value), *percentile_interval(samples, level), size)
        for place, value, samples, size in zip(
            places, _values(total), _values(drawn).T, sizes, strict=True
        )
    )
    confusion = tuple(tuple(row) for row in total.tolist())
    return Agreement(rows, tuple(labels), confusion, len(counts), len(first), level, n)


def _values(confusions: NDArray[Any]) -> NDArray[np.float64]:
    """Compute the table of matrices (…, k, k): agreement, kappa, kappas, F1s."""
    found = rates(confusions)
    parted = [_against_others(confusions, c) for c in range(confusions.shape[-1])]
    kappas = np.stack([_kappa(matrix) for matrix in (confusions, *parted)], axis=-1)
    return np.concatenate([found.accuracy[..., None], kappas, found.f1], axis=-1)


def _against_others(confusions: NDArray[Any], label: int) -> NDArray[Any]:
    """Bring matrices to two classes: one label and all the others."""
    both = confusions[..., label, label]
    one = confusions[..., label, :].sum(axis=-1) - both
    other = confusions[..., :, label].sum(axis=-1) - both
    rest = confusions.sum(axis=(-2, -1)) - both - one - other
    cells = np.stack([both, one, other, rest], axis=-1)
    return cells.reshape(*cells.shape[:-1], 2, 2)


def _kappa(confusions: NDArray[Any]) -> NDArray[np.float64]:
    """Compute Cohen's kappa of matrices (…, k, k); NaN where chance agrees wholly."""
    shares = confusions / confusions.sum(axis=(-2, -1), keepdims=True)
    observed = np.trace(shares, axis1=-2, axis2=-1)
    chance = (shares.sum(axis=-1) * shares.sum(axis=-2)).sum(axis=-1)
    left = 1 - chance
    found: NDArray[np.float64] = np.full_like(left, np.nan)
    np.divide(observed - chance, left, out=found, where=left > ROUNDING)
    return found


def _known(value: float) -> float | None:
    """Turn NaN into None."""
    return None if np.isnan(value) else float(value)
