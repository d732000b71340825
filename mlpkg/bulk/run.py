"""One bulk run: planned, resumed, worked off, counted."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from mlpkg.bulk.attempts import Bench, ShardFailure
from mlpkg.bulk.job import Job
from mlpkg.bulk.local_crew import Done, finish_locally
from mlpkg.bulk.output_folder import OutputFolder
from mlpkg.bulk.plan import Shard, Slice, plan_shards
from mlpkg.bulk.worker_process import Worker, WorkerProcess

__all__ = ["BulkResult", "run_bulk"]

logger = logging.getLogger(__name__)

# Takes a stage, how much is done and how much is known to be to do.
Report = Callable[[str, int, int], None]
SECONDS_A_REPORT = 60.0


@dataclass(slots=True)
class BulkResult:
    """What a run did.

    Parameters
    ----------
    pages, segments, rows, foreign, cut
        Of the shards that this run made; as in `mlpkg.bulk.shard_work.Tally`.
    shards, kept
        Made by this run, and found whole.
    kept_pages
        Pages of the shards that were found whole.
    left_out
        Pages without rows, of all shards that stand in the folder.
    failed
        Shards that were given up, with the reasons.
    seconds
        How long it took.
    """

    pages: int = 0
    segments: int = 0
    rows: int = 0
    foreign: int = 0
    cut: int = 0
    shards: int = 0
    kept: int = 0
    kept_pages: int = 0
    left_out: int = 0
    failed: tuple[str, ...] = ()
    seconds: float = 0.0

    @property
    def all_well(self) -> bool:
        """Whether every page has its rows."""
        return not self.left_out and not self.failed


def run_bulk(
    sources: Sequence[str],
    output: Path,
    job: Job,
    *,
    workers: int = 1,
    slice_: Slice | None = None,
    overwrite: bool = False,
    cluster: str | None = None,
    report: Report | None = None,
    start: Callable[[Job], Worker] = WorkerProcess,
) -> BulkResult:
    """Write the rows of many pages to a folder of shards.

    Parameters
    ----------
    sources
        As `mlpkg.open_articles` takes them, but for standard input.
    output
        Folder of the shards. A second run goes on where one was ended; what is whole
        and was made of the same input stays.
    job
        What is done.
    workers
        Processes, each with `job.threads` threads.
    slice_
        The shards that this run makes, for several runs on one output.
    overwrite
        Whether shards that were made with other settings are removed.
    cluster
        Address of a dask scheduler, or ``local`` for one of its own.
    report
        Called with a stage, shards done and shards known; None logs a line a minute.
    start
        Makes a worker on this machine.

    Returns
    -------
    BulkResult

    Raises
    ------
    ReadError
        A source does not exist.
    DataError
        The output is another's, or was made with other settings.
    WorkerBrokenError
        The workers cannot work at all: a full disk, for instance. What is finished
        stays.
    """
    job = replace(job, folder=job.folder or str(Path.cwd()))
    folder = OutputFolder(output, slice_ or Slice())
    run = _Run(folder, slice_ or Slice(), report or _minutely())
    with folder.held():
        try:
            if cluster is None:
                benches = [Bench(job, start) for _ in range(workers)]
                run.locally(sources, job, benches, overwrite=overwrite)
            else:
                run.on_cluster(sources, job, cluster, workers, overwrite=overwrite)
        except BaseException:
            with suppress(OSError):  # a full disk; what ended the run counts more
                run.finish()
            raise
        run.finish()
    return run.result


class _Run:
    """A run with its counts."""

    def __init__(self, folder: OutputFolder, slice_: Slice, report: Report) -> None:
        self.folder = folder
        self.slice = slice_
        self.report = report
        self.result = BulkResult()
        self.started = time.perf_counter()
        self.known = 0

    def locally(
        self, sources: Sequence[str], job: Job, benches: list[Bench], *, overwrite: bool
    ) -> None:
        """Work on this machine; the first worker says what only the model knows."""
        try:
            job = self._claim(job, benches[0].worker().facts, overwrite=overwrite)
        except BaseException:
            benches[0].close()
            raise
        shards = self._todo(sources, job)
        self._take(finish_locally(shards, benches, self.folder.new_draft))

    def on_cluster(
        self,
        sources: Sequence[str],
        job: Job,
        address: str,
        workers: int,
        *,
        overwrite: bool,
    ) -> None:
        """Work on the machines of a dask cluster."""
        from mlpkg.bulk.cluster import connect, facts_of, finish_on_cluster

        with connect(address, workers) as client:
            job = self._claim(job, facts_of(client, job), overwrite=overwrite)
            shards = self._todo(sources, job)
            new_draft = self.folder.new_draft
            self._take(finish_on_cluster(client, shards, job, new_draft))

    def finish(self) -> None:
        """Bring the list of pages without rows up to date, whatever happened."""
        if self.folder.is_claimed:
            self.result.left_out = self.folder.write_quarantine()
        self.result.seconds = time.perf_counter() - self.started

    def _claim(self, job: Job, facts: dict[str, Any], *, overwrite: bool) -> Job:
        """Take the folder; every worker then computes in the first one's precision."""
        self.folder.claim(job, facts, overwrite=overwrite)
        return replace(job, precision=facts["precision"])

    def _todo(self, sources: Sequence[str], job: Job) -> Iterator[Shard]:
        """Yield the shards of this slice that are not whole yet."""
        planned = 0
        for shard in plan_shards(sources, job):
            planned += 1
            if not self.slice.holds(shard.index):
                continue
            self.known += 1
            line = self.folder.whole(shard)
            if line is None:
                yield shard
            else:
                self.result.kept += 1
                self.result.kept_pages += line["pages"]
        self.folder.drop_beyond(planned)

    def _take(self, finished: Iterator[Done]) -> None:
        """Commit and count what is done."""
        result = self.result
        with closing(finished):  # type: ignore[type-var] # a generator
            for shard, draft, outcome in finished:
                if isinstance(outcome, ShardFailure):
                    result.failed += (f"shard {shard.index}: {outcome.reason}",)
                    logger.error("shard %d: %s", shard.index, outcome.reason)
                    continue
                self.folder.commit(shard, draft, outcome)
                for page in outcome.left_out:
                    place = f"{page.source}, {page.record}".removesuffix(", ")
                    logger.warning("left out: %s: %s", place, page.reason)
                result.shards += 1
                for name in ("pages", "segments", "rows", "foreign", "cut"):
                    total = getattr(result, name) + getattr(outcome, name)
                    setattr(result, name, total)
                self.report("shards", result.kept + result.shards, self.known)


def _minutely() -> Report:
    """Return a report that logs a line a minute."""
    told = time.monotonic()

    def report(stage: str, done: int, total: int) -> None:
        nonlocal told
        if time.monotonic() - told >= SECONDS_A_REPORT:
            told = time.monotonic()
            logger.warning("%s: %d done of %d so far", stage, done, total)

    return report
