"""The work on one shard, as a worker process does it: from its pages to a draft.

Everything that may go wrong with a page is told before it is done, so that whoever
watches knows which page it was that a worker died of.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING

from mlpkg.articles.files import InputFile
from mlpkg.articles.sources import read_files
from mlpkg.bulk.draft import open_draft, row_maker
from mlpkg.bulk.job import Job
from mlpkg.bulk.steps import reached
from mlpkg.bulk.tasks import Key, LeftOut, Tally, Task, sha256_of
from mlpkg.exceptions import MlpkgError
from mlpkg.models.classify import classify_articles, other_language
from mlpkg.records import Article, Prediction, ReadFailure

if TYPE_CHECKING:
    from mlpkg.models import SentenceClassifier

__all__ = ["PageFaultError", "work"]

# Takes a word (read, have, done) and, for the first two, the page.
Tell = Callable[..., None]


class PageFaultError(MlpkgError, RuntimeError):
    """A page could not be read or judged, by no fault of its form."""


def work(classifier: SentenceClassifier, job: Job, task: Task, tell: Tell) -> Tally:
    """Read and judge the pages of a shard and write their rows to its draft.

    Parameters
    ----------
    classifier
        A fitted classifier.
    job, task
        What is to be done.
    tell
        Called with ``"read", key`` before a page is made of a file or record, with
        ``"have", key`` when it is there (``"passed"`` when it is not to be had), and
        with ``"done"`` when the oldest of those that are there has its rows.

    Raises
    ------
    PageFaultError
        Something unforeseen happened to a page.
    OSError
        The draft cannot be written.
    """
    started = time.perf_counter()
    tally = Tally()
    cut_before = getattr(classifier.encoder, "truncated", 0)
    draft = Path(task.draft)
    rows = row_maker(job, classifier)
    with open_draft(draft, job, classifier, rows) as writer:
        for article, predictions in _labelled(classifier, job, task, tally, tell):
            made = list(rows.make(article, predictions))
            writer.write(made)
            tally.pages += 1
            tally.segments += len(predictions)
            tally.rows += len(made)
            tally.foreign += bool(other_language(article))
            if tally.pages == 2:
                reached("half of the rows written")
    tally.cut = getattr(classifier.encoder, "truncated", 0) - cut_before
    tally.size, tally.sha256 = draft.stat().st_size, sha256_of(draft)
    tally.seconds = round(time.perf_counter() - started, 3)
    return tally


def _labelled(
    classifier: SentenceClassifier, job: Job, task: Task, tally: Tally, tell: Tell
) -> Iterator[tuple[Article, list[Prediction]]]:
    """Judge pages in batches, or one by one where they are under suspicion."""
    try:
        articles = _articles(job, task, tally, tell)
        for alone, run in groupby(articles, lambda a: _key(a) in task.alone):
            for batch in ([article] for article in run) if alone else (run,):
                for found in classify_articles(
                    classifier,
                    batch,
                    job.min_confidence,
                    job.other_languages,
                    max_risk=job.max_risk,
                    label_mix=job.label_mix,
                ):
                    tell("done")
                    yield found
    except Exception as error:
        raise PageFaultError(f"{type(error).__name__}: {error}") from error


def _articles(job: Job, task: Task, tally: Tally, tell: Tell) -> Iterator[Article]:
    """Read the pages of a shard and take note of those that cannot be."""

    def watch(file: InputFile, place: int) -> bool:
        key = (file.shown, str(place or ""))
        if key not in task.skip:
            tell("read", key)
        return key not in task.skip

    for item in read_files(
        task.items,
        encoding=job.encoding,
        format=job.format,
        fields=job.record_fields,
        page_bytes=job.page_bytes,
        watch=watch,
    ):
        if isinstance(item, ReadFailure):
            tell("passed")
            record = item.position.rpartition(" ")[2]
            tally.left_out.append(
                LeftOut(item.source, record, item.reason, "unreadable")
            )
        elif _key(item) not in task.skip:
            tell("have", _key(item))
            yield item


def _key(article: Article) -> Key:
    """Return the key of an article that was read."""
    return article.meta["source"], article.meta.get("record", "")
