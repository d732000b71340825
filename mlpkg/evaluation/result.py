"""The result of an evaluation: one tidy table, from which all else is made."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

from numpy.typing import ArrayLike

from mlpkg.evaluation.bootstrap import MetricRow, bootstrap, bootstrap_means
from mlpkg.evaluation.calibration_error import (
    CALIBRATION_NOTE,
    calibration_error_row,
)
from mlpkg.evaluation.metrics import label_codes
from mlpkg.evaluation.probability_losses import (
    brier_losses,
    checked_probabilities,
    log_losses,
)
from mlpkg.evaluation.report_table import text_table

__all__ = ["Evaluation", "evaluate_labels"]


@dataclass(frozen=True, slots=True)
class Evaluation:
    """Scores of one set of predictions, with intervals over articles.

    Parameters
    ----------
    labels
        Label names, the order of the confusion matrix.
    rows
        The table: per class, then over all classes.
    confusion
        Counts; a row is a true label, a column a predicted one.
    n_articles, n_segments
        How much was judged.
    level
        Level of the intervals.
    n_resamples
        Resamples behind them.
    notes
        What the reader of the table must know.

    Examples
    --------
    >>> gold, found = ["claim", "opinion"] * 2, ["claim", "claim"] * 2
    >>> result = evaluate_labels(gold, found, list("aabb"), ["claim", "opinion"])
    >>> result.value("accuracy")
    0.5
    """

    labels: tuple[str, ...]
    rows: tuple[MetricRow, ...]
    confusion: tuple[tuple[int, ...], ...]
    n_articles: int
    n_segments: int
    level: float
    n_resamples: int
    notes: tuple[str, ...] = ()

    def frame(self) -> list[dict[str, Any]]:
        """Return the table as rows of metric, label, value, low, high, support."""
        return [asdict(row) for row in self.rows]

    def value(self, metric: str, label: str = "") -> float | None:
        """Return one value of the table.

        Raises
        ------
        KeyError
            The table has no such row.
        """
        for row in self.rows:
            if (row.metric, row.label) == (metric, label):
                return row.value
        known = sorted({row.metric for row in self.rows})
        raise KeyError(
            f"no metric {metric!r} for label {label!r}; metrics: {', '.join(known)}; "
            f"labels: {', '.join(self.labels)}, or '' for all"
        )

    def to_json(self) -> dict[str, Any]:
        """Return the whole result in types of JSON; a missing value is None."""
        return {
            "labels": list(self.labels),
            "rows": self.frame(),
            "confusion": [list(row) for row in self.confusion],
            "n_articles": self.n_articles,
            "n_segments": self.n_segments,
            "level": self.level,
            "n_resamples": self.n_resamples,
            "notes": list(self.notes),
        }

    def to_text(self) -> str:
        """Return the result as a plain-text table; ends with a newline."""
        return text_table(self.to_json())


def evaluate_labels(
    y_true: Sequence[str],
    y_pred: Sequence[str],
    articles: Sequence[str],
    labels: Sequence[str],
    probabilities: ArrayLike | None = None,
    n: int = 1000,
    level: float = 0.95,
    seed: int = 0,
) -> Evaluation:
    """Score predictions.

    Parameters
    ----------
    y_true, y_pred
        A label a segment.
    articles
        The article of each segment; intervals resample whole articles.
    labels
        All labels that may occur.
    probabilities
        Shape (n_segments, n_classes), columns in the order of `labels`; adds log
        loss, Brier score and expected calibration error. They are judged by
        themselves: `y_pred` need not be their best class.
    n, level, seed
        Resamples, level and seed of the intervals.

    Raises
    ------
    DataError
        The arrays do not fit each other, a label is unknown, a row of
        probabilities is no distribution, or `n` or `level` is out of range.
    """
    table = bootstrap(y_true, y_pred, articles, labels, n, level, seed)
    rows, notes = table.rows, table.notes
    if probabilities is not None:
        checked = checked_probabilities(probabilities, len(y_true), labels)
        codes = label_codes(y_true, labels, "y_true")
        losses = {
            "log_loss": log_losses(codes, checked),
            "brier": brier_losses(codes, checked),
        }
        rows += bootstrap_means(losses, articles, n, level, seed)
        rows += (calibration_error_row(codes, checked, articles, n, level, seed),)
        notes += (CALIBRATION_NOTE,)
    return Evaluation(
        tuple(labels),
        rows,
        table.confusion,
        table.n_articles,
        len(y_true),
        level,
        n,
        notes,
    )
