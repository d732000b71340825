"""Marks a benchmark's lines: tests against the best, costs against a reference."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from mlpkg.report.benchmark_lines import COSTS, Line, Mark
from mlpkg.report.benchmark_records import Comparison, Opponent

__all__ = ["marked", "with_ratios"]


def marked(
    lines: Sequence[Line], comparison: Comparison | None
) -> tuple[list[Line], tuple[str, ...]]:
    """Mark ranked lines by their tests against the best one.

    Returns
    -------
    tuple
        The lines, and what a reader must know of the tests.
    """
    n_scored = sum(line.rank is not None for line in lines)
    if comparison is None:
        lone = "No paired tests are stored for this table: differences are untested."
        return list(lines), (lone,) if n_scored > 1 else ()
    best = (comparison.best.classifier, comparison.best.train)
    if not any((x.classifier, x.train) == best and x.rank == 1 for x in lines):
        stale = (
            f"The stored tests are against {best[0]}, which is not the best line of "
            "this table: they are left out; run `mlpkg benchmark` again to renew them."
        )
        return list(lines), (stale,)
    tests = {(row.classifier, row.train): row for row in comparison.rows}
    return [_mark(line, best, tests) for line in lines], ()


def _mark(
    line: Line,
    best: tuple[str, str | None],
    tests: Mapping[tuple[str, str | None], Opponent],
) -> Line:
    """Mark one line."""
    key = (line.classifier, line.train)
    if key == best:
        return replace(line, mark="best")
    test = tests.get(key)
    if test is None or line.rank is None:
        return line
    mark: Mark = "indistinguishable" if test.indistinguishable else "worse"
    return replace(line, mark=mark, p=test.p)


def with_ratios(lines: Sequence[Line], reference: str | None) -> list[Line]:
    """Take each line's costs as multiples of the reference's, where it has a score."""
    base = next(
        (x for x in lines if x.classifier == reference and x.rank is not None), None
    )
    if base is None:
        return list(lines)
    return [
        replace(
            line,
            ratios={
                cost.key: _ratio(line.costs[cost.key], base.costs[cost.key])
                for cost in COSTS
            },
        )
        for line in lines
    ]


def _ratio(value: float | None, base: float | None) -> float | None:
    """Divide where both are known."""
    return value / base if value is not None and base else None
