"""Shards over the machines of a dask cluster, which share a file system.

Each machine's dask worker keeps a worker process of ours, which a page may kill: that
never shows on the scheduler. A machine that is lost costs its shards a retry elsewhere.
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, replace
from itertools import islice
from typing import TYPE_CHECKING, Any

from mlpkg.bulk.attempts import Bench, ShardFailure
from mlpkg.bulk.job import Job
from mlpkg.bulk.local_crew import Done
from mlpkg.bulk.plan import Shard
from mlpkg.bulk.tasks import Tally, Task
from mlpkg.bulk.worker_process import WorkerBrokenError
from mlpkg.exceptions import DataError

if TYPE_CHECKING:
    from distributed import Client, Future

__all__ = ["connect", "facts_of", "finish_on_cluster", "work_shard"]

LOCAL = "local"
# Times that a shard is tried on another machine.
RETRIES = 3
# Shards waiting beside those that are worked on, so that no machine is idle.
AHEAD = 2

# Places of worker processes that no task of this dask worker uses now, by job.
_idle: dict[str, list[Bench]] = {}


@contextmanager
def connect(address: str, workers: int) -> Iterator[Client]:
    """Connect to a scheduler, or start one with workers on this machine.

    Raises
    ------
    DataError
        dask is not installed, or nothing answers at the address.
    """
    try:
        from distributed import Client, LocalCluster
    except ModuleNotFoundError as error:
        raise DataError(
            f"--cluster needs dask ({error}); pip install 'mlpkg[dask]'"
        ) from None
    if address != LOCAL:
        try:
            with Client(address) as client:
                yield client
        except OSError as error:
            raise DataError(
                f"no dask scheduler at {address!r} ({error}); name one as "
                "tcp://host:8786, or local"
            ) from None
        return
    with (
        LocalCluster(
            n_workers=workers, threads_per_worker=1, dashboard_address=":0"
        ) as cluster,
        Client(cluster) as client,
    ):
        yield client


def facts_of(client: Client, job: Job) -> dict[str, Any]:
    """Ask a machine of the cluster what only the loaded model knows."""
    found = client.submit(_facts, job.to_json(), pure=False, retries=RETRIES)
    facts: dict[str, Any] = found.result()
    return facts


def finish_on_cluster(
    client: Client, shards: Iterator[Shard], job: Job, new_draft: Callable[[], str]
) -> Iterator[Done]:
    """Yield shards as the scheduler says that they are done.

    Raises
    ------
    WorkerBrokenError
        A worker cannot work at all.
    """
    from distributed import as_completed

    waiting: dict[Future, Shard] = {}
    done = as_completed()

    def submit(number: int) -> None:
        for shard in islice(shards, number):
            task = json.dumps(Task(shard.items, new_draft()).to_json())
            future = client.submit(
                work_shard, job.to_json(), task, pure=False, retries=RETRIES
            )
            waiting[future] = shard
            done.add(future)

    submit(AHEAD + sum(client.nthreads().values()))
    try:
        for future in done:
            shard = waiting.pop(future)
            submit(1)
            yield shard, *_outcome(future)
    finally:
        client.cancel(list(waiting))


def work_shard(job_text: str, task_text: str) -> tuple[str, dict[str, Any]]:
    """Do one shard on a machine of the cluster; return its draft and its outcome."""
    bench = _take(job_text)
    task = Task.from_json(json.loads(task_text))
    # A machine that was given up may still be writing.
    task = replace(task, draft=f"{task.draft}{secrets.token_hex(4)}")
    try:
        return task.draft, asdict(bench.finish(task))
    finally:
        _idle.setdefault(job_text, []).append(bench)


def _facts(job_text: str) -> dict[str, Any]:
    """Load the model and say what it is."""
    bench = _take(job_text)
    try:
        return bench.worker().facts
    finally:
        # Its precision may have been left open, later jobs' is not.
        bench.close()


def _take(job_text: str) -> Bench:
    """Return a place for a worker that is free."""
    try:
        return _idle.get(job_text, []).pop()
    except IndexError:
        return Bench(Job.from_json(job_text))


def _outcome(future: Future) -> tuple[str, Tally | ShardFailure]:
    """Return draft and outcome of a shard whose task has ended."""
    try:
        draft, values = future.result()
    except (WorkerBrokenError, DataError):
        raise
    except Exception as error:
        return "", ShardFailure(f"{type(error).__name__}: {error}")
    if "reason" in values:
        return draft, ShardFailure(**values)
    return draft, Tally.from_json(values)
