"""Runs that die at every named step, each continued; it forks, so it stands alone.

Called with the pages and an empty folder; prints a line of JSON a step.
"""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path

import tiny_bulk

from mlpkg.bulk import Job, run_bulk
from mlpkg.bulk.steps import KILL, STEPS

JOB = Job(pages=3)


def run(pages: str, output: Path, kill: str = "") -> int:
    """Run in a child; return how it ended."""
    child = os.fork()
    if child:
        return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    code = 1
    try:
        os.environ[KILL] = kill
        result = run_bulk([pages], output, JOB, workers=1, start=tiny_bulk.InProcess)
        code = 0 if result.all_well else 3
    finally:
        os._exit(code)


def main() -> None:
    pages, folder = sys.argv[1], Path(sys.argv[2])
    tiny_bulk.load("default")  # once, before the forks
    run(pages, folder / "undisturbed")
    for number, step in enumerate(STEPS):
        for time in (1, 2):
            output = folder / f"{number}-{time}"
            killed = run(pages, output, f"{step}:{time}")
            resumed = run(pages, output)
            told = {"step": step, "time": time, "killed": killed, "resumed": resumed}
            print(json.dumps({**told, "output": str(output)}))  # noqa: T201


if __name__ == "__main__":
    main()
