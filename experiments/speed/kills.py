"""Kills at random moments: a run that is started again must end with the same rows.

    python experiments/speed/kills.py --pages 2000 --kills 50 --model static

Each round starts `mlpkg classify … -o FOLDER/` anew, kills the whole process group some
moment after work began, and starts it again until it ends well. Rows are compared with
those of an undisturbed run: the same in all but probabilities, which may differ by
0.005. Writes `kills.json` beside this script.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE))

from make_pages import write  # noqa: E402 (a script beside this one)

from mlpkg.data.output import read_rows  # noqa: E402

TOLERANCE = 0.005
Rows = list[dict[str, Any]]


def main() -> None:
    """Kill, go on, compare."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pages", type=int, default=400)
    parser.add_argument("--kills", type=int, default=50)
    parser.add_argument("--model", default="default")
    parser.add_argument("--seed", type=int, default=0)
    given = parser.parse_args()
    rng = random.Random(given.seed)  # noqa: S311 (moments, not secrets)
    with tempfile.TemporaryDirectory() as scratch:
        source = Path(scratch) / "pages.jsonl"
        write("jsonl", given.pages, source)
        line = [sys.executable, "-m", "mlpkg", "classify", str(source), "--quiet"]
        line += ["-m", given.model, "--shard-pages", str(max(1, given.pages // 20))]
        undisturbed = Path(scratch) / "undisturbed"
        seconds = _run([*line, "-o", f"{undisturbed}/"])
        expected = _rows(undisturbed)
        rounds = []
        while sum(len(each["killed_after"]) for each in rounds) < given.kills:
            output = Path(scratch) / "out"
            shutil.rmtree(output, ignore_errors=True)
            rounds.append(_round([*line, "-o", f"{output}/"], output, seconds, rng))
            rounds[-1]["same_rows"] = _same(_rows(output), expected)
            print(json.dumps(rounds[-1]), flush=True)
    failed = sum(not each["same_rows"] for each in rounds)
    kills = sum(len(each["killed_after"]) for each in rounds)
    result = {"pages": given.pages, "rows": len(expected), "kills": kills}
    result |= {"rounds": rounds, "failed": failed}
    text = json.dumps(result, indent=1) + "\n"
    (HERE / "kills.json").write_text(text, encoding="utf-8")
    print(f"{kills} kills in {len(rounds)} rounds, {failed} with other rows")
    raise SystemExit(bool(failed))


def _run(line: list[str]) -> float:
    """Run to the end; return the seconds after work began."""
    process, began = _start(line)
    if process.wait() != 0:
        raise SystemExit(f"{' '.join(line)} ended with {process.returncode}")
    return time.monotonic() - began


def _start(line: list[str]) -> tuple[subprocess.Popen[bytes], float]:
    """Start a run in a process group of its own; wait until work begins."""
    books = Path(line[-1]) / "_mlpkg"
    process = subprocess.Popen(line, start_new_session=True)  # noqa: S603
    while process.poll() is None and not list(books.glob("draft-*")):
        time.sleep(0.01)
    return process, time.monotonic()


def _round(
    line: list[str], output: Path, seconds: float, rng: random.Random
) -> dict[str, Any]:
    """Kill a run until one is quicker than its killer."""
    killed = []
    while True:
        process, began = _start(line)
        moment = rng.uniform(0, seconds)
        try:
            process.wait(moment)
        except subprocess.TimeoutExpired:
            _kill_all(process.pid)
            process.wait()
            killed.append(round(time.monotonic() - began, 3))
            continue
        if process.returncode != 0:
            raise SystemExit(f"{' '.join(line)} ended with {process.returncode}")
        return {"killed_after": killed, "shards": len(list(output.glob("shard-*")))}


def _kill_all(pid: int) -> None:
    """Kill a process and its workers, which have process groups of their own."""
    workers = [
        int(child)
        for path in Path(f"/proc/{pid}/task").glob("*/children")
        for child in path.read_text().split()
    ]
    for each in (pid, *workers):
        try:
            os.kill(each, signal.SIGKILL)
        except ProcessLookupError:  # it ended by itself
            continue


def _rows(folder: Path) -> Rows:
    """Read the rows of all shards."""
    return [row for path in sorted(folder.glob("shard-*")) for row in read_rows(path)]


def _same(rows: Rows, expected: Rows) -> bool:
    """Compare rows; probabilities within the tolerance, labels where it decides."""
    if len(rows) != len(expected):
        return False
    for row, other in zip(rows, expected, strict=True):
        for key, value in row.items():
            if isinstance(value, float):
                if abs(value - other[key]) > TOLERANCE:
                    return False
            elif key != "label" and value != other[key]:
                return False
    return True


if __name__ == "__main__":
    main()
