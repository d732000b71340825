"""Runs a benchmark row by row; what is done stays, and a second start goes on."""

from __future__ import annotations

import json
import logging
import tempfile
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from mlpkg.benchmark.comparisons import compare_rows
from mlpkg.benchmark.config import BenchmarkConfig
from mlpkg.benchmark.plan import PlannedRow, Planner
from mlpkg.benchmark.process import run_row
from mlpkg.benchmark.request import Request
from mlpkg.benchmark.row_file import failed_row, write_json, write_row
from mlpkg.benchmark.stored_rows import (
    Overwrite,
    is_to_be_made,
    remove_others,
    row_paths,
)
from mlpkg.benchmark.tasks.base import BenchmarkTask
from mlpkg.report.benchmark_rows import SCHEMA, read_row
from mlpkg.tracking.provenance import git_state, machine, versions

__all__ = [
    "BenchmarkRun",
    "Counts",
    "run_benchmark",
    "stored_reference",
    "write_tables",
]

logger = logging.getLogger(__name__)

# What made the rows: settings, machine, versions.
RUN = "run.json"
# Called after each row with its plan, its status and reason, rows done and to do.
Report = Callable[[PlannedRow, str, str, int, int], None]


@dataclass(frozen=True, slots=True)
class BenchmarkRun:
    """A benchmark that is to be run, or goes on.

    Parameters
    ----------
    config
        The settings.
    folder
        Where rows and tables go.
    home
        Folder of the config: modules and commands are found from there.
    corpora
        Folder of the public corpora.
    max_pages
        Most articles of each side of each task; None for what the config says.
    only, tasks
        Names of the classifiers and tasks to run; empty for all.
    overwrite
        Which stored rows are made again, as `is_to_be_made` takes it.
    """

    config: BenchmarkConfig
    folder: Path
    home: Path
    corpora: Path
    max_pages: int | None = None
    only: Sequence[str] = ()
    tasks: Sequence[str] = ()
    overwrite: Overwrite = "missing"

    def planner(self) -> Planner:
        """Return the plan, `only` and `tasks` checked."""
        return Planner(self.config, self.corpora, self.max_pages, self.only, self.tasks)


@dataclass(frozen=True, slots=True)
class Counts:
    """How a run ended: rows made now by status, and rows kept from earlier starts."""

    made: Mapping[str, int]
    kept: int


def run_benchmark(run: BenchmarkRun, report: Report | None = None) -> Counts:
    """Make every row that is to be made, then the tables.

    Parameters
    ----------
    run
        What to run.
    report
        Called after each row.

    Returns
    -------
    Counts
        A row that failed is counted, never raised.

    Raises
    ------
    ConfigError, DataError
        The config names what there is not, or files of one's own are wrong.

    Notes
    -----
    Rows are made one after the other: two at a time would time each other. An
    interrupt ends the row that is being made; all others stay.
    """
    planner = run.planner()
    rows = planner.rows()
    due = [row for row in rows if is_to_be_made(row, run.folder, run.overwrite)]
    run.folder.mkdir(parents=True, exist_ok=True)
    _write_tasks(run.folder, planner.tasks.values())
    _write_origin(run)
    made: Counter[str] = Counter()
    for number, row in enumerate(due, start=1):
        status, reason = _make(run, row, planner.tasks[row.task.name])
        made[status] += 1
        if report is not None:
            report(row, status, reason, number, len(due))
    write_tables(run.folder, run.config.reference)
    return Counts(made, len(rows) - len(due))


def write_tables(folder: Path, reference: str | None) -> None:
    """Write ``comparison.json`` from the rows of a folder."""
    comparisons = compare_rows(row_paths(folder / "rows"))
    write_json(
        folder / "comparison.json",
        {
            "schema": SCHEMA,
            "reference": reference,
            "comparisons": [asdict(comparison) for comparison in comparisons],
        },
    )


def stored_reference(folder: Path) -> str | None:
    """Return the reference of a benchmark that has run, None where none is stored."""
    try:
        stored = json.loads((folder / RUN).read_text(encoding="utf-8"))
        found = stored["config"]["reference"]
    except (OSError, ValueError, LookupError, TypeError):
        return None
    return None if found is None else str(found)


def _make(run: BenchmarkRun, row: PlannedRow, task: BenchmarkTask) -> tuple[str, str]:
    """Make one row and return its status and reason."""
    request = Request.of(row, run.config, run.corpora, run.home, run.max_pages)
    target = run.folder / row.path
    logger.info("%s", row.title)
    target.unlink(missing_ok=True)  # of a failed start: nothing must look like success
    with tempfile.TemporaryDirectory(prefix="mlpkg-row-") as scratch:
        asked, log = Path(scratch) / "request.json", Path(scratch) / "log.txt"
        request.save(asked)
        reason = run_row(
            asked,
            target,
            log,
            threads=run.config.threads,
            limits=run.config.limits,
            home=run.home,
        )
        if reason:
            write_row(target, failed_row(request, task, "failed", reason))
        stored = read_row(target)
        if stored.status == "failed":
            logger.info("%s", log.read_text("utf-8", "replace"))
    remove_others(row, run.folder)
    return stored.status, stored.reason


def _write_tasks(folder: Path, tasks: Any) -> None:
    """Write where the data of the tasks come from."""
    facts = [asdict(task.facts) for task in tasks]
    write_json(folder / "tasks.json", {"schema": SCHEMA, "tasks": facts})


def _write_origin(run: BenchmarkRun) -> None:
    """Write what made the rows: settings without paths of this machine, and where."""
    origin = {
        "config": run.config.model_dump(mode="json", exclude={"data"}),
        "max_pages": run.max_pages,
        "git": git_state(Path(__file__).parent),
        "machine": machine(),
        "versions": versions(),
    }
    write_json(run.folder / RUN, origin)
