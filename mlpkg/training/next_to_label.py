"""What to label next: the segments of unlabelled pages that a model doubts most.

Uncertainty sampling by margin (Scheffer, Decomain and Wrobel 2001, "Active hidden
Markov models for information extraction"), spread over articles and predicted labels,
since the most doubtful segments are often many of one kind.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from mlpkg.data.label_studio_tasks import TaskSpan, span_task, write_tasks
from mlpkg.data.page_files import write_page_files
from mlpkg.data.record_writer import write_records
from mlpkg.labels import LabelScheme
from mlpkg.models.classify import classify_articles
from mlpkg.records import Article, LabelledPage, Page, Prediction, ReadFailure

if TYPE_CHECKING:
    from mlpkg.models import SentenceClassifier

__all__ = [
    "DoubtfulPage",
    "next_to_label",
    "write_next_pages",
    "write_next_rows",
    "write_next_tasks",
]


@dataclass(frozen=True, slots=True)
class DoubtfulPage:
    """A page with its predictions, and which of its segments were chosen.

    Parameters
    ----------
    article
        The page.
    predictions
        One a segment.
    chosen
        Places of the chosen segments, the most doubtful first.
    """

    article: Article
    predictions: tuple[Prediction, ...]
    chosen: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class _Candidate:
    """A segment that may be chosen; pages by their place in the source."""

    margin: float
    page: int
    place: int
    label: str
    text: str


def next_to_label(
    classifier: SentenceClassifier,
    articles: Iterable[Article | ReadFailure],
    n: int = 50,
    *,
    most_an_article: int = 5,
) -> list[DoubtfulPage]:
    """Choose segments whose labels would teach the model most.

    Parameters
    ----------
    classifier
        A fitted classifier.
    articles
        Unlabelled pages, as `mlpkg.articles.open_articles` yields them; failures are
        logged and passed over.
    n
        How many segments at most.
    most_an_article
        How many segments of one article at most.

    Returns
    -------
    list of DoubtfulPage
        The pages that hold a chosen segment, in the order of the source; the same for
        the same pages and model.

    Raises
    ------
    ValueError
        A number is below 1.

    Notes
    -----
    A segment's doubt is the margin between its two highest probabilities. Articles
    give one segment each before any gives a second, and the predicted labels take
    turns. Of the same text on several pages the most doubtful one is taken.
    """
    for name, value in (("n", n), ("most_an_article", most_an_article)):
        if value < 1:
            raise ValueError(f"{name} must be 1 or more, got {value!r}")
    pages = [(a, tuple(found)) for a, found in classify_articles(classifier, articles)]
    chosen: dict[int, list[int]] = defaultdict(list)
    for candidate in _choose(_candidates(pages), n, most_an_article):
        chosen[candidate.page].append(candidate.place)
    return [DoubtfulPage(*pages[page], tuple(chosen[page])) for page in sorted(chosen)]


def write_next_tasks(path: Path, pages: Sequence[DoubtfulPage]) -> None:
    """Write a Label Studio task a page, the model's labels as its predictions.

    A task's ``data.doubtful`` lists the texts of the chosen segments.
    """
    tasks = []
    for number, page in enumerate(pages, start=1):
        spans = [
            TaskSpan(p.segment.start, p.segment.end, p.label, round(p.confidence, 4))
            for p in page.predictions
        ]
        texts = [page.predictions[place].segment.text for place in page.chosen]
        data = {"doubtful": texts}
        tasks.append(span_task(number, page.article, spans, "predictions", data))
    write_tasks(path, tasks)


def write_next_pages(
    folder: Path,
    pages: Sequence[DoubtfulPage],
    scheme: LabelScheme,
    header: Mapping[str, str],
) -> None:
    """Write a page file a page with the model's letters, chosen segments as hard.

    Raises
    ------
    DataError
        As `mlpkg.data.page_files.write_page_files`.
    """
    labelled = [
        LabelledPage(
            Page(page.article, tuple(p.segment for p in page.predictions)),
            tuple(p.label for p in page.predictions),
            hard=tuple(i in page.chosen for i in range(len(page.predictions))),
        )
        for page in pages
    ]
    write_page_files(labelled, folder, scheme, header)


def write_next_rows(path: Path, pages: Sequence[DoubtfulPage]) -> None:
    """Write a row a chosen segment, with an empty label to fill in."""
    rows: list[dict[str, Any]] = [
        {
            "article": page.article.id,
            "index": place,
            "text": prediction.segment.text,
            "label": None,
            "predicted": prediction.label,
            "confidence": prediction.confidence,
            "margin": _margin(prediction),
        }
        for page in pages
        for place in page.chosen
        for prediction in (page.predictions[place],)
    ]
    write_records(path, rows)


def _candidates(
    pages: Sequence[tuple[Article, Sequence[Prediction]]],
) -> list[_Candidate]:
    """List the distinct texts of all pages, the most doubtful first."""
    found = sorted(
        (
            _Candidate(_margin(p), page, place, p.label, p.segment.text)
            for page, (_, predictions) in enumerate(pages)
            for place, p in enumerate(predictions)
        ),
        key=lambda candidate: (candidate.margin, candidate.page, candidate.place),
    )
    first: dict[str, _Candidate] = {}
    for candidate in found:
        first.setdefault(" ".join(candidate.text.split()).casefold(), candidate)
    return list(first.values())


def _choose(
    candidates: Sequence[_Candidate], n: int, most_an_article: int
) -> list[_Candidate]:
    """Choose in rounds: each lets an article give one segment more than the last."""
    chosen: list[_Candidate] = []
    taken: Counter[int] = Counter()
    waiting = list(candidates)
    for limit in range(1, most_an_article + 1):
        by_label: dict[str, list[_Candidate]] = defaultdict(list)
        for candidate in waiting:
            by_label[candidate.label].append(candidate)
        queues = [iter(queue) for queue in by_label.values()]
        while queues and len(chosen) < n:
            for queue in tuple(queues):
                free = _first_free(queue, taken, limit)
                if free is None:
                    queues.remove(queue)
                elif len(chosen) < n:
                    chosen.append(free)
                    taken[free.page] += 1
        done = set(chosen)
        waiting = [candidate for candidate in waiting if candidate not in done]
    return chosen


def _first_free(
    queue: Iterator[_Candidate], taken: Counter[int], limit: int
) -> _Candidate | None:
    """Take the next candidate whose article may still give one."""
    return next((c for c in queue if taken[c.page] < limit), None)


def _margin(prediction: Prediction) -> float:
    """Return how far the first label is ahead of the second."""
    first, second = sorted(prediction.probabilities.values(), reverse=True)[:2]
    return first - second
