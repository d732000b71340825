"""Cross-corpus heat maps: what a classifier learned from against what it judges."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from mlpkg.evaluation.report_table import metric_title
from mlpkg.report.benchmark_boards import Board
from mlpkg.report.benchmark_lines import Line
from mlpkg.report.benchmark_records import Part

__all__ = ["HeatCell", "HeatMap", "heat_maps"]


@dataclass(frozen=True, slots=True)
class HeatCell:
    """A main score; `own` says that the task's own corpus trained the classifier."""

    value: float
    interval: str
    own: bool


@dataclass(frozen=True, slots=True)
class HeatMap:
    """One classifier: a row a training corpus, a column a task of one part."""

    classifier: str
    part: Part
    tasks: tuple[tuple[str, str], ...]
    rows: tuple[tuple[str, tuple[HeatCell | None, ...]], ...]


def heat_maps(boards: Sequence[Board]) -> list[HeatMap]:
    """Make a heat map of each classifier and part that was tried across corpora.

    Parameters
    ----------
    boards
        All boards of a benchmark; few-shot ones are left aside.
    """
    maps = []
    whole = [board for board in boards if board.kind != "few-shot"]
    for part in dict.fromkeys(board.part for board in whole):
        own_part = [board for board in whole if board.part == part]
        across = [board for board in own_part if board.kind == "cross-corpus"]
        scored = [line for board in across for line in board.lines if line.rank]
        for classifier in sorted({line.classifier for line in scored}):
            maps.append(_heat_map(classifier, part, own_part))
    return maps


def _heat_map(classifier: str, part: Part, boards: Sequence[Board]) -> HeatMap:
    """Make the heat map of one classifier over the boards of one part."""
    found: dict[tuple[str, str], HeatCell] = {}
    tasks: dict[str, str] = {}
    for board in boards:
        for line in board.lines:
            if line.classifier == classifier and line.main.value is not None:
                tasks[board.task] = metric_title(board.main_score)
                train = line.train or "not stated"
                found[train, board.task] = _cell(line, board)
    trains = dict.fromkeys(train for train, _ in found)
    return HeatMap(
        classifier,
        part,
        tuple(tasks.items()),
        tuple(
            (train, tuple(found.get((train, task)) for task in tasks))
            for train in trains
        ),
    )


def _cell(line: Line, board: Board) -> HeatCell:
    """Take a line's main score."""
    score = line.main
    known = score.low is not None and score.high is not None
    interval = f"{score.low:.2f}–{score.high:.2f}" if known else ""
    return HeatCell(score.value or 0.0, interval, board.kind == "in-corpus")
