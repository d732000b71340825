"""One row: ``python -m mlpkg.benchmark.row REQUEST ROW``, in a process of its own.

What goes wrong here costs this row alone. An error that can be caught is written as the
row's reason; a crash is told by who started the process.
"""

from __future__ import annotations

import os
import random
import sys
import threading
import time
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import Any

from mlpkg.benchmark.classifiers import is_extractor, make_classifier
from mlpkg.benchmark.classifiers.base import Classifier, MissingClassifierError
from mlpkg.benchmark.classifiers.extractors import make_extractor
from mlpkg.benchmark.judging import (
    Judgement,
    judge_extractor,
    judge_labels,
    judge_texts,
)
from mlpkg.benchmark.measures import (
    import_seconds,
    latency_ms,
    peak_memory_mb,
    warm_up_pages,
)
from mlpkg.benchmark.request import Request
from mlpkg.benchmark.row_file import STAGES, Status, failed_row, row_of, write_row
from mlpkg.benchmark.stopwatch import Stopwatch
from mlpkg.benchmark.tasks import make_task
from mlpkg.benchmark.tasks.base import (
    BenchmarkTask,
    MainText,
    MissingDataError,
    first_pages,
)
from mlpkg.benchmark.tasks.corpus_task import CORPUS_TRAIN, corpus_training
from mlpkg.data.gold import GoldPage
from mlpkg.exceptions import DataError

__all__ = ["main", "make_row"]


def main() -> None:
    """Make the row that a request file asks for, and write it."""
    _end_with_parent()
    request = Request.load(Path(sys.argv[1]))
    sys.path.insert(0, request.home)  # modules beside the config
    path = Path(sys.argv[2])
    task = make_task(request.task, Path(request.corpora), request.max_pages)
    try:
        row, judgement = make_row(request, task)
    except Exception as error:
        # The edge of a batch: this row fails, with its reason, and the others go on.
        traceback.print_exc()
        status = _status(error)
        name = "" if status != "failed" else f"{type(error).__name__}: "
        write_row(path, failed_row(request, task, status, f"{name}{error}"))
    else:
        write_row(path, row, judgement)


def make_row(request: Request, task: BenchmarkTask) -> tuple[dict[str, Any], Judgement]:
    """Train, judge and measure.

    Raises
    ------
    MissingDataError, MissingClassifierError
        Something is not on this machine.
    """
    task.check()
    if task.html is not None and is_extractor(request.classifier):
        return _extractor_row(request, task, task.html)
    watch = Stopwatch()
    with watch.stage("load"):
        classifier = make_classifier(request.classifier, Path(request.home))
    try:
        return _classifier_row(request, task, classifier, watch)
    finally:
        classifier.close()


def _classifier_row(
    request: Request, task: BenchmarkTask, classifier: Classifier, watch: Stopwatch
) -> tuple[dict[str, Any], Judgement]:
    """Measure a classifier of segments."""
    evaluation = request.settings.evaluation
    pages = _training_pages(request, task)
    source = request.source_task(task)
    if pages:
        with watch.stage("train"):
            classifier.fit(pages, source.scheme, request.seed)
    with watch.stage("warm-up"):
        classifier.predict_proba(warm_up_pages(), Stopwatch())
    if task.html is not None:
        judgement = judge_texts(classifier, task.html(), evaluation)
        single = corpus_training("text", 20)
    else:
        single = task.test()
        judgement = judge_labels(classifier, task, single, evaluation)
    own = peak_memory_mb()
    more = {
        "n_train_pages": len({page.id for page in pages}) or None,
        "train_seconds": watch.seconds.get("train"),
        "warm_up_seconds": watch.seconds["load"] + watch.seconds["warm-up"],
        "latency_ms": latency_ms(
            classifier, single, request.settings.limits.latency_calls
        ),
        "size_mb": _mb(classifier.size_bytes()),
        "peak_memory_mb": None if own is None else own + classifier.peak_memory_mb(),
        "import_seconds": classifier.import_seconds()
        or import_seconds(classifier.imports),
        "versions": classifier.versions(),
    }
    return row_of(request, task, judgement, more | _speed(judgement)), judgement


def _extractor_row(
    request: Request, task: BenchmarkTask, load: Callable[[], list[MainText]]
) -> tuple[dict[str, Any], Judgement]:
    """Measure an extractor; it has no segments, so its speed is that of its pages."""
    started = time.perf_counter()
    extract = make_extractor(request.classifier.use)
    pages = load()
    extract(b"<html><body><p>It rained on Monday.</p></body></html>")
    warm_up = time.perf_counter() - started
    judgement = judge_extractor(extract, pages, request.settings.evaluation)
    rate = len(pages) / judgement.seconds
    more = {
        "warm_up_seconds": warm_up,
        "peak_memory_mb": peak_memory_mb(),
        "note": f"{rate:.1f} pages a second; an extractor has no segments",
    }
    return row_of(request, task, judgement, more | _speed(judgement)), judgement


def _training_pages(request: Request, task: BenchmarkTask) -> list[GoldPage]:
    """Load what is learned from; for few pages draw them by the seed."""
    if request.source is None:
        return []
    source = request.source_task(task)
    source.check()
    if source.train_name == CORPUS_TRAIN and task.form == "html":
        pages = corpus_training("html", request.source.train_pages)
        pages = first_pages(pages, request.max_pages)
    else:
        pages = source.train()
    if request.kind == "cross-corpus":
        pages = first_pages(pages, request.settings.cross_corpus.train_pages)
    return pages if request.few is None else _drawn(pages, request.few, request.seed)


def _drawn(pages: list[GoldPage], number: int, seed: int) -> list[GoldPage]:
    """Draw so many articles."""
    ids = sorted({page.id for page in pages})
    if number > len(ids):
        raise DataError(
            f"few_shot.pages asks for {number} pages, the task has {len(ids)}; take "
            "the number out of the config"
        )
    drawn = set(random.Random(seed).sample(ids, number))  # noqa: S311 (a draw of pages)
    return [page for page in pages if page.id in drawn]


def _speed(judgement: Judgement) -> dict[str, Any]:
    """Return segments a second end to end, and the seconds of each stage."""
    n = judgement.n_segments
    return {
        "segments_per_second": None if n is None else n / judgement.seconds,
        "stages": {name: judgement.stages.get(name) for name in STAGES},
    }


def _mb(size: int | None) -> float | None:
    """Turn bytes into megabytes."""
    return None if size is None else size / 2**20


def _status(error: Exception) -> Status:
    """Tell what is missing from what failed."""
    if isinstance(error, MissingDataError):
        return "missing-data"
    return "skipped" if isinstance(error, MissingClassifierError) else "failed"


def _end_with_parent() -> None:
    """End this process and its children when the pipe from the parent closes."""

    def wait() -> None:
        sys.stdin.buffer.read()
        if hasattr(os, "killpg") and os.getpgrp() == os.getpid():
            os.killpg(os.getpgrp(), 9)
        os._exit(1)

    threading.Thread(target=wait, daemon=True).start()


if __name__ == "__main__":
    main()
