"""Scores of parts of the data: by outlet, genre, year, length, place on the page.

Which parts there are is the caller's to say, in columns; some can be made of the
rows themselves.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from mlpkg.evaluation.bootstrap import BootstrapTable, bootstrap
from mlpkg.evaluation.metrics import check_columns, label_codes
from mlpkg.evaluation.report_table import aligned, interval_cell, metric_title

__all__ = ["SliceRow", "Slices", "derived_columns", "slices"]

# A share of 30 independent segments has a 95% interval of up to 0.36 already.
MIN_SEGMENTS = 30
METRICS = ("macro_f1", "accuracy")
UNKNOWN = "(unknown)"

# Upper ends in characters: headings and links, short, usual and long sentences.
_LENGTHS = {
    40: "under 40 characters",
    120: "40 to 119",
    240: "120 to 239",
}
_LONGEST = "240 or more"
_PLACES = ("first tenth", "middle", "last tenth")
_ORDER = {
    group: place for place, group in enumerate((*_LENGTHS.values(), _LONGEST, *_PLACES))
}
# Single straight marks are apostrophes too often.
_QUOTATION_MARKS = frozenset('"“”„«»‘')


@dataclass(frozen=True, slots=True)
class SliceRow:
    """One score of one slice.

    Parameters
    ----------
    column, group
        The slice: the rows that have the value `group` in `column`.
    metric
        ``macro_f1`` or ``accuracy``.
    value, low, high
        The score with its interval, None where there is none.
    n_segments, n_articles
        How much the slice holds.
    n_classes
        Labels that occur in it or were predicted: macro-F1 is their mean.
    """

    column: str
    group: str
    metric: str
    value: float | None
    low: float | None
    high: float | None
    n_segments: int
    n_articles: int
    n_classes: int


@dataclass(frozen=True, slots=True)
class Slices:
    """Scores by slice.

    Parameters
    ----------
    rows
        The table, by column, group and metric.
    level, n_resamples
        Level of the intervals over articles, and resamples behind them.

    Examples
    --------
    >>> gold, found = ["claim", "opinion"] * 30, ["claim"] * 60
    >>> columns = {"year": ["2025"] * 40 + ["2026"] * 20}
    >>> result = slices(columns, gold, found, list("pq") * 30, ["claim", "opinion"])
    >>> [(row.group, row.n_segments) for row in result.rows[::2]]
    [('2025', 40), ('fewer than 30', 20)]
    """

    rows: tuple[SliceRow, ...]
    level: float
    n_resamples: int

    def frame(self) -> list[dict[str, Any]]:
        """Return the table as rows of the fields of `SliceRow`."""
        return [asdict(row) for row in self.rows]

    def to_json(self) -> dict[str, Any]:
        """Return the whole result in types of JSON; a missing value is None."""
        return asdict(self) | {"rows": self.frame()}

    def to_text(self) -> str:
        """Return a plain-text table a column; ends with a newline."""
        titles = [metric_title(metric) for metric in METRICS]
        parts = []
        for column in dict.fromkeys(row.column for row in self.rows):
            lines = [[column, *titles, "segments", "articles", "labels"]]
            own = [row for row in self.rows if row.column == column]
            for group in dict.fromkeys(row.group for row in own):
                scores = [row for row in own if row.group == group]
                row = scores[0]
                sizes = (row.n_segments, row.n_articles, row.n_classes)
                cells = [interval_cell(asdict(score)) for score in scores]
                lines.append([group, *cells, *map(str, sizes)])
            parts.append(aligned(lines))
        parts.append(
            f"in brackets the {100 * self.level:g}% interval over articles "
            f"({self.n_resamples} resamples); macro-F1 is the mean over the slice's "
            "labels"
        )
        return "\n\n".join(parts) + "\n"


def slices(
    columns: Mapping[str, Sequence[str]],
    y_true: Sequence[str],
    y_pred: Sequence[str],
    articles: Sequence[str],
    labels: Sequence[str],
    *,
    min_segments: int = MIN_SEGMENTS,
    n: int = 1000,
    level: float = 0.95,
    seed: int = 0,
) -> Slices:
    """Score predictions slice by slice.

    Parameters
    ----------
    columns
        By name of the column, a value a segment; empty means unknown.
    y_true, y_pred
        A label a segment.
    articles
        The article of each segment; intervals resample whole articles.
    labels
        All labels that may occur.
    min_segments
        Groups with fewer segments are pooled as one.
    n, level, seed
        Resamples, level and seed of the intervals.

    Raises
    ------
    DataError
        The columns do not fit each other, a label is unknown, or `n` or `level` is
        out of range.

    Notes
    -----
    The macro-F1 of slices with different labels are not comparable: a slice's is the
    mean over the labels that it has.
    """
    # Here, so that a message names the row of the whole and not of a slice.
    check_columns(y_true=y_true, y_pred=y_pred, articles=articles, **columns)
    for name, column in (("y_true", y_true), ("y_pred", y_pred)):
        label_codes(column, labels, name)
    rows: list[SliceRow] = []
    for name, values in columns.items():
        for group, members in _groups(values, min_segments):
            true, predicted, pages = (
                [column[row] for row in members]
                for column in (y_true, y_pred, articles)
            )
            table = bootstrap(true, predicted, pages, labels, n, level, seed)
            rows.extend(_rows(name, group, table, len(members)))
    return Slices(tuple(rows), level, n)


def derived_columns(
    articles: Sequence[str],
    indices: Sequence[int],
    texts: Sequence[str],
    hard: Sequence[bool],
) -> dict[str, list[str]]:
    """Make columns for `slices` of what every table of predictions holds.

    Parameters
    ----------
    articles
        The article of each segment.
    indices
        Its place in the article, from 0.
    texts
        Its text; empty where words were left out.
    hard
        Whether the annotator found two labels equally good.

    Returns
    -------
    dict of str to list of str
        ``length`` of the text, ``place`` on the page, ``quotation mark`` and
        ``hard``.

    Raises
    ------
    DataError
        The columns do not fit each other.
    """
    check_columns(articles=articles, indices=indices, texts=texts, hard=hard)
    sizes: dict[str, int] = {}
    for article, index in zip(articles, indices, strict=True):
        sizes[article] = max(index + 1, sizes.get(article, 0))
    return {
        "length": [_length(text) for text in texts],
        "place": [
            _place(index, sizes[article])
            for article, index in zip(articles, indices, strict=True)
        ],
        "quotation mark": [_quotation(text) for text in texts],
        "hard": ["yes" if value else "no" for value in hard],
    }


def _length(text: str) -> str:
    """Name the bucket of a text's length."""
    if not text:
        return ""
    return next((name for end, name in _LENGTHS.items() if len(text) < end), _LONGEST)


def _place(index: int, size: int) -> str:
    """Name the part of a page of `size` segments; each end has at least one."""
    if 10 * index < size:
        return _PLACES[0]
    return _PLACES[2] if 10 * (size - 1 - index) < size else _PLACES[1]


def _quotation(text: str) -> str:
    """Say whether a text holds a quotation mark."""
    if not text:
        return ""
    return "no" if _QUOTATION_MARKS.isdisjoint(text) else "yes"


def _groups(
    values: Sequence[str], min_segments: int
) -> Iterator[tuple[str, list[int]]]:
    """Yield groups with their rows; the pooled one comes last."""
    counts = Counter(values)
    members: dict[str, list[int]] = {}
    pooled: list[int] = []
    for row, value in enumerate(values):
        large = counts[value] >= min_segments
        (members.setdefault(value, []) if large else pooled).append(row)
    for value in sorted(members, key=lambda name: (_ORDER.get(name, 0), name)):
        yield value or UNKNOWN, members[value]
    if pooled:
        yield f"fewer than {min_segments}", pooled


def _rows(
    column: str, group: str, table: BootstrapTable, n_segments: int
) -> Iterator[SliceRow]:
    """Take a slice's rows out of its table of scores."""
    n_classes = sum(row.metric == "f1" and row.value is not None for row in table.rows)
    for row in table.rows:
        if row.metric in METRICS:
            yield SliceRow(
                column,
                group,
                row.metric,
                row.value,
                row.low,
                row.high,
                n_segments,
                table.n_articles,
                n_classes,
            )
