"""The ablation's document: seeds averaged, intervals and paired tests over articles."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from variants import Variant

from mlpkg.data.gold import GoldPage
from mlpkg.evaluation.bootstrap import percentile_interval, resampled_sums
from mlpkg.evaluation.comparison import holm
from mlpkg.evaluation.metrics import rates
from mlpkg.evaluation.report_table import interval_cell
from mlpkg.evaluation.sign_flip import sign_flip
from mlpkg.labels import DEFAULT_SCHEME
from mlpkg.report.figures import markdown_table

sys.path.append(str(Path(__file__).resolve().parents[1]))

from scored_pages import scored_table
from stored_lines import Line

# Of articles, and swaps a test; their seed, so that all rows draw the same articles.
RESAMPLES, LEVEL, SEED = 2000, 0.95, 0
ABOUT = """# Ablation of the family

Made by `python experiments/models/ablation.py`, not to be edited. Every row is fitted
on corpus:train as HTML with several seeds."""
ABOUT_SCORES = f"""Macro-F1 and F1 by label are means over the fits of a row; "fits" are
the lowest and the highest of them. Brackets hold the {100 * LEVEL:g}% interval over the
scored articles ({RESAMPLES} resamples, the same for all rows; in each the fits' mean):
what other articles would move, not what other seeds would. A difference is the row less
the base row, its interval paired by article."""
ABOUT_TEST = """p is of the paired sign-flip test over articles against the base row, on
the counts of a row's fits averaged, corrected for the number of rows (Holm)."""

Counts = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Difference:
    """Macro-F1 of a row less that of the base row, and whether chance gives as much."""

    value: float
    low: float | None
    high: float | None
    p_value: float


def counts_of(lines: Sequence[Line], data: str) -> Counts:
    """Return confusion counts, shape (n_fits, n_articles, n_labels, n_labels)."""
    k = len(DEFAULT_SCHEME.names)
    found = [line["scores"][data]["counts"] for line in lines]
    return np.array(
        [[own[article] for article in sorted(found[0])] for own in found], np.float64
    ).reshape(len(lines), -1, k, k)


def mean_score(counts: Counts) -> float:
    """Return macro-F1, averaged over fits."""
    return float(rates(counts.sum(axis=1)).macro_f1.mean())


def resampled_scores(counts: Counts) -> NDArray[np.float64]:
    """Return `mean_score` of resamples of articles; those of equal articles pair."""
    fits, articles, k, _ = counts.shape
    table = counts.swapaxes(0, 1).reshape(articles, -1)
    sums = resampled_sums(table, RESAMPLES, SEED).reshape(-1, fits, k, k)
    return rates(sums).macro_f1.mean(axis=1)


def difference(base: Counts, other: Counts) -> Difference:
    """Set a row against the base row."""
    samples = resampled_scores(other) - resampled_scores(base)
    pair = np.stack([base.mean(axis=0), other.mean(axis=0)], axis=1)
    return Difference(
        mean_score(other) - mean_score(base),
        *percentile_interval(samples, LEVEL),
        sign_flip(pair, RESAMPLES, SEED)[0],
    )


def document(
    variants: Sequence[Variant],
    rows: Mapping[str, Sequence[Line]],
    base: str,
    data: Mapping[str, Sequence[GoldPage]],
    audits: Mapping[str, str],
    tested: str,
) -> str:
    """Write the tables.

    Parameters
    ----------
    variants
        All rows.
    rows
        The lines of each row's fits, by name.
    base
        Name of the row that the others are set against.
    data, audits
        What they are scored on, and its leakage audit.
    tested
        The data set on which differences are tested.
    """
    parts = [ABOUT, ABOUT_SCORES, ABOUT_TEST]
    fitted = {name: lines for name, lines in rows.items() if lines}
    for name in data if fitted else ():
        table = score_table(fitted, base, name, tested=name == tested)
        parts += [f"## {name[0].upper()}{name[1:]}", table]
    missing = [name for name in rows if name not in fitted]
    if missing:
        parts.append(f"Not fitted yet: {', '.join(missing)}.")
    parts += ["## Rows", variant_table(variants, rows)]
    parts += ["## Scored on", scored_table(data, audits)]
    return "\n\n".join(parts) + "\n"


def score_table(
    rows: Mapping[str, Sequence[Line]], base: str, data: str, *, tested: bool
) -> str:
    """Write the scores of all rows on one data set."""
    counts = {name: counts_of(lines, data) for name, lines in rows.items()}
    found = {
        name: difference(counts[base], own)
        for name, own in counts.items()
        if base in counts and name != base
    }
    corrected = holm([own.p_value for own in found.values()]) if found else []
    p_values = dict(zip(found, corrected, strict=True))
    head = ["row", "macro-F1", "fits", *DEFAULT_SCHEME.names, f"less {base}"]
    body = [
        [
            name,
            *_score_cells(own),
            _difference_cell(found.get(name)),
            *([_p_cell(p_values.get(name))] if tested else []),
        ]
        for name, own in counts.items()
    ]
    return markdown_table([*head, *(["p"] if tested else [])], body)


def variant_table(
    variants: Sequence[Variant], rows: Mapping[str, Sequence[Line]]
) -> str:
    """Write what each row is and what its fits took."""
    body = []
    for variant in variants:
        lines = rows[variant.name]
        seconds = [line["seconds"] for line in lines]
        what = ", ".join(f"`{setting}`" for setting in variant.overrides)
        spent = f"{np.mean(seconds):.0f}" if seconds else "–"
        cells = [f"`{variant.source}`", what or "–", str(len(lines)), spent]
        body.append([variant.name, *cells])
    return markdown_table(["row", "config", "with", "fits", "seconds a fit"], body)


def _score_cells(counts: Counts) -> list[str]:
    """Write macro-F1 with its interval, the fits' range, F1 by label."""
    low, high = percentile_interval(resampled_scores(counts), LEVEL)
    own = rates(counts.sum(axis=1))
    score: dict[str, Any] = {"value": mean_score(counts), "low": low, "high": high}
    spread = f"{own.macro_f1.min():.3f}–{own.macro_f1.max():.3f}"
    by_label = own.f1.mean(axis=0)
    cells = ["–" if np.isnan(value) else f"{value:.3f}" for value in by_label]
    return [interval_cell(score), spread if len(counts) > 1 else "one", *cells]


def _difference_cell(found: Difference | None) -> str:
    """Write a difference with its interval; none for the base row itself."""
    if found is None:
        return "–"
    if found.low is None:
        return f"{found.value:+.3f}"
    return f"{found.value:+.3f} [{found.low:+.3f}, {found.high:+.3f}]"


def _p_cell(p_value: float | None) -> str:
    """Write a corrected p-value."""
    if p_value is None:
        return "–"
    return "<0.001" if p_value < 0.001 else f"{p_value:.3f}"
