"""A benchmark as one self-contained HTML page.

It needs no network. Its one script, which sorts tables, is named by its hash, so that
the page's own policy lets no other run; without it the tables stand ranked.
"""

from __future__ import annotations

import base64
import hashlib
from dataclasses import dataclass

from mlpkg.evaluation.report_table import metric_title
from mlpkg.report.benchmark_boards import Benchmark, Board
from mlpkg.report.benchmark_cells import (
    Column,
    board_columns,
    board_remarks,
    time_columns,
)
from mlpkg.report.benchmark_curve import CurveFigure, few_shot_figure
from mlpkg.report.benchmark_heat import heat_maps
from mlpkg.report.benchmark_lines import COSTS, Line
from mlpkg.report.benchmark_records import Published
from mlpkg.report.benchmark_scatter import ScatterFigure, cost_figure
from mlpkg.report.benchmark_text import LEGEND, board_words, task_facts
from mlpkg.report.page_html import _environment

__all__ = ["benchmark_page"]

_DRAWN = ("segments_per_second", "peak_memory_mb", "size_mb")
_KINDS = {
    "in-corpus": "Trained on the task's own corpus",
    "cross-corpus": "Trained on another corpus",
    "few-shot": "Trained on few pages",
}
# A first click shows the best in front: the highest score, speed or p-value, and the
# lowest of all else.
_HIGHEST_FIRST = {cost.key for cost in COSTS if cost.more_is_better} | {"value", "mark"}


@dataclass(frozen=True, slots=True)
class _Table:
    """A board with its place in the page."""

    id: str
    board: Board
    columns: list[Column]
    remarks: list[tuple[str, str]]
    words: tuple[str, ...]
    figures: tuple[ScatterFigure, ...]
    times: list[Column]
    published: tuple[Published, ...]

    @property
    def rows(self) -> list[tuple[int, Line]]:
        """The lines with their positions."""
        return list(enumerate(self.board.lines))


def benchmark_page(benchmark: Benchmark, title: str = "Benchmark") -> str:
    """Write a benchmark as one HTML document.

    Parameters
    ----------
    benchmark
        Its tables.
    title
        Title of the document.

    Returns
    -------
    str
        The document, a few kilobytes a line of its tables.
    """
    environment = _environment()
    loader = environment.loader
    assert loader is not None  # noqa: S101 (the package's environment has one)
    script = loader.get_source(environment, "benchmark.js")[0].strip()
    tables = [
        _table(f"board-{position}", board, benchmark)
        for position, board in enumerate(benchmark.boards)
    ]
    html: str = environment.get_template("benchmark.html").render(
        title=title,
        legend=(),
        script=script,
        script_hash=_hash(script),
        words=LEGEND,
        benchmark=benchmark,
        kinds=[
            (kind, name, [table for table in tables if table.board.kind == kind])
            for kind, name in _KINDS.items()
            if any(table.board.kind == kind for table in tables)
        ],
        glances=_glances(benchmark),
        heats=heat_maps(benchmark.boards),
        curves=_curves(benchmark),
        highest_first=_HIGHEST_FIRST,
        task_facts=task_facts,
        metric_title=metric_title,
    )
    return html


def _hash(script: str) -> str:
    """Return what the page's policy knows its script by."""
    digest = hashlib.sha256(script.encode()).digest()
    return f"sha256-{base64.b64encode(digest).decode()}"


def _table(place: str, board: Board, benchmark: Benchmark) -> _Table:
    """Set out a board with its figures."""
    figures = (cost_figure(board, cost) for cost in COSTS if cost.key in _DRAWN)
    published = [
        figure
        for task in benchmark.tasks
        if task.name == board.task and board.part == "test"
        for figure in task.published
    ]
    return _Table(
        id=place,
        board=board,
        columns=[c for c in board_columns(board) if c.key != "remark"],
        remarks=board_remarks(board),
        words=board_words(board),
        figures=tuple(figure for figure in figures if figure is not None),
        times=time_columns(board),
        published=tuple(published),
    )


def _glances(
    benchmark: Benchmark,
) -> list[tuple[str, list[tuple[Board, Line, list[Line]]]]]:
    """Give the best line of each table and its equals, part by part."""
    found: dict[str, list[tuple[Board, Line, list[Line]]]] = {}
    for board in benchmark.boards:
        if board.lines and board.lines[0].rank is not None:
            equals = [line for line in board.lines if line.mark == "indistinguishable"]
            entry = (board, board.lines[0], equals)
            found.setdefault(board.part, []).append(entry)
    return list(found.items())


def _curves(benchmark: Benchmark) -> list[tuple[str, CurveFigure]]:
    """Draw a few-shot curve for each task and part."""
    grouped: dict[tuple[str, str], list[Board]] = {}
    for board in benchmark.boards:
        if board.kind == "few-shot":
            grouped.setdefault((board.task, board.part), []).append(board)
    figures = [(part, few_shot_figure(boards)) for (_, part), boards in grouped.items()]
    return [(part, figure) for part, figure in figures if figure is not None]
