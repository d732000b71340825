"""Seconds by stage: what a classifier reports of where its time goes."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import ParamSpec, TypeVar

__all__ = ["Stopwatch"]

_P = ParamSpec("_P")
_T = TypeVar("_T")


class Stopwatch:
    """Adds up wall-clock seconds by the name of a stage.

    Examples
    --------
    >>> watch = Stopwatch()
    >>> with watch.stage("head"):
    ...     pass
    >>> list(watch.seconds)
    ['head']
    """

    def __init__(self) -> None:
        self.seconds: dict[str, float] = {}

    @contextmanager
    def stage(self, name: str) -> Iterator[None]:
        """Add the time of a block to a stage."""
        started = time.perf_counter()
        try:
            yield
        finally:
            self.add(name, time.perf_counter() - started)

    def add(self, name: str, seconds: float) -> None:
        """Add seconds to a stage."""
        self.seconds[name] = self.seconds.get(name, 0.0) + seconds

    def timed(self, name: str, work: Callable[_P, _T]) -> Callable[_P, _T]:
        """Return a function that does the same and adds its time to a stage."""

        def call(*args: _P.args, **kwargs: _P.kwargs) -> _T:
            with self.stage(name):
                return work(*args, **kwargs)

        return call
