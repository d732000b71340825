"""Runs the process of a row under a time limit and a memory limit."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from mlpkg.benchmark.config import Limits
from mlpkg.benchmark.measures import thread_settings

__all__ = ["run_row"]

# Seconds between two looks at a row's memory.
LOOK = 0.2


def run_row(
    request: Path, row: Path, log: Path, *, threads: int, limits: Limits, home: Path
) -> str:
    """Make one row in a process of its own.

    Parameters
    ----------
    request
        File of the request.
    row
        Where the process writes the row.
    log
        Where its messages go.
    threads
        Threads of every library in it.
    limits
        Time and memory after which it is stopped.
    home
        Folder of the config, from which modules can be imported.

    Returns
    -------
    str
        Why there is no row; empty where there is one.

    Notes
    -----
    The memory is the resident memory of the process and its children, looked at
    a few times a second through ``/proc``; where there is none (macOS, Windows) the
    limit does not hold.
    """
    paths = [str(home), os.environ.get("PYTHONPATH", "")]
    environment = {
        **os.environ,
        **thread_settings(threads),
        "PYTHONPATH": os.pathsep.join(filter(None, paths)),
    }
    line = [sys.executable, "-m", "mlpkg.benchmark.row", str(request), str(row)]
    with log.open("wb") as messages, _started(line, environment, messages) as process:
        stopped = _watch(process, limits)
    if stopped:
        return stopped
    if row.is_file():
        return ""
    return _ending(process.returncode, log)


@contextmanager
def _started(
    line: list[str], environment: dict[str, str], messages: IO[bytes]
) -> Iterator[subprocess.Popen[bytes]]:
    """Start a process at the head of a group, which does not outlive the block."""
    # A pipe to it that is never written to: when this process dies, it closes.
    process = subprocess.Popen(  # noqa: S603 (our own module)
        line,
        stdin=subprocess.PIPE,
        stdout=messages,
        stderr=subprocess.STDOUT,
        env=environment,
        start_new_session=True,
    )
    try:
        yield process
    finally:
        _kill(process)
        process.wait()
        if process.stdin is not None:
            process.stdin.close()


def _watch(process: subprocess.Popen[bytes], limits: Limits) -> str:
    """Wait for the end; return why the process was stopped, if it was."""
    end = time.monotonic() + 60 * limits.row_minutes
    most = None if limits.memory_gb is None else limits.memory_gb * 2**30
    while True:
        try:
            process.wait(LOOK)
        except subprocess.TimeoutExpired:
            if time.monotonic() > end:
                return f"took longer than limits.row_minutes ({limits.row_minutes:g})"
            if most is not None and _group_memory(process.pid) > most:
                return f"took more than limits.memory_gb ({limits.memory_gb:g})"
        else:
            return ""


def _kill(process: subprocess.Popen[bytes]) -> None:
    """End a process and all that it started."""
    try:
        os.killpg(process.pid, signal.SIGKILL)
    except (ProcessLookupError, PermissionError):
        pass  # all of them have ended
    except AttributeError:  # Windows
        process.kill()


def _group_memory(group: int) -> int:
    """Add up the resident memory of a process group, in bytes; 0 without /proc."""
    pages = 0
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            # The name of the program, in parentheses, may hold anything.
            fields = stat.read_text("utf-8", "replace").rpartition(")")[2].split()
            if int(fields[2]) == group:
                pages += int(fields[21])
        except (OSError, IndexError, ValueError):
            continue  # it has just ended
    return pages * os.sysconf("SC_PAGE_SIZE") if pages else 0


def _ending(code: int, log: Path) -> str:
    """Say how a process without a row ended."""
    if code < 0:
        name = signal.Signals(-code).name
        hint = "; most often the memory is used up" if -code == signal.SIGKILL else ""
        return f"its process was ended by {name}{hint}"
    lines = log.read_text("utf-8", "replace").strip().splitlines()
    last = lines[-1] if lines else "it said nothing"
    return f"its process ended with exit code {code}: {last}"
