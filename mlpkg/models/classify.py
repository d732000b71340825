"""From articles to predictions, lazily and in batches that fill the encoder."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

import numpy as np
from sklearn.utils.validation import check_is_fitted

from mlpkg.articles import normalise
from mlpkg.records import Article, Page, Prediction, ReadFailure
from mlpkg.segmentation import Segmenter

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from mlpkg.models.classifier import SentenceClassifier

__all__ = ["classify_articles"]

logger = logging.getLogger(__name__)

# Segments embedded together: enough to batch by length, few enough to stay lazy.
BATCH_SEGMENTS = 1024

Source = str | Article | Iterable[str | Article | ReadFailure]


def classify_articles(
    classifier: SentenceClassifier, source: Source, min_confidence: float = 0.0
) -> Iterator[tuple[Article, list[Prediction]]]:
    """Classify pages lazily.

    Parameters
    ----------
    classifier
        A fitted classifier.
    source
        As `SentenceClassifier.classify` takes it.
    min_confidence
        Predictions under this probability are marked as abstained.

    Yields
    ------
    article : Article
    predictions : list of Prediction
        One a segment; empty for an article without text.
    """
    check_is_fitted(classifier, "head_")
    segmenter = Segmenter()
    waiting: list[Page] = []
    size = 0
    for article in _articles(source):
        waiting.append(segmenter.segment(article))
        size += len(waiting[-1])
        if size >= BATCH_SEGMENTS:
            yield from _predict(classifier, waiting, min_confidence)
            waiting, size = [], 0
    yield from _predict(classifier, waiting, min_confidence)


def _articles(source: Source) -> Iterator[Article]:
    """Bring every form of input to articles."""
    items = [source] if isinstance(source, str | Article) else source
    if isinstance(items, bytes) or not isinstance(items, Iterable):
        raise TypeError(
            f"the source is a {type(source).__name__}; expected a string, an Article "
            "or several of them (read files with mlpkg.open_articles)"
        )
    for number, item in enumerate(items, start=1):
        if isinstance(item, ReadFailure):
            logger.warning("not classified: %s", item)
        elif isinstance(item, Article):
            yield item
        elif isinstance(item, str):
            name = "text" if isinstance(source, str) else f"text-{number}"
            yield Article(name, normalise(item))
        else:
            raise TypeError(
                f"item {number} is a {type(item).__name__}; expected a string or an "
                "Article (read files with mlpkg.open_articles)"
            )


def _predict(
    classifier: SentenceClassifier, pages: list[Page], min_confidence: float
) -> Iterator[tuple[Article, list[Prediction]]]:
    """Classify a batch of pages."""
    names = [str(name) for name in classifier.classes_]
    for page, probabilities in zip(pages, classifier.predict_pages(pages), strict=True):
        yield page.article, _predictions(page, probabilities, names, min_confidence)


def _predictions(
    page: Page,
    probabilities: NDArray[np.float64],
    names: list[str],
    min_confidence: float,
) -> list[Prediction]:
    """Turn probability rows into records."""
    best = probabilities.argmax(axis=1) if len(page) else []
    return [
        Prediction(
            segment,
            names[column],
            dict(zip(names, row.tolist(), strict=True)),
            float(row[column]),
            bool(row[column] < min_confidence),
        )
        for segment, row, column in zip(page.segments, probabilities, best, strict=True)
    ]
