"""Which rows are not to be told from the best: paired tests over articles.

Rows that share task, part, kind and, for few-shot, the number of pages are one table.
Seeds of one classifier are averaged before they are tested.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mlpkg.benchmark.row_file import counts_path, read_counts
from mlpkg.evaluation.comparison import holm
from mlpkg.evaluation.sign_flip import mean_sign_flip, sign_flip
from mlpkg.evaluation.text_overlap import ShingleCounts
from mlpkg.report.benchmark_records import Comparison, Opponent, Row
from mlpkg.report.benchmark_rows import read_row

__all__ = ["LEVEL", "compare_rows"]

# A corrected p-value below it tells a row from the best one.
LEVEL = 0.05
# Swaps a test; its seed.
SWAPS, SEED = 2000, 0


@dataclass(frozen=True, slots=True)
class _Entry:
    """One classifier in a table, its seeds averaged."""

    opponent: tuple[str, str | None]
    score: float
    pages: tuple[str, ...]
    counts: NDArray[np.float64]


def compare_rows(paths: Sequence[Path]) -> list[Comparison]:
    """Test every row against the best of its table.

    Parameters
    ----------
    paths
        Files of rows; those that did not go well are left out.

    Returns
    -------
    list of Comparison
        One a table with two classifiers or more that judged the same articles.
    """
    tables: dict[tuple[Any, ...], dict[tuple[Any, ...], list[tuple[Path, Row]]]] = {}
    for path in paths:
        row = read_row(path)
        if row.status == "ok" and counts_path(path).is_file():
            few = row.n_train_pages if row.kind == "few-shot" else None
            table = tables.setdefault((row.task, row.part, row.kind, few), {})
            table.setdefault((row.classifier, row.train), []).append((path, row))
    found = []
    for (task, part, kind, few), table in tables.items():
        entries = [_entry(name, rows) for name, rows in table.items()]
        opponents = _tested(entries)
        if len(opponents) > 1:
            best = next(o for o in opponents if o.p is None)
            found.append(Comparison(task, part, kind, best, tuple(opponents), few))
    return found


def _entry(
    opponent: tuple[str, str | None], rows: Sequence[tuple[Path, Row]]
) -> _Entry:
    """Average the seeds of a classifier; of other articles than the first, none."""
    read = [read_counts(path) for path, _ in rows]
    pages = read[0][0]
    same = [i for i, (other, _) in enumerate(read) if other == pages]
    scores = [rows[i][1].scores[rows[i][1].main_score].value for i in same]
    counts = np.mean([read[i][1] for i in same], axis=0)
    return _Entry(
        opponent, float(np.mean([s or 0.0 for s in scores])), tuple(pages), counts
    )


def _tested(entries: Sequence[_Entry]) -> list[Opponent]:
    """Test the entries against the best; those on other articles are left out."""
    best = max(entries, key=lambda entry: entry.score)
    others = [
        entry for entry in entries if entry is not best and entry.pages == best.pages
    ]
    corrected = holm([_p_value(best, other) for other in others]) if others else []
    return [
        Opponent(*best.opponent, None, True),
        *(
            Opponent(*other.opponent, p, p >= LEVEL)
            for other, p in zip(others, corrected, strict=True)
        ),
    ]


def _p_value(best: _Entry, other: _Entry) -> float:
    """Test two entries: macro-F1 of confusions, or mean F1 of shingles."""
    if best.counts.ndim == 3:
        pair = np.stack([best.counts, other.counts], axis=1)
        return sign_flip(pair, SWAPS, SEED)[0]
    differences = _page_f1(best.counts) - _page_f1(other.counts)
    return mean_sign_flip(differences, SWAPS, SEED)


def _page_f1(counts: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the F1 of each page."""
    return np.array([ShingleCounts(*row).f1 for row in counts.tolist()])
