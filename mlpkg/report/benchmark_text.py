"""A benchmark as Markdown: the whole of it, and the README's table."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from mlpkg.report.benchmark_boards import Benchmark, Board
from mlpkg.report.benchmark_cells import (
    NONE,
    Column,
    board_columns,
    score_cell,
    time_columns,
)
from mlpkg.report.benchmark_records import Task
from mlpkg.report.figures import markdown_table

__all__ = ["LEGEND", "board_words", "markdown_page", "readme_tables", "task_facts"]

LEGEND = (
    "Brackets hold the bootstrap interval over articles; where a classifier ran with "
    "several seeds, figures are their mean and the lowest and highest seed stand "
    "beside it. ≈ best: not distinguishable from the best line by a paired test over "
    "articles, Holm-corrected over the table."
)
_DEVELOPMENT = (
    "Development part: choices may have been made on it, so it is no fair estimate and "
    "stands beside no published test figure."
)
# The README shows what a reader chooses by; the rest stands in the page.
_README_COLUMNS = (
    "classifier",
    "train",
    "value",
    "seeds",
    "mark",
    "segments_per_second",
    "latency_p50_ms",
    "peak_memory_mb",
    "size_mb",
    "train_seconds",
    "remark",
)
_SAID = ("machine", "threads", "date")
# A bracket alone is no link, and intervals are easier to read without strokes.
_SPECIAL = re.compile(r"([\\`*_<>|~$&]|\](?=\())")


def markdown_page(benchmark: Benchmark) -> str:
    """Write all tables of a benchmark as Markdown; ends with a newline."""
    parts = ["# Benchmark", *_legend(benchmark)]
    parts += [f"- {_escaped(note)}" for note in benchmark.notes]
    for board in benchmark.boards:
        parts += [f"## {_escaped(board.title)} ({board.part})", *_words(board)]
        parts.append(_table(board_columns(board)))
        if board.labels:
            parts += ["F1 by label:", _label_table(board)]
        if times := time_columns(board):
            parts += ["Time by stage:", _table(times)]
    if benchmark.tasks:
        parts += ["## Tasks", *map(_task_lines, benchmark.tasks)]
    if benchmark.settings:
        parts.append("## How it was measured")
        parts += [
            "\n".join(f"- {name}: {_escaped(value)}" for name, value in setting.facts())
            for setting in benchmark.settings
        ]
    return "\n\n".join(parts) + "\n"


def readme_tables(benchmark: Benchmark) -> str:
    """Write the tables for a README, one a task that classifiers learned whole.

    Few-shot and cross-corpus tables are left to the page.
    """
    parts: list[str] = []
    for board in benchmark.boards:
        if board.kind == "in-corpus":
            parts.append(f"**{_escaped(board.title)} ({board.part} part)**")
            columns = [c for c in board_columns(board) if c.key in _README_COLUMNS]
            parts += [*_words(board), _table(columns)]
    for setting in benchmark.settings:
        facts = (f"{name} {fact}" for name, fact in setting.facts() if name in _SAID)
        parts.append(f"Measured with {_escaped('; '.join(facts))}.")
    return "\n\n".join([*parts, *_legend(benchmark)])


def board_words(board: Board) -> tuple[str, ...]:
    """Say what a reader must know of a table before its figures."""
    return (_DEVELOPMENT, *board.notes) if board.part == "development" else board.notes


def task_facts(task: Task) -> list[tuple[str, str]]:
    """Return names and values of a task's metadata; empty ones say so."""
    names = {
        "origin": task.origin,
        "revision": task.revision,
        "licence": task.licence,
        "citation": task.citation,
        "checksum": task.checksum,
        "field scored": task.field,
        "main score": task.main_score,
        "part": task.part,
    }
    return [(name, value or "not stated") for name, value in names.items()]


def _legend(benchmark: Benchmark) -> list[str]:
    """Say how to read the figures."""
    if benchmark.reference is None:
        return [LEGEND]
    name = _escaped(benchmark.reference)
    return [LEGEND, f"Multiples (×) are of {name} on the same task."]


def _words(board: Board) -> list[str]:
    """Write the notes of a table."""
    return [_escaped(words) for words in board_words(board)]


def _table(columns: Sequence[Column]) -> str:
    """Write columns as a table."""
    rows = zip(*(column.cells for column in columns), strict=True)
    return markdown_table(
        [_escaped(column.title) for column in columns],
        [[_escaped(cell.words) for cell in row] for row in rows],
    )


def _label_table(board: Board) -> str:
    """Write F1 by label of the lines that have it."""
    rows = [
        [_escaped(line.classifier), *_label_cells(board, number)]
        for number, line in enumerate(board.lines)
        if line.per_class
    ]
    return markdown_table(["classifier", *map(_escaped, board.labels)], rows)


def _label_cells(board: Board, number: int) -> Iterator[str]:
    """Write F1 of each label of one line."""
    scores = board.lines[number].per_class
    for label in board.labels:
        yield _escaped(score_cell(scores[label].f1).words) if label in scores else NONE


def _task_lines(task: Task) -> str:
    """Write the metadata of a task."""
    facts = [f"- {name}: {_escaped(value)}" for name, value in task_facts(task)]
    return "\n".join([f"### {_escaped(task.title or task.name)}", "", *facts])


def _escaped(words: str) -> str:
    """Take from words what Markdown would read as markup."""
    return _SPECIAL.sub(r"\\\1", words)
