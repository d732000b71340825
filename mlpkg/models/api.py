"""The one-line use: classify a text with a model by name."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import lru_cache
from pathlib import Path

from mlpkg.models.classifier import SentenceClassifier
from mlpkg.models.store import MANIFEST, load_model, locate_model
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
        folder = locate_model(model).resolve()
        # A model that was trained anew in the same folder is another one.
        model = _loaded(folder, (folder / MANIFEST).stat().st_mtime_ns)
    return model.classify(source, min_confidence=min_confidence)


@lru_cache(maxsize=4)
def _loaded(folder: Path, changed: int) -> SentenceClassifier:
    """Load the model of a folder once for each time that it was written."""
    del changed  # a part of the key alone
    return load_model(folder)
