"""The one-line use: classify a text with a model by name."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import lru_cache
from pathlib import Path

from mlpkg.models.classifier import SentenceClassifier
from mlpkg.models.store import load_model
from mlpkg.records import Article, Prediction, ReadFailure

__all__ = ["classify"]


def classify(
    source: str | Article | Iterable[str | Article | ReadFailure],
    model: SentenceClassifier | str | Path | None = None,
    *,
    min_confidence: float = 0.0,
) -> Iterator[Prediction]:
    r"""Classify the segments of one page or of many, lazily.

    Parameters
    ----------
    source
        The text of a page, an `Article`, or several of them (what `open_articles`
        yields, for instance).
    model
        A fitted classifier, a model folder or a bundled name; None is the default
        model, loaded once a process.
    min_confidence
        Predictions under this probability are marked as abstained.

    Yields
    ------
    Prediction
        One a segment, in page order.

    Raises
    ------
    ModelNotFoundError
        There is no such model.

    Examples
    --------
    >>> for p in classify("Share this page\n“The bridge is safe,” said the mayor."):
    ...     print(p.label)
    boilerplate
    attribution
    """
    if not isinstance(model, SentenceClassifier):
        model = _loaded("default" if model is None else str(model))
    return model.classify(source, min_confidence=min_confidence)


@lru_cache(maxsize=4)
def _loaded(name: str) -> SentenceClassifier:
    """Load a model once."""
    return load_model(name)
