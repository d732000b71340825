"""The bundled corpus as a task: learn from its training part, score on validation.

Its test part and its other hands are for the last look and are never loaded here.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from functools import partial
from typing import Literal

from mlpkg.benchmark.tasks.base import BenchmarkTask, first_pages
from mlpkg.data.corpus import corpus_folder
from mlpkg.data.gold import GoldPage, load_gold
from mlpkg.labels import CODEBOOK_VERSION, DEFAULT_SCHEME
from mlpkg.report.benchmark_records import Task
from mlpkg.version import __version__

__all__ = ["CORPUS_TRAIN", "corpus_task", "corpus_training"]

CORPUS_TRAIN = "corpus:train"


def corpus_task(most: Mapping[str, int | None]) -> BenchmarkTask:
    """Make the task of the bundled corpus."""
    facts = Task(
        "corpus",
        "bundled corpus, validation part",
        "bundled with mlpkg",
        f"mlpkg {__version__}, codebook {CODEBOOK_VERSION}",
        "Apache-2.0",
        "docs/corpus.md",
        _checksum(),
        "label",
        "macro_f1",
        "development",
    )
    return BenchmarkTask(
        facts,
        "development",
        DEFAULT_SCHEME,
        {name: (name,) for name in DEFAULT_SCHEME.names},
        train_name=CORPUS_TRAIN,
        train=partial(corpus_training, "text", most["train"]),
        test=partial(_part, "corpus:validation", most["test"]),
    )


def corpus_training(form: Literal["text", "html"], most: int | None) -> list[GoldPage]:
    """Load the training part in a form."""
    return _part(CORPUS_TRAIN + ("@html" if form == "html" else ""), most)


def _part(source: str, most: int | None) -> list[GoldPage]:
    """Load a part of the corpus."""
    return first_pages(load_gold(source), most)


def _checksum() -> str:
    """Hash of all page files."""
    digest = hashlib.sha256()
    for path in sorted(corpus_folder().glob("*.page")):
        digest.update(path.name.encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()
