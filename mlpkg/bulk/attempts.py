"""A shard through all that its pages may do to a worker: found, retried, left out.

What kills or stalls a worker costs the shard a new attempt. Pages that were in the
batch then are judged alone; the one that does it again alone is left out.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path

from mlpkg.bulk.job import Job
from mlpkg.bulk.tasks import Key, LeftOut, Tally, Task
from mlpkg.bulk.worker_process import Fault, Worker, WorkerBrokenError, WorkerProcess

__all__ = ["Bench", "ShardFailure"]

logger = logging.getLogger(__name__)

# Attempts at a shard that end without a page to blame.
BLAMELESS = 3


@dataclass(frozen=True, slots=True)
class ShardFailure:
    """A shard that was given up; another start tries it again.

    Parameters
    ----------
    reason
        Why.
    """

    reason: str


@dataclass(slots=True)
class _Suspicion:
    """What is known of the pages of a shard after some attempts."""

    alone: set[Key] = field(default_factory=set)
    skip: set[Key] = field(default_factory=set)
    left_out: list[LeftOut] = field(default_factory=list)
    blameless: int = 0

    def learn(self, fault: Fault) -> None:
        """Blame a page that was alone, suspect those that were together."""
        culprits = (fault.reading,) if fault.reading else fault.waiting
        known = [page for page in culprits if page in self.alone]
        if len(culprits) == 1 and known:
            source, record = culprits[0]
            self.skip.add(culprits[0])
            self.left_out.append(LeftOut(source, record, fault.reason, fault.kind))
        elif len(known) < len(culprits):
            self.alone.update(culprits)
        else:
            self.blameless += 1


class Bench:
    """A place for one worker, which gets another when that one has died.

    Parameters
    ----------
    job
        What the workers do.
    start
        Makes a worker.
    """

    def __init__(
        self, job: Job, start: Callable[[Job], Worker] = WorkerProcess
    ) -> None:
        self._job = job
        self._start = start
        self._worker: Worker | None = None
        self._is_closed = False

    def worker(self) -> Worker:
        """Return a living worker.

        Raises
        ------
        WorkerBrokenError
            The place was closed.
        """
        if self._worker is None or not self._worker.is_alive:
            self._end()
            self._worker = self._start(self._job)
        if self._is_closed:
            self._end()
            raise WorkerBrokenError("the run was ended")
        return self._worker

    def finish(self, task: Task) -> Tally | ShardFailure:
        """Have a shard done, at as many attempts as its pages make necessary."""
        suspicion = _Suspicion()
        reason = ""
        while suspicion.blameless < BLAMELESS:
            known = replace(
                task,
                alone=frozenset(suspicion.alone),
                skip=frozenset(suspicion.skip),
            )
            Path(task.draft).unlink(missing_ok=True)  # of a worker that was killed
            found = self.worker().run(known)
            if isinstance(found, Tally):
                found.left_out += suspicion.left_out
                return found
            reason = found.reason
            logger.info("%s; the shard is tried again", reason)
            suspicion.learn(found)
        return ShardFailure(reason)

    def close(self) -> None:
        """End the worker, from any thread; there is no other after it."""
        self._is_closed = True
        self._end()

    def _end(self) -> None:
        """End the worker."""
        if self._worker is not None:
            self._worker.end()
            self._worker = None
