"""The columns of a benchmark's table as words, the same in every view."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from mlpkg.evaluation.report_table import metric_title
from mlpkg.report.benchmark_boards import Board
from mlpkg.report.benchmark_lines import COSTS, STAGES, Cost, Line
from mlpkg.report.benchmark_records import Score

__all__ = [
    "NONE",
    "Cell",
    "Column",
    "board_columns",
    "number",
    "score_cell",
    "time_columns",
]

NONE = "–"
_ALWAYS = ("rank", "classifier", "train", "value")
# What a reader chooses by stands in the main table; what is paid once a start stands
# with the stages, and the slow end of the latency beside its middle.
_ONCE = ("import_seconds", "warm_up_seconds")
_SHOWN = {cost.key for cost in COSTS} - {*_ONCE, "latency_p95_ms"}
# Noise moves these from day to day and from machine to machine; ratios move less.
_WITH_RATIO = ("segments_per_second", "peak_memory_mb", "train_seconds")
_LEAST_RATIO = 0.01


@dataclass(frozen=True, slots=True)
class Cell:
    """What stands in a table.

    Parameters
    ----------
    text
        The value in words.
    detail
        What stands beside it in smaller letters.
    value
        What the column is sorted by; None stands last.
    """

    text: str
    detail: str = ""
    value: float | str | None = None

    @property
    def words(self) -> str:
        """Value and detail on one line."""
        return f"{self.text} {self.detail}".rstrip()


@dataclass(frozen=True, slots=True)
class Column:
    """A column: its key and title, whether it holds numbers, a cell a line."""

    key: str
    title: str
    numeric: bool
    cells: tuple[Cell, ...]

    @property
    def sorted_by_number(self) -> bool:
        """Whether the values are numbers, though the cells may hold words."""
        return not any(isinstance(cell.value, str) for cell in self.cells)


def board_columns(board: Board) -> list[Column]:
    """Lay out the table of a board.

    Returns
    -------
    list of Column
        Place, classifier, what it learned from where that differs, main score, its
        seeds, test against the best, then the costs that were measured and remarks,
        each only where a line has any.
    """
    lines = board.lines
    title = metric_title(board.main_score) or "score"
    columns = [
        _column("rank", "#", lines, _rank_cell, numeric=True),
        _column("classifier", "classifier", lines, _name_cell),
        _column("train", "trained on", lines, _train_cell),
        _column("value", title, lines, _main_cell, numeric=True),
        _column("seeds", "seeds", lines, _seeds_cell),
        _column("mark", "against the best", lines, _mark_cell),
        *(_cost_column(cost, lines) for cost in COSTS if cost.key in _SHOWN),
        _column("remark", "remarks", lines, _remark_cell),
    ]
    left_out = set() if board.has_trainings else {"train"}
    return [
        column
        for column in columns
        if column.key not in left_out
        and (column.key in _ALWAYS or any(x.text != NONE for x in column.cells))
    ]


def board_remarks(board: Board) -> list[tuple[str, str]]:
    """Return names of lines and why their seeds failed or what they note."""
    remarks = ((board.name_of(line), _remark_cell(line).value) for line in board.lines)
    return [(name, str(remark)) for name, remark in remarks if remark is not None]


def time_columns(board: Board) -> list[Column]:
    """Lay out where the time goes: import, warm-up and the stages of the judging.

    Returns
    -------
    list of Column
        The classifier and what was measured; empty where nothing was.
    """
    lines = [line for line in board.lines if line.rank is not None]
    costs = (cost for cost in COSTS if cost.key in _ONCE)
    columns = [
        *(_cost_column(cost, lines) for cost in costs),
        *(_stage_column(stage, lines) for stage in STAGES),
    ]
    known = [x for x in columns if any(cell.text != NONE for cell in x.cells)]
    names = tuple(Cell(board.name_of(line)) for line in lines)
    return [Column("classifier", "classifier", False, names), *known] if known else []


def number(value: float | None) -> str:
    """Write a cost to three figures, thousands apart."""
    if value is None:
        return NONE
    if value >= 100:
        return f"{value:,.0f}"
    return f"{value:.3g}" if value >= 0.001 or value == 0 else "<0.001"


def score_cell(score: Score) -> Cell:
    """Write a score with its interval."""
    if score.value is None:
        return Cell(NONE)
    if score.low is None or score.high is None:
        return Cell(f"{score.value:.3f}", value=score.value)
    interval = f"[{score.low:.3f}, {score.high:.3f}]"
    return Cell(f"{score.value:.3f}", interval, score.value)


def _column(
    key: str,
    title: str,
    lines: Sequence[Line],
    cell_of: Callable[[Line], Cell],
    numeric: bool = False,
) -> Column:
    """Make a column of the same cell of each line."""
    return Column(key, title, numeric, tuple(map(cell_of, lines)))


def _cost_column(cost: Cost, lines: Sequence[Line]) -> Column:
    """Make the column of a cost."""

    def cell(line: Line) -> Cell:
        value = line.costs[cost.key]
        return Cell(number(value), _cost_detail(line, cost.key), value)

    return _column(cost.key, f"{cost.title}, {cost.unit}", lines, cell, numeric=True)


def _cost_detail(line: Line, key: str) -> str:
    """Write what stands beside a cost: the ratio, or the slow end of a latency."""
    if key == "latency_p50_ms":
        slow = line.costs["latency_p95_ms"]
        return "" if slow is None else f"(p95 {number(slow)})"
    ratio = (line.ratios or {}).get(key)
    if ratio is None or key not in _WITH_RATIO:
        return ""
    if ratio < _LEAST_RATIO:
        return f"(<{_LEAST_RATIO}×)"
    return f"({ratio:,.0f}×)" if ratio >= 10 else f"({ratio:.2g}×)"


def _stage_column(stage: str, lines: Sequence[Line]) -> Column:
    """Make the column of a stage."""

    def cell(line: Line) -> Cell:
        return Cell(number(line.stages[stage]), value=line.stages[stage])

    return _column(stage, f"{stage}, s", lines, cell, numeric=True)


def _rank_cell(line: Line) -> Cell:
    """Write the place."""
    return Cell(NONE if line.rank is None else str(line.rank), value=line.rank)


def _name_cell(line: Line) -> Cell:
    """Write the classifier's name."""
    return Cell(line.classifier, value=line.classifier)


def _train_cell(line: Line) -> Cell:
    """Write what it learned from."""
    return Cell(line.train or NONE, value=line.train)


def _main_cell(line: Line) -> Cell:
    """Write the main score, or how the line ended instead."""
    if line.rank is None:
        return Cell(line.status)
    return score_cell(line.main)


def _seeds_cell(line: Line) -> Cell:
    """Write the lowest and highest of several seeds."""
    if line.spread is None:
        return Cell(NONE)
    low, high = line.spread
    return Cell(f"{low:.3f} to {high:.3f}", value=high - low)


def _mark_cell(line: Line) -> Cell:
    """Write what the test against the best says."""
    p = "" if line.p is None else "p < 0.001" if line.p < 0.001 else f"p = {line.p:.3f}"
    if line.mark == "best":
        return Cell("best", value=2.0)
    if line.mark == "indistinguishable":
        return Cell("≈ best", f"({p})" if p else "", 1.0 if line.p is None else line.p)
    if line.mark == "worse":
        return Cell(p or "worse", value=line.p or 0.0)
    return Cell(NONE)


def _remark_cell(line: Line) -> Cell:
    """Write why seeds failed, and notes."""
    words = " ".join(part for part in (line.reason, *line.notes) if part)
    return Cell(words or NONE, value=words or None)
