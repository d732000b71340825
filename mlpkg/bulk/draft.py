"""The draft of a shard: rows in a file under a temporary name, synced to the disk."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from mlpkg.bulk.job import Job
from mlpkg.bulk.steps import reached
from mlpkg.data.output import Row, RowWriter, article_rows
from mlpkg.data.output_formats import FORMATS
from mlpkg.models.extract import checked_labels, kept_text
from mlpkg.records import Article, Prediction

if TYPE_CHECKING:
    from mlpkg.models import SentenceClassifier

__all__ = ["RowMaker", "open_draft", "row_maker"]

RowMaker = Callable[[Article, list[Prediction]], Iterable[Row]]


@dataclass(frozen=True, slots=True)
class _Rows:
    """How predictions become rows, with the columns where they are not the usual."""

    make: RowMaker
    types: Mapping[str, type] | None = None


def row_maker(job: Job, classifier: SentenceClassifier) -> _Rows:
    """Return what makes the rows that a job asks for.

    Raises
    ------
    DataError
        The job selects a label that the model does not have.
    """
    labels = checked_labels(job.select or None, classifier.scheme_)
    if job.articles:
        return _articles(job, classifier, labels)

    def make(article: Article, predictions: list[Prediction]) -> Iterable[Row]:
        return article_rows(
            article,
            (p for p in predictions if not job.select or p.label in labels),
            model=classifier.name_,
            scheme=classifier.scheme_,
            with_text=job.with_text,
        )

    return _Rows(make)


def _articles(
    job: Job, classifier: SentenceClassifier, labels: frozenset[str]
) -> _Rows:
    """Make a row an article: where it is from, its cleaned text and counts."""
    names = classifier.scheme_.names
    said = ("url", "title", "published", "outlet", "language")
    strings = ("source", "record", "article_id", *said, "text")
    counts = [f"n_{name}" for name in names]
    types = dict.fromkeys(strings, str) | dict.fromkeys(counts, int) | {"model": str}

    def make(article: Article, predictions: list[Prediction]) -> Iterable[Row]:
        found = [prediction.label for prediction in predictions]
        return [
            {
                "source": article.meta.get("source", article.id),
                "record": article.meta.get("record", ""),
                "article_id": article.id,
                **{name: getattr(article, name) for name in said},
                "text": kept_text(predictions, labels) if job.with_text else "",
                **{f"n_{name}": found.count(name) for name in names},
                "model": classifier.name_,
            }
        ]

    return _Rows(make, types)


@contextmanager
def open_draft(
    path: Path, job: Job, classifier: SentenceClassifier, rows: _Rows
) -> Iterator[RowWriter]:
    """Write a draft; it is gone when the block fails, and synced when it does not."""
    try:
        with path.open("xb") as stream:
            reached("draft opened")
            form = FORMATS[f".{job.to}"]
            writer = form.writer(stream, classifier.scheme_, rows.types)
            try:
                yield writer
                writer.finish()
            finally:
                writer.close()
            reached("draft written")
            stream.flush()
            os.fsync(stream.fileno())
            reached("draft synced")
    except BaseException:
        path.unlink(missing_ok=True)
        raise
