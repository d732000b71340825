"""Cleaned articles: the segments of a page that are worth keeping, as running text."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from itertools import groupby
from typing import TYPE_CHECKING

from mlpkg.exceptions import DataError
from mlpkg.models.classify import OtherLanguages, Source, classify_articles
from mlpkg.records import Article, Prediction

if TYPE_CHECKING:
    from mlpkg.labels import LabelScheme
    from mlpkg.models.classifier import SentenceClassifier

__all__ = ["ExtractedArticle", "checked_labels", "extract_articles", "kept_text"]

_LINE_END = re.compile(r"\s*\n\s*")


@dataclass(frozen=True, slots=True)
class ExtractedArticle:
    """One page, cleaned.

    Parameters
    ----------
    article
        The page as it was read.
    text
        What was kept: the prose of a block joined by spaces, blocks by a blank line.
    counts
        Number of segments by label, in the order of the label scheme, of the whole
        page.
    """

    article: Article
    text: str
    counts: Mapping[str, int]


def extract_articles(
    classifier: SentenceClassifier,
    source: Source,
    *,
    keep: Collection[str] | None = None,
    min_confidence: float = 0.0,
    max_risk: float | None = None,
    label_mix: Mapping[str, float] | None = None,
    other_languages: OtherLanguages = "warn",
) -> Iterator[ExtractedArticle]:
    """Clean pages lazily; see `mlpkg.extract`.

    Parameters
    ----------
    classifier
        A fitted classifier.
    source, keep, min_confidence, max_risk, label_mix, other_languages
        As `mlpkg.extract` takes them.

    Raises
    ------
    DataError
        `keep` names a label that the classifier does not have; at once.
    CalibrationError
        As `mlpkg.extract` raises it; at once.
    """
    scheme = classifier.scheme_
    labels = checked_labels(keep, scheme)
    found = classify_articles(
        classifier,
        source,
        min_confidence,
        other_languages,
        max_risk=max_risk,
        label_mix=label_mix,
    )
    return (
        ExtractedArticle(
            article, kept_text(predictions, labels), _counts(predictions, scheme)
        )
        for article, predictions in found
    )


def checked_labels(keep: Collection[str] | None, scheme: LabelScheme) -> frozenset[str]:
    """Return the labels to keep: those named, else all but the furniture."""
    if keep is None:
        return frozenset(scheme.names) - {scheme.furniture}
    names = [keep] if isinstance(keep, str) else list(keep)
    for name in names:
        if name not in scheme.names:
            near = get_close_matches(name, scheme.names, n=1)
            raise DataError(
                f"unknown label {name!r}; the model has {', '.join(scheme.names)}"
                f"{f'; did you mean {near[0]!r}?' if near else ''}"
            )
    return frozenset(names)


def kept_text(predictions: Iterable[Prediction], labels: Collection[str]) -> str:
    """Join the segments of some labels; those that abstained are left out.

    Parameters
    ----------
    predictions
        Of one page, in its order.
    labels
        The labels to keep.
    """
    kept = (p.segment for p in predictions if p.label in labels and not p.abstained)
    blocks = groupby(kept, key=lambda segment: segment.block)
    return "\n\n".join(
        " ".join(_LINE_END.sub(" ", segment.text) for segment in block)
        for _, block in blocks
    )


def _counts(predictions: Iterable[Prediction], scheme: LabelScheme) -> dict[str, int]:
    """Count the segments of each label."""
    counts = Counter(prediction.label for prediction in predictions)
    return {name: counts[name] for name in scheme.names}
