"""The plain-text form of an evaluation, made from its stored table alone.

It takes what `Evaluation.to_json` gives, so that a file of metrics prints too.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from mlpkg.evaluation.kept_labels import COVERAGE, KEPT_ERROR

__all__ = ["aligned", "interval_cell", "metric_title", "size_line", "text_table"]

_PER_CLASS = ("precision", "recall", "f1")
_TITLES = {
    "f1": "F1",
    "macro_f1": "macro-F1",
    "matthews": "Matthews correlation",
    "log_loss": "log loss",
    "brier": "Brier score",
    "calibration_error": "calibration error",
}
# Of metrics whose name ends in a risk.
_AT_A_RISK = {
    KEPT_ERROR: "kept-label error at --max-risk",
    COVERAGE: "coverage at --max-risk",
}


def text_table(evaluation: Mapping[str, Any]) -> str:
    """Write an evaluation as aligned columns.

    Parameters
    ----------
    evaluation
        What `mlpkg.evaluation.Evaluation.to_json` returned.

    Returns
    -------
    str
        Scores by class, scores over all classes, confusion matrix, size and notes.
    """
    labels, rows = evaluation["labels"], evaluation["rows"]
    overall = [row for row in rows if not row["label"]]
    parts = [
        aligned(_class_lines(labels, rows)),
        aligned([[metric_title(row["metric"]), interval_cell(row)] for row in overall]),
        "confusion (a row is a true label, a column a predicted one)\n"
        + aligned(_confusion_lines(labels, evaluation["confusion"]), right=True),
        _caption(evaluation),
    ]
    return "\n\n".join(parts) + "\n"


def _class_lines(labels: Sequence[str], rows: Sequence[Any]) -> list[list[str]]:
    """Lay out precision, recall and F1, a line a label."""
    lines = [["label", *(metric_title(metric) for metric in _PER_CLASS), "segments"]]
    for label in labels:
        own = {row["metric"]: row for row in rows if row["label"] == label}
        cells = [interval_cell(own[metric]) for metric in _PER_CLASS]
        lines.append([label, *cells, str(own["f1"]["support"])])
    return lines


def _confusion_lines(
    labels: Sequence[str], confusion: Sequence[Sequence[int]]
) -> list[list[str]]:
    """Lay out the confusion matrix under its labels."""
    body = [
        [label, *map(str, counts)]
        for label, counts in zip(labels, confusion, strict=True)
    ]
    return [["", *labels], *body]


def _caption(evaluation: Mapping[str, Any]) -> str:
    """Say what was judged and what the brackets are."""
    notes = (f"note: {note}" for note in evaluation["notes"])
    return "\n".join([size_line(evaluation), *notes])


def size_line(result: Mapping[str, Any]) -> str:
    """Say how much a stored result judged, and what its brackets are.

    Parameters
    ----------
    result
        It has ``n_segments``, ``n_articles``, ``level`` and ``n_resamples``.
    """
    size = f"{result['n_segments']} segments of {result['n_articles']} articles"
    if result["n_articles"] < 2:
        return size
    return (
        f"{size}; in brackets the {100 * result['level']:g}% interval over articles "
        f"({result['n_resamples']} resamples)"
    )


def metric_title(metric: str) -> str:
    """Name of a metric for readers."""
    for prefix, title in _AT_A_RISK.items():
        if metric.startswith(prefix):
            return f"{title} {metric.removeprefix(prefix)}"
    return _TITLES.get(metric, metric)


def interval_cell(row: Mapping[str, Any]) -> str:
    """Write a value with its interval."""
    if row["value"] is None:
        return "-"
    if row["low"] is None:
        return f"{row['value']:.3f}"
    return f"{row['value']:.3f} [{row['low']:.3f}, {row['high']:.3f}]"


def aligned(lines: Sequence[Sequence[str]], right: bool = False) -> str:
    """Pad cells to columns: the first to the left, the others as asked.

    Parameters
    ----------
    lines
        Cells by line, equally many in each.
    right
        Whether the columns after the first are set to the right.
    """
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    return "\n".join(
        "  ".join(
            cell.rjust(width) if right and position else cell.ljust(width)
            for position, (cell, width) in enumerate(zip(line, widths, strict=True))
        ).rstrip()
        for line in lines
    )
