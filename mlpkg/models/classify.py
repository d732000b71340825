"""From articles to predictions, lazily and in batches that fill the encoder."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Literal, get_args

import numpy as np
from sklearn.utils.validation import check_is_fitted

from mlpkg.articles import normalise
from mlpkg.articles.language import MIN_LENGTH, detect_language, primary_code
from mlpkg.calibration import with_factors
from mlpkg.exceptions import DataError
from mlpkg.records import Article, Page, Prediction, ReadFailure
from mlpkg.segmentation import Segmenter

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from mlpkg.models.classifier import SentenceClassifier

__all__ = ["LANGUAGES", "OtherLanguages", "classify_articles", "other_language"]

logger = logging.getLogger(__name__)

# Segments embedded together: enough to batch by length, few enough to stay lazy.
BATCH_SEGMENTS = 1024
# No probability is above it.
NEVER = 2.0

# What models know: the corpus that they learn from, the cues that they look for and
# the encoder behind the default model are English.
LANGUAGES = ("en",)

OtherLanguages = Literal["warn", "abstain", "skip"]
Source = str | Article | Iterable[str | Article | ReadFailure]


def classify_articles(
    classifier: SentenceClassifier,
    source: Source,
    min_confidence: float = 0.0,
    other_languages: OtherLanguages = "warn",
    *,
    max_risk: float | None = None,
    label_mix: Mapping[str, float] | None = None,
) -> Iterator[tuple[Article, list[Prediction]]]:
    """Classify pages lazily.

    Parameters
    ----------
    classifier
        A fitted classifier.
    source, min_confidence, max_risk, label_mix
        As `SentenceClassifier.classify` takes them.
    other_languages
        What happens to a page in a language that the model does not know, beyond a
        warning: nothing, every prediction is marked as abstained, or none is made.

    Returns
    -------
    iterator of (Article, list of Prediction)
        A prediction a segment; none for an article without text or one left out.

    Raises
    ------
    CalibrationError, DataError
        The model cannot hold the risk, or the mix is wrong; at once.
    """
    check_is_fitted(classifier, "head_")
    if other_languages not in get_args(OtherLanguages):
        raise ValueError(
            f'"other_languages" must be one of {", ".join(get_args(OtherLanguages))}, '
            f"got {other_languages!r}"
        )
    if max_risk is not None and label_mix is not None:
        raise DataError(
            f"max_risk {max_risk!r} and label_mix {dict(label_mix)!r} do not go "
            "together: thresholds for a risk hold under the training data's label "
            "mix; leave one out, or set min_confidence in place of the risk"
        )
    if max_risk is not None:
        min_confidence = max(min_confidence, classifier.threshold(max_risk))
    factors = None if label_mix is None else classifier.mix_factors(label_mix)
    return _classified(classifier, source, min_confidence, other_languages, factors)


def _classified(
    classifier: SentenceClassifier,
    source: Source,
    min_confidence: float,
    other_languages: OtherLanguages,
    factors: NDArray[np.float64] | None,
) -> Iterator[tuple[Article, list[Prediction]]]:
    """Classify pages in batches; the arguments are checked."""
    segmenter = Segmenter()
    waiting: list[tuple[Page, float]] = []
    size = 0
    for article in _articles(source):
        what = _told(article, other_languages)
        page = Page(article, ()) if what == "skip" else segmenter.segment(article)
        waiting.append((page, NEVER if what == "abstain" else min_confidence))
        size += len(page)
        if size >= BATCH_SEGMENTS:
            yield from _predict(classifier, waiting, factors)
            waiting, size = [], 0
    yield from _predict(classifier, waiting, factors)


def other_language(article: Article) -> str:
    """Return the language of a page that models do not know, else an empty string.

    A short page is never called foreign: nobody can tell.
    """
    if len(article.text) < MIN_LENGTH:
        return ""
    language = primary_code(article.language) or detect_language(article.text)
    return "" if language in LANGUAGES else language


def _told(article: Article, other_languages: OtherLanguages) -> OtherLanguages | None:
    """Warn of a page in another language and return what is to happen to it."""
    language = other_language(article)
    if not language:
        return None
    outcome = {
        "warn": "its labels mean little",
        "abstain": "every label is marked as abstained",
        "skip": "it is left out",
    }[other_languages]
    logger.warning(
        "%r is in another language (%s) than the model knows (%s); %s",
        article.id,
        language,
        ", ".join(LANGUAGES),
        outcome,
    )
    return other_languages


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
    classifier: SentenceClassifier,
    waiting: list[tuple[Page, float]],
    factors: NDArray[np.float64] | None,
) -> Iterator[tuple[Article, list[Prediction]]]:
    """Classify a batch of pages, each with its least confidence."""
    names = [str(name) for name in classifier.classes_]
    found = classifier.predict_pages([page for page, _ in waiting])
    for (page, least), probabilities in zip(waiting, found, strict=True):
        if factors is not None:
            probabilities = with_factors(probabilities, factors)
        yield page.article, _predictions(page, probabilities, names, least)


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
