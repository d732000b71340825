"""A command run to its end, with the most memory that it and its children held."""

from __future__ import annotations

import subprocess
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

# Seconds between two looks at the processes.
STEP = 0.25


@dataclass
class Finished:
    """What a command took.

    Parameters
    ----------
    code
        Its exit code.
    seconds
        From start to end.
    peak_bytes
        Most proportional memory (a shared page counts once) of all its processes.
    samples
        That memory at each look, for whether it grows.
    errors
        What it wrote to standard error.
    """

    code: int
    seconds: float
    peak_bytes: int
    samples: list[int]
    errors: str


def run_watched(line: Sequence[str]) -> Finished:
    """Run a command and watch the memory of its process tree (Linux only)."""
    started = time.perf_counter()
    process = subprocess.Popen(  # noqa: S603 (a script's own commands)
        line, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True
    )
    samples: list[int] = []
    ended = threading.Event()

    def look() -> None:
        while not ended.wait(STEP):
            samples.append(sum(map(_memory, [process.pid, *_below(process.pid)])))

    watcher = threading.Thread(target=look, daemon=True)
    watcher.start()
    _, errors = process.communicate()
    seconds = time.perf_counter() - started
    ended.set()
    watcher.join()
    return Finished(
        process.returncode, seconds, max(samples, default=0), samples, errors
    )


def _below(pid: int) -> list[int]:
    """Return the processes that a process started, and theirs."""
    try:
        children = [
            int(child)
            for path in Path(f"/proc/{pid}/task").glob("*/children")
            for child in path.read_text().split()
        ]
    except OSError:
        return []
    return children + [each for child in children for each in _below(child)]


def _memory(pid: int) -> int:
    """Return the proportional memory of a process; 0 when it has ended."""
    try:
        text = Path(f"/proc/{pid}/smaps_rollup").read_text()
    except OSError:
        return 0
    line = next((row for row in text.splitlines() if row.startswith("Pss:")), "Pss: 0")
    return int(line.split()[1]) * 1024
