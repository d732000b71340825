"""How fast bulk reading is, and how its cost grows: resumable, a cell at a time.

    python experiments/speed/bulk.py                      # standard cells, 1,000 pages
    python experiments/speed/bulk.py --pages 100000 --models static --forms text html
    python experiments/speed/bulk.py --workers 1 2 --lengths 0.5 1 2 4

Each cell is one `mlpkg classify … -o FOLDER/` in a process of its own with its memory
watched; what `bulk.json` beside this script holds already is not measured again.
`--naive` runs the yardstick of `naive.py` on the same pages first. Run it on a machine
that does nothing else.
"""

from __future__ import annotations

import argparse
import json
import shutil
import subprocess
import sys
import tempfile
from itertools import product
from pathlib import Path
from statistics import median
from typing import Any

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE))

from make_pages import FORMS, write  # noqa: E402 (a script beside this one)
from process_tree import run_watched  # noqa: E402

from mlpkg.data.whole_file import whole_file  # noqa: E402
from mlpkg.report.figures import markdown_table  # noqa: E402
from mlpkg.tracking.provenance import machine, versions  # noqa: E402

RESULT = HERE / "bulk.json"
SUFFIXES = {"jsonl": ".jsonl", "parquet": ".parquet", "warc": ".warc.gz"}
COLUMNS = (
    "cell",
    "pages_a_second",
    "segments_a_second",
    "peak_megabytes",
    "times_naive",
)


def main() -> None:
    """Measure the cells that are asked for and not measured yet."""
    given = _arguments()
    cells: dict[str, Any] = {}
    if RESULT.is_file() and not given.anew:
        cells = json.loads(RESULT.read_text(encoding="utf-8"))["cells"]
    with tempfile.TemporaryDirectory(dir=given.scratch) as scratch:
        if given.naive:
            _measure_naive(cells, given, Path(scratch))
        for settings in product(
            given.models, given.forms, given.pages, given.workers, given.lengths
        ):
            model, form, pages, workers, length = settings
            name = f"{model} {form} {pages} pages {workers} workers length {length:g}"
            if name in cells:
                continue
            source = _pages(Path(scratch), form, pages, length)
            cells[name] = _measure(source, model, pages, workers)
            _save(cells)
            print(name, json.dumps(cells[name]), flush=True)
    _print(cells)


def _arguments() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pages", type=int, nargs="+", default=[1000])
    parser.add_argument("--models", nargs="+", default=["default", "static"])
    parser.add_argument("--forms", nargs="+", choices=FORMS, default=["jsonl"])
    parser.add_argument("--workers", type=int, nargs="+", default=[2])
    parser.add_argument("--lengths", type=float, nargs="+", default=[1.0])
    parser.add_argument("--naive", action="store_true")
    parser.add_argument("--anew", action="store_true", help="forget what was measured")
    parser.add_argument("--scratch", type=Path, help="folder for pages and shards")
    return parser.parse_args()


def _pages(scratch: Path, form: str, count: int, length: float) -> Path:
    """Make the pages of a cell, once."""
    suffix = SUFFIXES.get(form, "")
    target = scratch / f"{form}-{count}-{length:g}{suffix}"
    if not target.exists():
        write(form, count, target, length=length)
    return target


def _measure(source: Path, model: str, pages: int, workers: int) -> dict[str, Any]:
    """Run one cell."""
    output = source.with_name("out")
    shutil.rmtree(output, ignore_errors=True)
    # Small enough for every worker to have several.
    shard = max(50, min(1000, pages // (8 * workers)))
    line = [sys.executable, "-m", "mlpkg", "classify", str(source), "-m", model]
    line += ["-o", f"{output}/", "--workers", str(workers), "--shard-pages", str(shard)]
    done = run_watched(line)
    if done.code != 0:
        raise SystemExit(f"{' '.join(line)} ended with {done.code}:\n{done.errors}")
    shards = _manifest(output)
    segments = sum(each["segments"] for each in shards)
    third = max(1, len(done.samples) // 3)
    return {
        "pages": sum(each["pages"] for each in shards),
        "segments": segments,
        "seconds": round(done.seconds, 2),
        # Starting costs what it costs: beside the whole, the rate of the work alone.
        "pages_a_second": round(pages / done.seconds, 2),
        "segments_a_second": round(segments / done.seconds, 1),
        "shard_pages_a_second": round(
            workers
            * sum(s["pages"] for s in shards)
            / sum(s["seconds"] for s in shards),
            2,
        ),
        "peak_megabytes": round(done.peak_bytes / 1e6),
        "median_megabytes_middle_third": _megabytes(done.samples[third : 2 * third]),
        "median_megabytes_last_third": _megabytes(done.samples[2 * third :]),
        "output_bytes": sum(each["size"] for each in shards),
        "precision": shards[0]["precision"],
        "summary": done.errors.strip().splitlines()[-1],
    }


def _measure_naive(
    cells: dict[str, Any], given: argparse.Namespace, scratch: Path
) -> None:
    """Run the yardstick on the pages of every length."""
    for pages, length in product(given.pages, given.lengths):
        name = f"naive jsonl {pages} pages 1 workers length {length:g}"
        if name in cells:
            continue
        source = _pages(scratch, "jsonl", pages, length)
        line = [sys.executable, str(HERE / "naive.py"), str(source)]
        done = subprocess.run(line, capture_output=True, text=True, check=True)  # noqa: S603
        cells[name] = json.loads(done.stdout.splitlines()[-1])
        _save(cells)
        print(name, json.dumps(cells[name]), flush=True)


def _manifest(output: Path) -> list[dict[str, Any]]:
    """Read what each shard took."""
    text = (output / "_mlpkg" / "manifest.jsonl").read_text(encoding="utf-8")
    return [json.loads(line) for line in text.splitlines()]


def _megabytes(samples: list[int]) -> int:
    """Return the median of samples of memory."""
    return round(median(samples) / 1e6) if samples else 0


def _save(cells: dict[str, Any]) -> None:
    """Write what is measured so far."""
    content = {"machine": machine(), "versions": versions(), "cells": cells}
    with whole_file(RESULT) as draft:
        draft.write_text(json.dumps(content, indent=1) + "\n", encoding="utf-8")


def _print(cells: dict[str, Any]) -> None:
    """Print all cells beside the yardstick on pages of the same length."""
    rows = []
    for name, cell in cells.items():
        _, _, rest = name.partition(" ")
        form, count, length = rest.split()[0], rest.split()[1], name.split()[-1]
        naive = cells.get(f"naive jsonl {count} pages 1 workers length {length}")
        same = naive and form == "jsonl"
        times = cell["segments_a_second"] / naive["segments_a_second"] if same else None
        row = {**cell, "cell": name, "times_naive": times and round(times, 1)}
        rows.append([str(row.get(column) or "") for column in COLUMNS])
    print(markdown_table(list(COLUMNS), rows))


if __name__ == "__main__":
    main()
