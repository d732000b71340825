"""The result of a tuning: one table of trials, the choice, and what it is worth."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from mlpkg.config import Config
from mlpkg.evaluation import Evaluation
from mlpkg.evaluation.audit_table import Audit
from mlpkg.evaluation.report_table import aligned
from mlpkg.training.search_space import Trial

__all__ = ["ALL", "TrialRow", "TuneResult", "best_row"]

# Stands in the table where others have the number of an outer fold.
ALL = "all"


@dataclass(frozen=True, slots=True)
class TrialRow:
    """One trial, scored by cross-validation over some of the pages.

    Parameters
    ----------
    trial
        What was tried.
    outer
        The outer fold, from 1, that was held out meanwhile, or ``all`` where none
        was.
    scores
        Macro-F1 by inner fold; empty after a failure.
    seconds
        Time of all its fits.
    error
        Why there is no score, else empty.
    """

    trial: Trial
    outer: int | str
    scores: tuple[float, ...]
    seconds: float
    error: str = ""

    @property
    def mean(self) -> float | None:
        """Mean of the scores."""
        return float(np.mean(self.scores)) if self.scores else None

    @property
    def deviation(self) -> float | None:
        """Standard deviation of the scores, as of a sample."""
        return float(np.std(self.scores, ddof=1)) if self.scores else None

    def to_json(self) -> dict[str, Any]:
        """Return the row as a mapping from column to value."""
        return {
            "trial": self.trial.number,
            **self.trial.leaves,
            "outer": self.outer,
            "macro_f1": self.mean,
            "deviation": self.deviation,
            "seconds": round(self.seconds, 3),
            "error": self.error,
        }


@dataclass(frozen=True, slots=True)
class TuneResult:
    """What a tuning found.

    Parameters
    ----------
    path
        The run folder; ``best.yaml`` in it is for `mlpkg train`.
    rows
        The table: all trials of the first outer fold, of the next, …, of all pages.
    chosen
        The trial that was best within each outer fold's training pages.
    best
        The trial that was best over all pages.
    config
        Its config.
    nested
        Every page judged by the trial that was chosen without it: the score of the
        whole procedure, untouched by the choice.
    folds
        Inner folds behind each row.
    audit
        The leakage audit of the outer folds: each check shows its worst fold.
    """

    path: Path
    rows: tuple[TrialRow, ...]
    chosen: tuple[int, ...]
    best: int
    config: Config
    nested: Evaluation
    folds: int
    audit: Audit

    @property
    def failures(self) -> int:
        """How many rows have an error in place of a score."""
        return sum(bool(row.error) for row in self.rows)

    def frame(self) -> list[dict[str, Any]]:
        """Return the table as rows of trial, a column a leaf, outer and scores."""
        return [row.to_json() for row in self.rows]

    def to_json(self) -> dict[str, Any]:
        """Return the choice and the nested score; the table is apart."""
        best = next(row for row in self._final() if row.trial.number == self.best)
        return {
            "best": best.to_json(),
            "chosen": list(self.chosen),
            "inner_folds": self.folds,
            "outer_folds": len(self.chosen),
            "failures": self.failures,
            "nested": self.nested.to_json(),
            "audit": self.audit.to_json(),
        }

    def to_text(self) -> str:
        """Return the trials over all pages and the nested score; ends with a newline.

        The trial that was chosen has a star.
        """
        final = self._final()
        names = list(final[0].trial.leaves)
        head = ["trial", *names, "macro-F1", "chosen in outer folds", "seconds"]
        lines = [head, *(self._cells(row) for row in final)]
        return (
            f"{aligned(lines)}\n\n"
            f"macro-F1: mean and standard deviation over {self.folds} folds by "
            f"article; the best of {len(final)} trials flatters itself.\n"
            f"What tuning like this is worth, judged on {len(self.chosen)} outer "
            f"folds that had no part in the choice:\n\n{self.nested.to_text()}"
        )

    def _final(self) -> list[TrialRow]:
        """Return the rows over all pages."""
        return [row for row in self.rows if row.outer == ALL]

    def _cells(self, row: TrialRow) -> list[str]:
        """Write one trial over all pages."""
        number = row.trial.number
        won = [str(k) for k, trial in enumerate(self.chosen, 1) if trial == number]
        score = "failed" if row.error else f"{row.mean:.3f} ± {row.deviation:.3f}"
        return [
            f"{number}{' *' if number == self.best else ''}",
            *row.trial.shown().values(),
            score,
            ", ".join(won) or "-",
            f"{row.seconds:.1f}",
        ]


def best_row(rows: Sequence[TrialRow]) -> TrialRow | None:
    """Return the row of the highest mean, the first of equal ones.

    None where every trial failed.
    """
    scored = [row for row in rows if row.scores]
    return max(scored, key=lambda row: row.mean or 0.0, default=None)
