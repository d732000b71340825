"""Many independent computations over a few processes; none is lost in silence.

joblib's loky gives up everything when one worker dies, so what is left then is run
again, each task by itself.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from typing import Any

__all__ = ["Outcome", "run_tasks"]

logger = logging.getLogger(__name__)

DIED = (
    "its worker process died twice, the second time with nothing beside it; most often "
    "the memory is used up: take less data or a smaller model"
)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one task.

    Parameters
    ----------
    index
        Place of the task.
    value
        What the work returned; None after a failure.
    seconds
        How long it took.
    error
        What went wrong, else empty.
    """

    index: int
    value: Any
    seconds: float
    error: str = ""


def run_tasks(
    work: Callable[..., Any], tasks: Sequence[tuple[Any, ...]], jobs: int
) -> Iterator[Outcome]:
    """Run ``work(*task)`` for every task.

    Parameters
    ----------
    work
        What is run; it must pickle where `jobs` is above 1.
    tasks
        Arguments; large arrays in them are shared between the processes and cannot
        be written to.
    jobs
        Processes; with 1 the work is done in this one.

    Yields
    ------
    Outcome
        In the order in which they are done.

    Notes
    -----
    The work has one thread whatever `jobs` is: matrix products differ in their last
    digits between one thread and two.
    """
    if jobs == 1:
        for index, task in enumerate(tasks):
            yield _attempt(work, index, task)
        return
    left = dict(enumerate(tasks))
    try:
        for outcome in _in_parallel(work, left, jobs):
            del left[outcome.index]
            yield outcome
    except BrokenProcessPool:
        logger.warning(
            "a worker process died; the %d tasks that are left run one by one",
            len(left),
        )
    for index, task in left.items():
        try:
            # joblib takes 1 to mean this process, which must survive the task.
            yield from _in_parallel(work, {index: task}, 2)
        except BrokenProcessPool:
            yield Outcome(index, None, 0.0, DIED)


def _in_parallel(
    work: Callable[..., Any], tasks: Mapping[int, tuple[Any, ...]], jobs: int
) -> Iterator[Outcome]:
    """Run tasks over processes."""
    from joblib import Parallel, delayed, parallel_config

    with parallel_config(backend="loky", inner_max_num_threads=1):
        pool = Parallel(n_jobs=jobs, return_as="generator_unordered")
    # Listed: the mapping shrinks while the pool still takes tasks from it.
    calls = [delayed(_attempt)(work, index, task) for index, task in tasks.items()]
    yield from pool(calls)


def _attempt(work: Callable[..., Any], index: int, task: tuple[Any, ...]) -> Outcome:
    """Run one task; its failure is a result, so that the others go on."""
    from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]

    started = time.perf_counter()
    value, error = None, ""
    try:
        with threadpool_limits(1):
            value = work(*task)
    except Exception as caught:
        error = f"{type(caught).__name__}: {caught}"
    return Outcome(index, value, time.perf_counter() - started, error)
