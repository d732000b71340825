"""The tables of a benchmark: lines that may be compared, ranked and marked.

A board holds one task, one part and one kind of training (for few-shot, one number of
pages), so that a development figure never stands beside a test figure. It is the one
source of every view.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from mlpkg.exceptions import DataError
from mlpkg.report.benchmark_lines import Line, line_of
from mlpkg.report.benchmark_marks import marked, with_ratios
from mlpkg.report.benchmark_records import (
    BenchmarkFolder,
    Kind,
    Part,
    Row,
    Task,
)
from mlpkg.report.benchmark_settings import Setting, settings_of

__all__ = ["Benchmark", "Board", "boards_of"]

_KINDS = ("in-corpus", "cross-corpus", "few-shot")
_PARTS = ("test", "development", "user")


@dataclass(frozen=True, slots=True)
class Board:
    """Lines of one task that may be compared, the best first.

    Parameters
    ----------
    task, part, kind, n_train_pages
        What the lines share; the number of pages only for few-shot.
    main_score
        Name of the score that ranks; empty when no line has one.
    lines
        Ranked, then those without a score.
    tested
        Whether paired tests against the best line are stored.
    notes
        What a reader must know of this table.
    """

    task: str
    part: Part
    kind: Kind
    n_train_pages: int | None
    main_score: str
    lines: tuple[Line, ...]
    tested: bool
    notes: tuple[str, ...]

    @property
    def title(self) -> str:
        """Name of the table: the task, and how it was trained."""
        pages = f" from {self.n_train_pages} pages" if self.n_train_pages else ""
        return f"{self.task}, {self.kind}{pages}"

    @property
    def labels(self) -> tuple[str, ...]:
        """Labels of which a line has scores."""
        return tuple(
            dict.fromkeys(label for line in self.lines for label in line.per_class)
        )

    @property
    def has_trainings(self) -> bool:
        """Whether the lines differ in what they learned from."""
        trained = {line.train for line in self.lines if line.train}
        return self.kind == "cross-corpus" or len(trained) > 1

    def name_of(self, line: Line) -> str:
        """Name a line, with what it learned from where that tells lines apart."""
        named = self.has_trainings and line.train
        return f"{line.classifier} from {line.train}" if named else line.classifier

    def to_json(self) -> dict[str, Any]:
        """Return what the lines share, and the lines."""
        return {
            "task": self.task,
            "part": self.part,
            "kind": self.kind,
            "n_train_pages": self.n_train_pages,
            "main_score": self.main_score,
            "tested": self.tested,
            "notes": list(self.notes),
            "lines": [line.to_json() for line in self.lines],
        }


@dataclass(frozen=True, slots=True)
class Benchmark:
    """All tables of a benchmark, its tasks and the settings of its rows."""

    boards: tuple[Board, ...]
    tasks: tuple[Task, ...]
    settings: tuple[Setting, ...]
    reference: str | None
    notes: tuple[str, ...]


def boards_of(stored: BenchmarkFolder) -> Benchmark:
    """Average, rank and mark the rows of a benchmark.

    Raises
    ------
    DataError
        Rows of one table are ranked by different scores.
    """
    rows, replaced = _newest(stored.rows)
    grouped: dict[tuple[Any, ...], list[Row]] = {}
    for row in rows:
        grouped.setdefault(_board_key(row), []).append(row)
    names = [task.name for task in stored.tasks]
    keys = sorted(grouped, key=lambda key: _board_order(key, names))
    settings = settings_of(rows)
    notes = list(stored.notes)
    if replaced:
        notes.append(
            f"{replaced} rows of earlier revisions are left out: newer ones of the "
            "same classifier and task are shown."
        )
    if len(settings) > 1:
        notes.append(
            "The rows come from several machines or numbers of threads: compare "
            "quality, not speed, memory or training time."
        )
    return Benchmark(
        tuple(_board(grouped[key], stored) for key in keys),
        stored.tasks,
        settings,
        stored.reference,
        tuple(notes),
    )


def _line_key(row: Row) -> tuple[Any, ...]:
    """Return what the rows of one line share."""
    # Not the number of pages: a row that failed early does not know it.
    return (*_board_key(row), row.classifier, row.train)


def _board_key(row: Row) -> tuple[Any, ...]:
    """Return what the rows of one board share."""
    pages = row.n_train_pages if row.kind == "few-shot" else None
    return row.task, row.part, row.kind, pages


def _board_order(key: tuple[Any, ...], tasks: Sequence[str]) -> tuple[Any, ...]:
    """Order boards by kind, test parts in front, then as tasks are listed."""
    task, part, kind, pages = key
    place = tasks.index(task) if task in tasks else len(tasks)
    return _KINDS.index(kind), _PARTS.index(part), place, task, pages or 0


def _newest(rows: Sequence[Row]) -> tuple[list[Row], int]:
    """Keep of each line the rows of its newest revision; count the others."""
    newest: dict[tuple[Any, ...], Row] = {}
    for row in rows:
        known = newest.setdefault(_line_key(row), row)
        if row.date > known.date:
            newest[_line_key(row)] = row
    kept = [row for row in rows if row.revision == newest[_line_key(row)].revision]
    return kept, len(rows) - len(kept)


def _board(rows: Sequence[Row], stored: BenchmarkFolder) -> Board:
    """Make the table of rows that may be compared."""
    first = rows[0]
    main_score = _main_score(rows)
    grouped: dict[tuple[Any, ...], list[Row]] = {}
    for row in rows:
        grouped.setdefault(_line_key(row), []).append(row)
    lines = _ranked([line_of(seeds) for seeds in grouped.values()])
    pages = first.n_train_pages if first.kind == "few-shot" else None
    comparison = next(
        (
            found
            for found in stored.comparisons
            if (found.task, found.part, found.kind, found.n_train_pages)
            == (first.task, first.part, first.kind, pages)
        ),
        None,
    )
    tested, notes = marked(lines, comparison)
    return Board(
        task=first.task,
        part=first.part,
        kind=first.kind,
        n_train_pages=pages,
        main_score=main_score,
        lines=tuple(with_ratios(tested, stored.reference)),
        tested=any(line.mark != "untested" for line in tested),
        notes=notes,
    )


def _main_score(rows: Sequence[Row]) -> str:
    """Find the score that ranks a table."""
    names = {row.main_score: row for row in rows if row.status == "ok"}
    if len(names) > 1:
        ways = ", ".join(f"{name!r} ({row.classifier})" for name, row in names.items())
        raise DataError(
            f"task {rows[0].task!r}: rows are ranked by {ways}, expected one main "
            "score; run the benchmark again with --overwrite changed"
        )
    return next(iter(names), "")


def _ranked(lines: Sequence[Line]) -> list[Line]:
    """Order lines by their main score; equal ones share a rank."""
    scored = [line for line in lines if line.main.value is not None]
    scored.sort(key=lambda line: (-(line.main.value or 0.0), line.classifier))
    values = [line.main.value for line in scored]
    ranked = [replace(line, rank=values.index(line.main.value) + 1) for line in scored]
    rest = (line for line in lines if line.main.value is None)
    return [*ranked, *sorted(rest, key=lambda line: line.classifier)]
