"""A worker seen from the process that gives it work: started, watched, ended."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections import deque
from contextlib import suppress
from dataclasses import dataclass
from queue import Empty, SimpleQueue
from threading import Thread
from typing import Any, Protocol

from mlpkg.bulk.job import Job
from mlpkg.bulk.tasks import Key, Tally, Task
from mlpkg.exceptions import DataError, MlpkgError

__all__ = ["Fault", "Worker", "WorkerBrokenError", "WorkerProcess"]

# Loading the model from a slow disk, with the libraries.
START_SECONDS = 300.0
# What torch, numpy, the tokenizers and Arrow take their number of threads from.
_THREADS = (
    "OMP_NUM_THREADS",
    "MKL_NUM_THREADS",
    "OPENBLAS_NUM_THREADS",
    "RAYON_NUM_THREADS",
)


class WorkerBrokenError(MlpkgError, RuntimeError):
    """A worker cannot work at all: no model, or no place to write."""


@dataclass(frozen=True, slots=True)
class Fault:
    """Why a task did not come to its end.

    Parameters
    ----------
    kind
        ``died``, ``stalled`` or ``failed``.
    reason
        In words.
    reading
        The page that was being made of its file or record, if one was.
    waiting
        Pages that were there and had no rows yet.
    """

    kind: str
    reason: str
    reading: Key | None
    waiting: tuple[Key, ...]


class Worker(Protocol):
    """What a place for a worker needs to know of one."""

    @property
    def facts(self) -> dict[str, Any]:
        """What the worker says of the loaded model."""

    @property
    def is_alive(self) -> bool:
        """Whether it can take another task."""

    def run(self, task: Task) -> Tally | Fault:
        """Have a task done."""

    def end(self) -> None:
        """End it, whatever it is doing."""


class WorkerProcess:
    """One worker process.

    Parameters
    ----------
    job
        What it does with every task.
    """

    def __init__(self, job: Job) -> None:
        self._patience = job.page_seconds
        # Not in the folder's own name: a stranger's torch.py there must not run (-P).
        self._process = subprocess.Popen(  # noqa: S603 (our own interpreter and module)
            [sys.executable, "-P", "-m", "mlpkg.bulk.worker"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            cwd=job.folder or None,
            env=_environment(job.threads),
            text=True,
            encoding="ascii",
            start_new_session=True,  # Ctrl-C is for the process that holds the output
        )
        self._messages: SimpleQueue[str] = SimpleQueue()
        self._listener = Thread(target=self._listen, daemon=True)
        self._listener.start()
        self._facts: dict[str, Any] = {}
        self._send(job.to_json())

    @property
    def is_alive(self) -> bool:
        """Whether it can take another task."""
        return self._process.poll() is None

    @property
    def facts(self) -> dict[str, Any]:
        """What the worker says of the model, once it is loaded.

        Raises
        ------
        DataError
            The model cannot be loaded.
        WorkerBrokenError
            The process ended before.
        """
        self._facts = self._facts or self._first_word()
        return self._facts

    @property
    def pid(self) -> int:
        """Number of the process."""
        return self._process.pid

    def run(self, task: Task) -> Tally | Fault:
        """Have a task done.

        Raises
        ------
        WorkerBrokenError
            The draft cannot be written.
        """
        if not self.facts:
            raise WorkerBrokenError("a worker says nothing of its model")
        self._send(json.dumps(task.to_json()))
        reading: Key | None = None
        waiting: deque[Key] = deque()
        while True:
            kind, *rest = self._next(self._patience)
            if kind == "read":
                reading = tuple(rest[0])
            elif kind == "have":
                reading = None
                waiting.append(tuple(rest[0]))
            elif kind == "passed":
                reading = None
            elif kind == "done":
                waiting.popleft()
            elif kind == "whole":
                return Tally.from_json(rest[0])
            elif kind == "broken":
                self.end()
                raise WorkerBrokenError(rest[0])
            else:
                return Fault(self._kind(kind), str(rest[0]), reading, tuple(waiting))

    def end(self) -> None:
        """End the process, whatever it is doing."""
        if self._process.poll() is None:
            self._process.kill()
        self._process.wait()
        self._listener.join()
        for stream in (self._process.stdin, self._process.stdout):
            if stream is not None:
                with suppress(BrokenPipeError):  # what it did not take any more
                    stream.close()

    def _kind(self, message: str) -> str:
        """Name a fault; end the process after all but an exception."""
        if message != "fault":
            self.end()
        return "failed" if message == "fault" else message

    def _first_word(self) -> dict[str, Any]:
        """Wait until the model is loaded."""
        kind, *rest = self._next(START_SECONDS)
        if kind == "ready":
            facts: dict[str, Any] = rest[0]
            return facts
        self.end()
        if kind == "broken":
            raise DataError(rest[0])
        raise WorkerBrokenError(f"a worker could not start: {rest[0]}")

    def _next(self, patience: float) -> list[Any]:
        """Return the next message, or what the silence means."""
        try:
            line = self._messages.get(timeout=patience)
        except Empty:
            return ["stalled", f"no progress for {patience:g} s (--page-timeout)"]
        if line:
            message: list[Any] = json.loads(line)
            return message
        return ["died", _ending(self._process.wait())]

    def _listen(self) -> None:
        """Pass on the lines of the process, and an empty one when it has ended."""
        assert self._process.stdout is not None  # noqa: S101 (a pipe was asked for)
        for line in self._process.stdout:
            # One that was cut by the end of the process is no message.
            if line.endswith("\n"):
                self._messages.put(line)
        self._messages.put("")

    def _send(self, line: str) -> None:
        """Write a line; a process that has ended shows when it is listened to."""
        assert self._process.stdin is not None  # noqa: S101 (a pipe was asked for)
        with suppress(BrokenPipeError, ValueError):  # ended by itself or by us
            self._process.stdin.write(line + "\n")
            self._process.stdin.flush()


def _environment(threads: int) -> dict[str, str]:
    """Return the environment of a worker: our paths, and threads for its share."""
    paths = os.pathsep.join(path for path in sys.path if path)
    limits = dict.fromkeys(_THREADS, str(threads))
    return os.environ | {"PYTHONPATH": paths, "PYTHONUTF8": "1"} | limits


def _ending(code: int) -> str:
    """Say how a process ended."""
    if code >= 0:
        return f"its worker ended with exit code {code}"
    try:
        name = signal.Signals(-code).name
    except ValueError:
        name = str(-code)
    most = "; most often the memory is used up" if name == "SIGKILL" else ""
    return f"its worker was killed by signal {name}{most}"
