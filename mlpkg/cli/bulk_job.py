"""`mlpkg classify -o FOLDER/`: the run over shards, its summary and its exit code."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from mlpkg.cli.console import EXIT_FAILED, fail, printable, progress_bars, stderr

if TYPE_CHECKING:
    from mlpkg.bulk import BulkResult

__all__ = ["is_bulk", "refuse_bulk_options", "run_bulk_job"]


def refuse_bulk_options(options: Mapping[str, object]) -> None:
    """Refuse options that mean nothing without a folder of shards."""
    for option, value in options.items():
        if value:
            fail(f"{option} is for a folder of shards; name one with -o FOLDER/")


def is_bulk(output: str, to: str | None) -> bool:
    """Tell an output that is a folder of shards."""
    ends = (os.sep, os.altsep or os.sep, "/")
    return to is not None or output.endswith(ends) or Path(output).is_dir()


def run_bulk_job(
    sources: list[str] | None,
    output: str,
    *,
    workers: int | None,
    threads: int | None,
    shard: str | None,
    cluster: str | None,
    overwrite: bool,
    quiet: bool,
    **settings: Any,
) -> None:
    """Write shards, tell what came of it, leave with 1 when a page has no rows.

    Parameters
    ----------
    sources
        As they were named.
    output
        The folder.
    workers, threads
        None for what the machine has.
    shard
        ``3/16``, or None for all.
    cluster
        Address of a scheduler, ``local``, or None.
    overwrite
        Whether another job's shards are removed.
    quiet
        Whether the summary is left out.
    settings
        As `mlpkg.bulk.Job` takes them.
    """
    from mlpkg.bulk import Job, Slice, run_bulk
    from mlpkg.bulk.machine import choose_crew

    if not sources:
        fail("a folder of shards is made from files; name files or folders to read")
    crew = choose_crew(workers, threads)
    slice_ = Slice.parse(shard) if shard else Slice()
    with progress_bars(quiet=quiet) as report:
        result = run_bulk(
            sources,
            Path(output),
            Job(threads=crew.threads, **settings),
            workers=crew.workers,
            slice_=slice_,
            overwrite=overwrite,
            cluster=cluster,
            report=report,
        )
    if not quiet:
        stderr().print(printable(_summary(result, output)), style="dim", markup=False)
    if not result.all_well:
        raise typer.Exit(EXIT_FAILED)


def _summary(result: BulkResult, output: str) -> str:
    """Say on one line what was done."""
    seconds = max(result.seconds, 1e-9)
    before = f" ({result.kept_pages} more before)" if result.kept else ""
    where = f" (listed in {Path(output) / '_mlpkg' / 'quarantine.jsonl'})"
    parts = [
        f"pages: {result.pages}{before}, segments: {result.segments}, "
        f"rows: {result.rows}, shards: {result.shards}, {result.seconds:.1f} s",
        f"{result.pages / seconds:.1f} pages/s, {result.segments / seconds:.0f} "
        "segments/s",
        f"left out: {result.left_out}{where}" if result.left_out else "",
        f"shards given up: {len(result.failed)}" if result.failed else "",
        f"in another language: {result.foreign}" if result.foreign else "",
        f"cut, longer than the encoder reads: {result.cut}" if result.cut else "",
    ]
    return "; ".join(filter(None, parts))
