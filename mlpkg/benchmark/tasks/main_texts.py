"""WCXB's HTML pages: what a classifier keeps of each, against its main text."""

from __future__ import annotations

import gzip
from collections.abc import Mapping
from functools import partial
from pathlib import Path

from mlpkg.benchmark.tasks.base import BenchmarkTask, MainText, PinnedFile
from mlpkg.benchmark.tasks.pins import HOW_TO_GET, PINS
from mlpkg.benchmark.tasks.recipes import RECIPES
from mlpkg.data.row_files import read_records
from mlpkg.exceptions import DataError
from mlpkg.labels import DEFAULT_SCHEME
from mlpkg.report.benchmark_records import Task

__all__ = ["main_text_task", "read_main_texts"]

FOLDER, TEXTS = "wcxb_html", "ground_truth.jsonl.gz"


def main_text_task(
    folder: Path, most: Mapping[str, int | None], pins: Mapping[str, str] = PINS
) -> BenchmarkTask:
    """Make the task: sequences of four words that a classifier keeps and should."""
    pinned = pins[f"{FOLDER}/{TEXTS}"]
    recipe = RECIPES["wcxb"]
    facts = Task(
        "wcxb-html",
        "WCXB: article text kept of HTML pages",
        recipe.origin,
        recipe.revision,
        recipe.licence,
        recipe.citation,
        f"{TEXTS} {pinned}",
        "text",
        "f1",
        "development",
    )
    return BenchmarkTask(
        facts,
        "development",
        DEFAULT_SCHEME,
        {name: (name,) for name in DEFAULT_SCHEME.names},
        html=partial(read_main_texts, folder / FOLDER, most["test"]),
        form="html",
        files=(PinnedFile(folder / FOLDER / TEXTS, pinned),),
        how_to_get=HOW_TO_GET,
    )


def read_main_texts(folder: Path, most: int | None = None) -> list[MainText]:
    """Read the pages and their main texts, in the order of the list of texts."""
    pages = []
    for _, record in read_records(folder / TEXTS):
        if isinstance(record, DataError):
            raise record
        html = gzip.decompress((folder / f"{record['id']}.html.gz").read_bytes())
        pages.append(MainText(record["id"], record["title"], record["text"], html))
    return pages[:most]
