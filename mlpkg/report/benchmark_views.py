"""All views of a benchmark folder: what the command line calls."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from mlpkg.report.benchmark_boards import Benchmark, boards_of
from mlpkg.report.benchmark_rows import read_benchmark

if TYPE_CHECKING:
    from mlpkg.report.benchmark_terminal import TerminalTables

__all__ = ["benchmark_json", "readme_table", "terminal_table", "write_views"]

SCHEMA = 1
# A spreadsheet takes a cell that begins so for a formula.
_FORMULA = ("=", "+", "-", "@")


def write_views(folder: Path) -> list[Path]:
    """Write a benchmark's rows as Markdown, CSV, JSON and HTML.

    Parameters
    ----------
    folder
        Holds ``rows/``, ``tasks.json`` and ``comparison.json``.

    Returns
    -------
    list of Path
        ``benchmark.md``, ``benchmark.csv``, ``benchmark.json`` and ``benchmark.html``
        in the folder; older ones are replaced.

    Raises
    ------
    DataError
        As `mlpkg.report.benchmark_rows.read_benchmark` raises it.
    """
    from mlpkg.data.record_writer import write_records
    from mlpkg.data.whole_file import whole_file
    from mlpkg.report.benchmark_page import benchmark_page
    from mlpkg.report.benchmark_text import markdown_page

    benchmark = boards_of(read_benchmark(folder))
    stored = json.dumps(benchmark_json(benchmark), indent=1, ensure_ascii=False)
    texts = {
        "benchmark.md": markdown_page(benchmark),
        "benchmark.json": f"{stored}\n",
        "benchmark.html": benchmark_page(benchmark),
    }
    for name, text in texts.items():
        with whole_file(folder / name) as draft:
            draft.write_text(text, encoding="utf-8", newline="\n")
    records, columns = _records(benchmark)
    write_records(folder / "benchmark.csv", records, columns)
    return [folder / f"benchmark.{suffix}" for suffix in ("md", "csv", "json", "html")]


def terminal_table(folder: Path) -> TerminalTables:
    """Return a benchmark's tables for `rich` to print.

    Raises
    ------
    DataError
        As `write_views` raises it.
    """
    from mlpkg.report.benchmark_terminal import TerminalTables

    return TerminalTables(boards_of(read_benchmark(folder)))


def readme_table(folder: Path) -> str:
    """Return the Markdown tables that a README shows; without a newline at the end.

    Raises
    ------
    DataError
        As `write_views` raises it.
    """
    from mlpkg.report.benchmark_text import readme_tables

    return readme_tables(boards_of(read_benchmark(folder)))


def benchmark_json(benchmark: Benchmark) -> dict[str, Any]:
    """Return all tables, tasks and settings in types of JSON."""
    return {
        "schema": SCHEMA,
        "reference": benchmark.reference,
        "notes": list(benchmark.notes),
        "boards": [board.to_json() for board in benchmark.boards],
        "tasks": [asdict(task) for task in benchmark.tasks],
        "settings": [asdict(setting) for setting in benchmark.settings],
    }


def _records(benchmark: Benchmark) -> tuple[list[dict[str, Any]], list[str]]:
    """Lay out every line of every table under the union of their columns."""
    records = []
    for board in benchmark.boards:
        shared = {
            "task": board.task,
            "part": board.part,
            "kind": board.kind,
            "n_train_pages": board.n_train_pages,
            "main_score": board.main_score,
        }
        records += [shared | line.to_json() for line in board.lines]
    columns = list(dict.fromkeys(key for record in records for key in record))
    return [_safe({key: row.get(key) for key in columns}) for row in records], columns


def _safe(record: Mapping[str, Any]) -> dict[str, Any]:
    """Set a quotation mark before words that a spreadsheet would compute."""
    return {
        key: f"'{value}"
        if isinstance(value, str) and value.startswith(_FORMULA)
        else value
        for key, value in record.items()
    }
