"""Two sets of predictions over the same rows: which is better, and is it chance.

Both tests take whole articles: a paired bootstrap says how large the difference is,
a sign-flip test whether chance alone gives one as large.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from mlpkg.evaluation.bootstrap import percentile_interval, resampled_sums
from mlpkg.evaluation.metrics import (
    article_confusions,
    check_columns,
    label_codes,
    rates,
)
from mlpkg.evaluation.report_table import (
    aligned,
    interval_cell,
    metric_title,
    size_line,
)
from mlpkg.evaluation.sign_flip import sign_flip
from mlpkg.exceptions import DataError

__all__ = ["Comparison", "ComparisonRow", "compare", "holm", "match_rows"]

# "No worse" is a one-sided statement at this level, whatever the intervals' level.
NO_WORSE_LEVEL = 0.95


@dataclass(frozen=True, slots=True)
class ComparisonRow:
    """One metric of both sets.

    Parameters
    ----------
    metric
        ``macro_f1``, ``accuracy`` or ``f1``.
    label
        The class, empty for a metric over all of them.
    a, b
        The points, None for a class that neither occurs nor was predicted.
    difference
        ``b - a``, None where either is.
    low, high
        Interval of the difference, None where there is none.
    support
        Segments of the class, or all segments.
    """

    metric: str
    label: str
    a: float | None
    b: float | None
    difference: float | None
    low: float | None
    high: float | None
    support: int


@dataclass(frozen=True, slots=True)
class Comparison:
    """How set b of predictions differs from set a.

    Parameters
    ----------
    rows
        The table: macro-F1, accuracy, then F1 by class.
    p_value
        Of the two-sided sign-flip test on macro-F1.
    exact
        Whether the test tried all swaps; else it drew `n_resamples` of them.
    loss_bound
        Upper bound of the loss of macro-F1 (``a - b``) at one-sided 95%, None for
        fewer than two articles.
    margin
        The loss that would still count as none.
    n_articles, n_segments
        How much was judged.
    level, n_resamples
        Level of the intervals, and resamples behind them.

    Examples
    --------
    >>> gold = ["claim", "opinion"] * 3
    >>> result = compare(
    ...     gold, ["claim"] * 6, gold, list("ppqqrr"), ["claim", "opinion"]
    ... )
    >>> result.rows[1].difference, result.p_value, result.no_worse
    (0.5, 0.25, True)
    """

    rows: tuple[ComparisonRow, ...]
    p_value: float
    exact: bool
    loss_bound: float | None
    margin: float
    n_articles: int
    n_segments: int
    level: float
    n_resamples: int

    @property
    def no_worse(self) -> bool:
        """Whether the bound of the loss lies under the margin."""
        return self.loss_bound is not None and self.loss_bound < self.margin

    @property
    def note(self) -> str:
        """Where interval and test of macro-F1 disagree, how to read that; else empty.

        They ask different questions of the same articles: near the threshold, or with
        few articles, one may answer yes and the other no.
        """
        low, high = self.rows[0].low, self.rows[0].high
        if low is None or high is None:
            return ""
        apart = low > 0 or high < 0
        threshold = round(1 - self.level, 12)
        if apart == (self.p_value < threshold):
            return ""
        return (
            f"the interval of macro-F1 {'leaves out' if apart else 'holds'} 0, but p "
            f"is {'not ' if apart else ''}under {threshold:.3g}: near the threshold, "
            "or with few articles, the two may differ; take the difference as not "
            "settled"
        )

    def frame(self) -> list[dict[str, Any]]:
        """Return the table as rows of the fields of `ComparisonRow`."""
        return [asdict(row) for row in self.rows]

    def to_json(self) -> dict[str, Any]:
        """Return the whole result in types of JSON; a missing value is None."""
        return asdict(self) | {
            "rows": self.frame(),
            "no_worse": self.no_worse,
            "note": self.note,
        }

    def to_text(self, a: str = "a", b: str = "b") -> str:
        """Return the result as plain text; ends with a newline.

        Parameters
        ----------
        a, b
            Names of the two sets.
        """
        swaps = "all swaps" if self.exact else f"{self.n_resamples} random swaps"
        lines = [["", a, b, f"{b} - {a}"], *map(_cells, self.rows)]
        note = f"note: {self.note}\n" if self.note else ""
        return (
            f"{aligned(lines)}\n\n"
            f"sign-flip test on macro-F1: p = {self.p_value:.3g} ({swaps})\n{note}"
            f"{self._verdict(a, b)}\n{size_line(asdict(self))}\n"
        )

    def _verdict(self, a: str, b: str) -> str:
        """Say whether b is no worse than a."""
        if self.loss_bound is None:
            return "no intervals: they need at least two articles"
        place = "under" if self.no_worse else "not under"
        return (
            f"{b} {'is' if self.no_worse else 'is not shown to be'} no worse than {a}: "
            f"the upper {100 * NO_WORSE_LEVEL:g}% bound of the loss is "
            f"{self.loss_bound:.3f}, {place} {self.margin:g}"
        )


def compare(
    y_true: Sequence[str],
    a: Sequence[str],
    b: Sequence[str],
    articles: Sequence[str],
    labels: Sequence[str],
    *,
    n: int = 2000,
    level: float = 0.95,
    seed: int = 0,
    margin: float = 0.01,
) -> Comparison:
    """Compare two sets of predicted labels.

    Parameters
    ----------
    y_true, a, b
        A label a segment: gold, and of both sets. `match_rows` brings the rows of
        two tables into one order.
    articles
        The article of each segment.
    labels
        All labels that may occur.
    n
        How many resamples, and how many swaps at most.
    level
        Level of the intervals.
    seed
        Seed of resamples and swaps.
    margin
        Loss of macro-F1 that counts as none.

    Raises
    ------
    DataError
        The columns do not fit each other, a label is unknown, or `n` or `level` is
        out of range.

    Notes
    -----
    The intervals are percentiles of the differences in resamples of articles, both
    sets drawn together (Efron and Tibshirani 1993). The test swaps the two sets
    within articles at random and asks how often macro-F1 then differs at least as
    much (approximate randomisation: Noreen 1989, "Computer-intensive methods for
    testing hypotheses"; Yeh 2000, arXiv:cs/0008005). It tries every swap when there
    are at most `n`; else p is ``(k + 1) / (n + 1)`` (Phipson and Smyth 2010,
    "Permutation p-values should never be zero"). Where several comparisons are
    made, correct their p-values with `holm`.
    """
    check_columns(y_true=y_true, a=a, b=b, articles=articles)
    for name, column in (("a", a), ("b", b)):
        label_codes(column, labels, name)
    pair = np.stack(
        [article_confusions(y_true, column, articles, labels) for column in (a, b)],
        axis=1,
    )
    scores = _scores(pair.sum(axis=0))
    sums = resampled_sums(pair.reshape(len(pair), -1), n, seed)
    samples = _differences(sums.reshape(-1, *pair.shape[1:]))
    p_value, exact = sign_flip(pair, n, seed)
    bound = None
    if len(samples):
        bound = float(np.quantile(-samples[:, 0], NO_WORSE_LEVEL))
    support = pair[:, 0].sum(axis=(0, 2)).tolist()
    places = [("macro_f1", ""), ("accuracy", ""), *(("f1", label) for label in labels)]
    sizes = [len(y_true)] * 2 + support
    rows = tuple(
        ComparisonRow(
            metric,
            label,
            _known(scores[0, c]),
            _known(scores[1, c]),
            _known(scores[1, c] - scores[0, c]),
            *percentile_interval(samples[:, c], level),
            sizes[c],
        )
        for c, (metric, label) in enumerate(places)
    )
    return Comparison(
        rows, p_value, exact, bound, margin, len(pair), len(y_true), level, n
    )


def match_rows(a: Sequence[Hashable], b: Sequence[Hashable]) -> list[int]:
    """Find the rows of one table in another.

    Parameters
    ----------
    a, b
        A key a row, such as (article, start, end, gold label); with the gold label
        in it, two tables whose gold differs do not match.

    Returns
    -------
    list of int
        For each row of `a` its place in `b`.

    Raises
    ------
    DataError
        The tables do not hold the same rows; the message says how many differ.
    """
    only_a, only_b = Counter(a) - Counter(b), Counter(b) - Counter(a)
    if only_a or only_b:
        raise DataError(
            f"the two sets judge different rows: {only_a.total()} of {len(a)} stand "
            f"only in the first, {only_b.total()} of {len(b)} only in the second, such "
            f"as {next(iter(only_a or only_b))!r}; compare runs over one version of "
            "the data and one part"
        )
    place = {key: row for row, key in enumerate(b)}
    if len(place) < len(b):
        key, times = Counter(b).most_common(1)[0]
        raise DataError(
            f"{len(b) - len(place)} of {len(b)} rows repeat a key: {key!r} occurs "
            f"{times} times, expected once; add what tells the rows apart to the keys"
        )
    return [place[key] for key in a]


def holm(p_values: ArrayLike) -> list[float]:
    """Correct p-values for their number.

    Parameters
    ----------
    p_values
        One a comparison, each 0 to 1.

    Returns
    -------
    list of float
        Adjusted values in the order given (Holm 1979, "A simple sequentially
        rejective multiple test procedure"): what is under a level holds at that
        level for all comparisons together.

    Raises
    ------
    DataError
        A value is no probability.

    Examples
    --------
    >>> holm([0.25, 0.01, 0.02])
    [0.25, 0.03, 0.04]
    """
    values = np.asarray(p_values, dtype=np.float64)
    bad = ~((values >= 0) & (values <= 1))
    if bad.any():
        row = int(bad.argmax())
        raise DataError(
            f"p_values[{row}] is {values[row]!r}, expected a number from 0 to 1; leave "
            "out comparisons without a test"
        )
    order = np.argsort(values, kind="stable")
    scaled = values[order] * np.arange(len(values), 0, -1)
    adjusted = np.empty_like(values)
    adjusted[order] = np.minimum(np.maximum.accumulate(scaled), 1)
    result: list[float] = adjusted.tolist()
    return result


def _scores(confusions: NDArray[Any]) -> NDArray[np.float64]:
    """Score matrices of shape (…, k, k): macro-F1, accuracy, F1s; (…, 2 + k)."""
    found = rates(confusions)
    overall = np.stack([found.macro_f1, found.accuracy], axis=-1)
    return np.concatenate([overall, found.f1], axis=-1)


def _differences(pairs: NDArray[np.float64]) -> NDArray[np.float64]:
    """Subtract the scores of a from those of b; shape (…, 2, k, k) to (…, 2 + k)."""
    scores = _scores(pairs)
    return scores[..., 1, :] - scores[..., 0, :]


def _known(value: float) -> float | None:
    """Turn NaN into None."""
    return None if np.isnan(value) else float(value)


def _cells(row: ComparisonRow) -> list[str]:
    """Write a row: title, both points, the difference with its interval."""
    points = ["-" if value is None else f"{value:.3f}" for value in (row.a, row.b)]
    change = {"value": row.difference, "low": row.low, "high": row.high}
    title = f"{metric_title(row.metric)} {row.label}".rstrip()
    return [title, *points, interval_cell(change)]
