"""Has a classifier judge the pages of a task, once and timed, and scores the answers.

The pass that is scored is the pass that is timed: nothing of it was seen before, so
that no cache helps.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from mlpkg.articles.html import read_html
from mlpkg.benchmark.classifiers.base import Classifier, Unlabelled
from mlpkg.benchmark.classifiers.extractors import Extract
from mlpkg.benchmark.stopwatch import Stopwatch
from mlpkg.benchmark.tasks.base import BenchmarkTask, MainText, sides
from mlpkg.config import EvaluationConfig
from mlpkg.data.gold import GoldPage
from mlpkg.evaluation import evaluate_labels
from mlpkg.evaluation.bootstrap import MetricRow
from mlpkg.evaluation.metrics import article_confusions
from mlpkg.evaluation.text_overlap import overlap_rows, shingle_counts
from mlpkg.exceptions import DataError
from mlpkg.models.extract import kept_text
from mlpkg.records import Page, Prediction
from mlpkg.segmentation import Segmenter
from mlpkg.training.evaluate import judge_probabilities

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["Judgement", "judge_extractor", "judge_labels", "judge_texts"]

FURNITURE = "boilerplate"


@dataclass(frozen=True, slots=True)
class Judgement:
    """What came of a pass.

    Parameters
    ----------
    rows
        The scores.
    labels
        Labels that were scored; empty for kept text.
    pages
        Ids of the articles, sorted, as the rows of `counts`.
    counts
        By article a confusion matrix, or shingles shared, found and wanted.
    n_segments
        Segments that were judged; None where only texts were.
    seconds
        Wall-clock time of the pass.
    stages
        Of it, by stage.
    """

    rows: tuple[MetricRow, ...]
    labels: tuple[str, ...]
    pages: tuple[str, ...]
    counts: NDArray[np.int64]
    n_segments: int | None
    seconds: float
    stages: dict[str, float]

    def scores(self) -> dict[str, dict[str, float | None]]:
        """Return the metrics over all classes."""
        return {row.metric: _value(row) for row in self.rows if not row.label}

    def per_class(self) -> dict[str, dict[str, Any]]:
        """Return the metrics of each class, with its support."""
        found: dict[str, dict[str, Any]] = {}
        for row in self.rows:
            if row.label:
                known = found.setdefault(row.label, {"support": row.support})
                known[row.metric] = _value(row)
        return found


def judge_labels(
    classifier: Classifier,
    task: BenchmarkTask,
    pages: Sequence[GoldPage],
    evaluation: EvaluationConfig,
) -> Judgement:
    """Judge gold pages.

    Pages that came as text are cut into segments anew, for the time that it takes.

    Raises
    ------
    DataError
        A class of the classifier falls to no label of the task.
    """
    found = sides(task.meaning, classifier.classes)
    if found is None:
        raise DataError(
            f"the classifier tells {', '.join(classifier.classes)} apart, which do not "
            f"all fall to a label of {task.name} ({', '.join(task.meaning)})"
        )
    watch, started = Stopwatch(), time.perf_counter()
    for page in pages:
        if page.has_context and not _is_ready_made(page.page):
            with watch.stage("segment"):
                Segmenter().segment(page.page.article)
    asked = [Unlabelled(page.page, page.has_context) for page in pages]
    answers = classifier.predict_proba(asked, watch)
    seconds = time.perf_counter() - started
    names = task.scheme.names
    share = np.array([[float(side == name) for name in names] for side in found])
    probabilities = [answer @ share for answer in answers]
    judged = judge_probabilities(pages, probabilities, names, task.scheme)
    columns = judged.y_true, judged.y_pred, judged.articles, names
    result = evaluate_labels(
        *columns, judged.probabilities, evaluation.bootstrap, evaluation.level
    )
    return Judgement(
        result.rows,
        names,
        tuple(sorted(set(judged.articles))),
        article_confusions(*columns),
        sum(len(page.page) for page in pages),
        seconds,
        watch.seconds,
    )


def judge_texts(
    classifier: Classifier, pages: Sequence[MainText], evaluation: EvaluationConfig
) -> Judgement:
    """Judge HTML pages by what is kept of them: all that is no furniture."""
    if FURNITURE not in classifier.classes:
        raise DataError(
            f"the classifier tells {', '.join(classifier.classes)} apart, not "
            f"{FURNITURE}; what it would keep of a page is not known"
        )
    watch, started = Stopwatch(), time.perf_counter()
    cut: list[Page] = []
    for page in pages:
        with watch.stage("read"):
            article = read_html(page.html, page.id)
        with watch.stage("segment"):
            cut.append(Segmenter().segment(article))
    filled = [Unlabelled(page) for page in cut if len(page)]
    answers = iter(classifier.predict_proba(filled, watch))
    kept = [_kept(page, next(answers), classifier) if len(page) else "" for page in cut]
    seconds = time.perf_counter() - started
    n_segments = sum(len(page) for page in cut)
    return _text_judgement(pages, kept, n_segments, seconds, watch, evaluation)


def judge_extractor(
    extract: Extract, pages: Sequence[MainText], evaluation: EvaluationConfig
) -> Judgement:
    """Judge what an extractor keeps of HTML pages."""
    watch, started = Stopwatch(), time.perf_counter()
    with watch.stage("read"):
        kept = [extract(page.html) for page in pages]
    seconds = time.perf_counter() - started
    return _text_judgement(pages, kept, None, seconds, watch, evaluation)


def _text_judgement(
    pages: Sequence[MainText],
    kept: Sequence[str],
    n_segments: int | None,
    seconds: float,
    watch: Stopwatch,
    evaluation: EvaluationConfig,
) -> Judgement:
    """Score kept texts against main texts, pages in the order of their ids."""
    order = sorted(range(len(pages)), key=lambda place: pages[place].id)
    counts = [shingle_counts(kept[place], pages[place].text) for place in order]
    return Judgement(
        overlap_rows(counts, evaluation.bootstrap, evaluation.level),
        (),
        tuple(pages[place].id for place in order),
        np.array([[c.shared, c.found, c.reference] for c in counts]),
        n_segments,
        seconds,
        watch.seconds,
    )


def _kept(page: Page, found: NDArray[np.float64], classifier: Classifier) -> str:
    """Join the segments that are more likely text than furniture."""
    furniture = found[:, classifier.classes.index(FURNITURE)]
    total = found.sum(axis=1)
    predictions = [
        Prediction(segment, FURNITURE if share > whole / 2 else "text", {}, 0.0)
        for segment, share, whole in zip(page.segments, furniture, total, strict=True)
    ]
    return kept_text(predictions, {"text"})


def _is_ready_made(page: Page) -> bool:
    """Tell whether each segment is a block of its own: rows, which nothing cuts."""
    return all(
        segment.block is not None
        and (segment.block.start, segment.block.end) == (segment.start, segment.end)
        for segment in page.segments
    )


def _value(row: MetricRow) -> dict[str, float | None]:
    """Return a value with its interval."""
    fields = asdict(row)
    return {key: fields[key] for key in ("value", "low", "high")}
