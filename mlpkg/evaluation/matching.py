"""Gold spans against the segments that a model cut out of the same text.

Spans are (start, end) in characters, half open, in page order, without overlap.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from mlpkg.exceptions import DataError

__all__ = [
    "BoundaryCounts",
    "boundary_counts",
    "boundary_f1",
    "count_uncovered",
    "labels_by_cover",
    "probabilities_by_cover",
]

Span = tuple[int, int]

_MORE_ON_LINE = re.compile(r"[^\S\n]*\S")


def labels_by_cover(
    gold_spans: Sequence[Span],
    predicted_spans: Sequence[Span],
    predicted_labels: Sequence[str],
    default: str,
) -> list[str]:
    """Give each gold span the label that covers most of its characters.

    Parameters
    ----------
    gold_spans
        Spans to label.
    predicted_spans
        Spans that have labels.
    predicted_labels
        A label a predicted span.
    default
        Label of a gold span that nothing covers; the furniture label where
        what a reader skipped counts as furniture.

    Returns
    -------
    list of str
        A label a gold span. Several predicted spans of one label add up; of two
        labels with equal cover the one that comes first on the page wins.

    Raises
    ------
    DataError
        Spans overlap, are out of order, or lack a label.

    Notes
    -----
    Linear in the number of spans.

    Examples
    --------
    >>> labels_by_cover([(0, 9)], [(0, 3), (3, 6), (6, 9)], ["A", "B", "A"], "B")
    ['A']
    """
    _check_lengths(predicted_spans, predicted_labels, "predicted_labels")
    cover: list[dict[str, int]] = [{} for _ in gold_spans]
    for gold, predicted, length in _overlaps(gold_spans, predicted_spans):
        label = predicted_labels[predicted]
        cover[gold][label] = cover[gold].get(label, 0) + length
    # A dict keeps page order and `max` takes the first of equals.
    return [max(found, key=found.__getitem__, default=default) for found in cover]


def probabilities_by_cover(
    gold_spans: Sequence[Span],
    predicted_spans: Sequence[Span],
    probabilities: ArrayLike,
    default: ArrayLike,
) -> NDArray[np.float64]:
    """Give each gold span the mean probabilities of what covers it.

    Parameters
    ----------
    gold_spans
        Spans to judge.
    predicted_spans
        Spans that have probabilities.
    probabilities
        A row a predicted span, shape (n_predicted, n_classes).
    default
        The row of a gold span that nothing covers, shape (n_classes,).

    Returns
    -------
    ndarray of shape (n_gold, n_classes)
        Means weighted by characters covered. The best class of a row may differ
        from `labels_by_cover`, which counts votes.

    Raises
    ------
    DataError
        Spans overlap, are out of order, or lack a row.
    """
    fallback = np.asarray(default, dtype=np.float64)
    rows = np.asarray(probabilities, dtype=np.float64).reshape(-1, len(fallback))
    _check_lengths(predicted_spans, rows, "probabilities")
    sums = np.zeros((len(gold_spans), len(fallback)))
    covered = np.zeros((len(gold_spans), 1))
    for gold, predicted, length in _overlaps(gold_spans, predicted_spans):
        sums[gold] += length * rows[predicted]
        covered[gold] += length
    return np.where(covered > 0, sums / np.maximum(covered, 1), fallback)


def count_uncovered(gold_spans: Sequence[Span], predicted_spans: Sequence[Span]) -> int:
    """Count the gold spans of which no predicted span covers a character."""
    covered = {gold for gold, _, _ in _overlaps(gold_spans, predicted_spans)}
    return len(gold_spans) - len(covered)


@dataclass(frozen=True, slots=True)
class BoundaryCounts:
    """Ends of segments inside lines; counts of several pages add up.

    Parameters
    ----------
    matched, gold, predicted
        How many ends are in both, in the gold data, in the prediction.

    Examples
    --------
    >>> counts = BoundaryCounts(1, 2, 1) + BoundaryCounts(2, 2, 2)
    >>> round(counts.f1, 3)
    0.857
    """

    matched: int
    gold: int
    predicted: int

    def __add__(self, other: BoundaryCounts) -> BoundaryCounts:
        return BoundaryCounts(
            self.matched + other.matched,
            self.gold + other.gold,
            self.predicted + other.predicted,
        )

    @property
    def f1(self) -> float:
        """F1 of the ends, 0 to 1; 1 where there was none and none was found."""
        total = self.gold + self.predicted
        return 2 * self.matched / total if total else 1.0


def boundary_counts(
    gold_ends: Sequence[int], predicted_ends: Sequence[int], text: str
) -> BoundaryCounts:
    """Compare ends of segments inside lines.

    Parameters
    ----------
    gold_ends, predicted_ends
        Ends of segments, characters into `text`, in any order.
    text
        The whole text. Ends before a newline or the end of the text, with or
        without white space between, do not count: they are given away.
    """
    gold = _ends_inside_lines(gold_ends, text)
    predicted = _ends_inside_lines(predicted_ends, text)
    return BoundaryCounts(len(gold & predicted), len(gold), len(predicted))


def boundary_f1(
    gold_ends: Sequence[int], predicted_ends: Sequence[int], text: str
) -> float:
    """Return the F1 of `boundary_counts`; add the counts up for several texts."""
    return boundary_counts(gold_ends, predicted_ends, text).f1


def _ends_inside_lines(ends: Sequence[int], text: str) -> set[int]:
    """Keep the ends after which their line goes on."""
    for end in ends:
        if not 0 <= end <= len(text):
            raise DataError(
                f"a segment ends at {end}, outside its text of {len(text)} characters; "
                "both segmentations must be of this text"
            )
    return {end for end in ends if _MORE_ON_LINE.match(text, end)}


def _overlaps(
    gold: Sequence[Span], predicted: Sequence[Span]
) -> Iterator[tuple[int, int, int]]:
    """Yield (gold index, predicted index, characters in common), in page order."""
    _check_order(gold, "gold_spans")
    _check_order(predicted, "predicted_spans")
    first = 0
    for index, (start, end) in enumerate(gold):
        while first < len(predicted) and predicted[first][1] <= start:
            first += 1
        other = first
        while other < len(predicted) and predicted[other][0] < end:
            length = min(end, predicted[other][1]) - max(start, predicted[other][0])
            if length > 0:
                yield index, other, length
            other += 1


def _check_order(spans: Sequence[Span], name: str) -> None:
    """Refuse spans that the sweep would miscount."""
    last = 0
    for index, (start, end) in enumerate(spans):
        if not last <= start <= end:
            raise DataError(
                f"{name}[{index}] is {(start, end)!r}, expected start <= end and a "
                f"start of at least {last}; sort the spans and remove overlaps"
            )
        last = end


def _check_lengths(
    spans: Sequence[Span], values: Sequence[object] | NDArray[np.float64], name: str
) -> None:
    """Refuse spans without exactly one value each."""
    if len(spans) != len(values):
        raise DataError(
            f"{name} has {len(values)} entries for {len(spans)} predicted spans, "
            "expected one each"
        )
