"""The one-line uses: classify a text, or clean it, with a model by name."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from functools import lru_cache
from pathlib import Path

from mlpkg.models.classifier import SentenceClassifier
from mlpkg.models.classify import OtherLanguages, Source
from mlpkg.models.extract import ExtractedArticle, extract_articles
from mlpkg.models.store import MANIFEST, load_model, locate_model
from mlpkg.records import Prediction

__all__ = ["classify", "extract"]


def classify(
    source: Source,
    model: SentenceClassifier | str | Path | None = None,
    *,
    min_confidence: float = 0.0,
    max_risk: float | None = None,
    label_mix: Mapping[str, float] | None = None,
    other_languages: OtherLanguages = "warn",
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
    max_risk
        Predictions are marked as abstained so that, at 95% confidence, at most this
        share of the other labels is wrong on pages like those of the model's
        training; with `min_confidence` the higher threshold counts.
    label_mix
        Share of each label on these pages, where it is known to differ from the
        training data; not with `max_risk`.
    other_languages
        What happens to a page in another language than the model knows, beyond a
        warning: "warn" nothing, "abstain" every prediction is marked as abstained,
        "skip" none is made.

    Yields
    ------
    Prediction
        One a segment, in page order.

    Raises
    ------
    ModelNotFoundError
        There is no such model.
    CalibrationError
        The model cannot hold the risk, or does not know its training data's mix.

    Examples
    --------
    >>> for p in classify("Share this page\n“The bridge is safe,” said the mayor."):
    ...     print(p.label)
    boilerplate
    attribution
    """
    return _classifier(model).classify(
        source,
        min_confidence=min_confidence,
        max_risk=max_risk,
        label_mix=label_mix,
        other_languages=other_languages,
    )


def extract(
    source: Source,
    model: SentenceClassifier | str | Path | None = None,
    *,
    keep: Collection[str] | None = None,
    min_confidence: float = 0.0,
    max_risk: float | None = None,
    label_mix: Mapping[str, float] | None = None,
    other_languages: OtherLanguages = "warn",
) -> Iterator[ExtractedArticle]:
    r"""Clean pages lazily: the text without the furniture.

    Parameters
    ----------
    source, model, label_mix, other_languages
        As `classify` takes them; of a page that is skipped nothing is kept.
    keep
        Names of the labels to keep; None keeps all but the furniture.
    min_confidence
        Segments whose label is less probable are left out.
    max_risk
        Segments that `classify` would mark as abstained are left out.

    Yields
    ------
    ExtractedArticle
        One a page: the article as it was read, the text that was kept, and how many
        segments have each label.

    Raises
    ------
    ModelNotFoundError
        There is no such model.
    DataError
        `keep` names a label that the model does not have.
    CalibrationError
        As `classify` raises it.

    Examples
    --------
    >>> story = "The ferry to the islands stopped on Monday after a storm. "
    >>> story += "The council said that it would sail again on Friday."
    >>> top = ["Home | News | Sport", "Subscribe", "Ferry stops until Friday"]
    >>> page = "\n".join([*top, "By Una Marsh", story, "Share this page"])
    >>> [cleaned] = extract(page)
    >>> cleaned.text.splitlines()[-1] == story
    True
    """
    return extract_articles(
        _classifier(model),
        source,
        keep=keep,
        min_confidence=min_confidence,
        max_risk=max_risk,
        label_mix=label_mix,
        other_languages=other_languages,
    )


def _classifier(model: SentenceClassifier | str | Path | None) -> SentenceClassifier:
    """Load a model by folder or name once a process."""
    if isinstance(model, SentenceClassifier):
        return model
    folder = locate_model(model).resolve()
    # A model that was trained anew in the same folder is another one.
    return _loaded(folder, (folder / MANIFEST).stat().st_mtime_ns)


@lru_cache(maxsize=4)
def _loaded(folder: Path, changed: int) -> SentenceClassifier:
    """Load the model of a folder once for each time that it was written."""
    del changed  # a part of the key alone
    return load_model(folder)
