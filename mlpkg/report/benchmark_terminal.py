"""A benchmark on a terminal: one table a task, with the columns that find room."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal

from mlpkg.report.benchmark_boards import Benchmark, Board
from mlpkg.report.benchmark_cells import Column, board_columns, board_remarks
from mlpkg.report.benchmark_lines import COSTS
from mlpkg.report.benchmark_text import board_words

if TYPE_CHECKING:
    from rich.console import Console, ConsoleOptions, RenderableType

__all__ = ["TerminalTables"]

# What a narrow terminal does without, the first first: the small print of costs, then
# columns. Names, scores and tests stay.
_DROPPED = (
    "size_mb",
    "train_seconds",
    "latency_p50_ms",
    "peak_memory_mb",
    "seeds",
    "segments_per_second",
    "rank",
    "train",
)
_COSTS = {cost.key for cost in COSTS}
# Narrower than this a name would be broken into pieces that nobody reads.
_LEAST_NAME = 12
# Blanks and the line between two columns.
_PADDING = 3


@dataclass(frozen=True, slots=True)
class TerminalTables:
    """All tables of a benchmark as something that rich prints."""

    benchmark: Benchmark

    def __rich_console__(
        self, console: Console, options: ConsoleOptions
    ) -> Iterator[RenderableType]:
        """Yield the tables at the width of the terminal."""
        from rich.text import Text

        for board in self.benchmark.boards:
            yield from _board(board, options.max_width)
            yield Text()
        for note in self.benchmark.notes:
            yield Text(f"note: {note}")


def _board(board: Board, width: int) -> Iterator[RenderableType]:
    """Yield one table, then what its lines remark."""
    from rich import box
    from rich.table import Table
    from rich.text import Text

    columns, dropped = _fitting(board_columns(board), width)
    table = Table(
        title=Text(f"{board.title} ({board.part} part)"),
        title_justify="left",
        box=box.SIMPLE_HEAD,
        pad_edge=False,
        show_edge=False,
    )
    spare = width - sum(map(_width, columns))
    for column in columns:
        room = _width(column) - _PADDING
        if column.key == "classifier" and spare < 0:
            room = max(room + spare, _LEAST_NAME)
        justify: Literal["left", "right"] = "right" if column.numeric else "left"
        title = Text(column.title)
        table.add_column(title, justify=justify, overflow="fold", width=room)
    for cells in zip(*(column.cells for column in columns), strict=True):
        table.add_row(*(Text(cell.words) for cell in cells))
    yield table
    yield from (Text(words) for words in _notes(board, dropped))


def _notes(board: Board, dropped: Sequence[str]) -> Iterator[str]:
    """Yield the sentences under a table."""
    yield from board_words(board)
    yield from (f"{name}: {remark}" for name, remark in board_remarks(board))
    if dropped:
        yield f"left out for want of room: {'; '.join(dropped)}"


def _fitting(columns: Sequence[Column], width: int) -> tuple[list[Column], list[str]]:
    """Leave out columns until the rest fits; remarks stand under the table."""
    kept = [column for column in columns if column.key != "remark"]
    if sum(map(_width, kept)) > width:
        kept = [_bare(column) if column.key in _COSTS else column for column in kept]
    dropped: list[str] = []
    for key in _DROPPED:
        if sum(map(_width, kept)) <= width:
            return kept, dropped
        dropped += [column.title for column in kept if column.key == key]
        kept = [column for column in kept if column.key != key]
    if sum(map(_width, kept)) > width:
        kept = [_bare(column) for column in kept]
        dropped.append("intervals")
    return kept, dropped


def _bare(column: Column) -> Column:
    """Leave out what stands beside the values of a column."""
    cells = tuple(replace(cell, detail="") for cell in column.cells)
    return replace(column, cells=cells)


def _width(column: Column) -> int:
    """Measure a column whose title may be broken at blanks."""
    from rich.cells import cell_len

    words = [*column.title.split(), *(cell.words for cell in column.cells)]
    return max(map(cell_len, words)) + _PADDING
