"""Shards over the worker processes of one machine."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from queue import SimpleQueue
from threading import Event, Lock, Thread

from mlpkg.bulk.attempts import Bench, ShardFailure
from mlpkg.bulk.plan import Shard
from mlpkg.bulk.tasks import Tally, Task

__all__ = ["Done", "finish_locally"]

# A shard, the draft that was written for it and what came of it.
Done = tuple[Shard, str, Tally | ShardFailure]


def finish_locally(
    shards: Iterator[Shard], benches: list[Bench], new_draft: Callable[[], str]
) -> Iterator[Done]:
    """Yield shards as they are done.

    Parameters
    ----------
    shards
        The units of work; taken when a worker is free.
    benches
        Places of the workers. When the iterator ends or is closed they are empty.
    new_draft
        Names a file to write to.

    Raises
    ------
    WorkerBrokenError
        A worker cannot work at all; the others are ended.
    """
    crew = _Crew(shards, new_draft)
    threads = [
        Thread(target=crew.serve, args=(bench,), daemon=True) for bench in benches
    ]
    for thread in threads:
        thread.start()
    try:
        yield from crew.results(len(threads))
    finally:
        crew.stopped.set()
        for bench in benches:
            bench.close()
        for thread in threads:
            thread.join()


class _Crew:
    """What the threads share that give work to the processes."""

    def __init__(self, shards: Iterator[Shard], new_draft: Callable[[], str]) -> None:
        self.stopped = Event()
        self._shards = shards
        self._new_draft = new_draft
        self._turn = Lock()
        # None from each thread that has nothing left.
        self._results: SimpleQueue[Done | BaseException | None] = SimpleQueue()

    def serve(self, bench: Bench) -> None:
        """Take shards as long as there are any."""
        try:
            while (shard := self._next()) is not None:
                draft = self._new_draft()
                outcome = bench.finish(Task(shard.items, draft))
                self._results.put((shard, draft, outcome))
        except BaseException as error:
            self._results.put(error)
        else:
            self._results.put(None)

    def results(self, threads: int) -> Iterator[Done]:
        """Yield what is done; raise what a thread could not cope with."""
        while threads:
            result = self._results.get()
            if result is None:
                threads -= 1
            elif isinstance(result, BaseException):
                raise result
            else:
                yield result

    def _next(self) -> Shard | None:
        """Take the next shard."""
        with self._turn:
            return None if self.stopped.is_set() else next(self._shards, None)
