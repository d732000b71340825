"""Scoring a classifier on gold labels of any form."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from mlpkg.config import Config
from mlpkg.data.gold import GoldPage, load_gold
from mlpkg.evaluation import (
    Evaluation,
    evaluate_labels,
    labels_by_cover,
    probabilities_by_cover,
)
from mlpkg.evaluation.label_mix import evaluate_label_mix
from mlpkg.labels import DEFAULT_SCHEME, LabelScheme

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from mlpkg.models import SentenceClassifier

__all__ = [
    "Judged",
    "evaluate",
    "judge",
    "judge_probabilities",
    "score_judged",
    "with_notes",
]


@dataclass(frozen=True, slots=True)
class Judged:
    """Gold labels beside predictions, a row a gold span with a decided label.

    Parameters
    ----------
    articles
        Article id a row.
    y_true, y_pred
        Label names.
    probabilities
        Shape (n_rows, n_labels), columns in the order of the scheme.
    left_out
        How many spans have a partial label or none, and so cannot be scored.
    """

    articles: tuple[str, ...]
    y_true: tuple[str, ...]
    y_pred: tuple[str, ...]
    probabilities: NDArray[np.float64]
    left_out: int = 0


def evaluate(
    model: SentenceClassifier | str | Path | None,
    data: str | Path | Sequence[GoldPage],
    *,
    scheme: LabelScheme | None = None,
    bare: bool = False,
    mix: Mapping[str, float] | None = None,
    n: int = 1000,
    level: float = 0.95,
    seed: int = 0,
) -> Evaluation:
    """Score a model on labelled data.

    Parameters
    ----------
    model
        A fitted classifier, a model folder, a bundled name, or None for the default.
    data
        Anything that `mlpkg.data.gold.load_gold` reads, or its result.
    scheme
        The labels; None for the model's own.
    bare
        Judge every segment by itself, as a string without a page.
    mix
        Shares of the labels to re-weight the scores to; None for the data's own.
    n, level, seed
        Bootstrap resamples of articles, level of the intervals, seed.

    Returns
    -------
    Evaluation
        Where gold spans and segments differ, a span takes the label that covers
        most of its characters.

    Raises
    ------
    DataError
        The data are wrong.
    ModelNotFoundError
        There is no such model.
    """
    from mlpkg.models.classifier import SentenceClassifier
    from mlpkg.models.store import load_model

    classifier = model if isinstance(model, SentenceClassifier) else load_model(model)
    scheme = scheme or classifier.scheme_
    pages = load_gold(data, scheme=scheme) if isinstance(data, str | Path) else data
    judged = judge(classifier, pages, scheme, bare=bare)
    rows = (judged.y_true, judged.y_pred, judged.articles, scheme.names)
    if mix is None:
        result = evaluate_labels(*rows, judged.probabilities, n, level, seed)
    else:
        result = evaluate_label_mix(*rows, mix, n, level, seed)
    return with_notes(result, judged)


def score_judged(judged: Judged, scheme: LabelScheme, config: Config) -> Evaluation:
    """Score judged rows with a config's intervals."""
    result = evaluate_labels(
        judged.y_true,
        judged.y_pred,
        judged.articles,
        scheme.names,
        judged.probabilities,
        n=config.evaluation.bootstrap,
        level=config.evaluation.level,
        seed=config.seed,
    )
    return with_notes(result, judged)


def with_notes(result: Evaluation, judged: Judged) -> Evaluation:
    """Add to scores what they leave out."""
    if not judged.left_out:
        return result
    note = f"{judged.left_out} rows are not scored: their labels are partial or missing"
    return replace(result, notes=(*result.notes, note))


def judge(
    classifier: SentenceClassifier,
    pages: Sequence[GoldPage],
    scheme: LabelScheme = DEFAULT_SCHEME,
    *,
    bare: bool = False,
) -> Judged:
    """Predict every page and put the predictions on the gold spans."""
    with_page = [page for page in pages if page.has_context and not bare]
    found = dict(
        zip(
            map(id, with_page),
            classifier.predict_pages([page.page for page in with_page]),
            strict=True,
        )
    )
    texts = [
        text for page in pages if id(page) not in found for text in page.page.texts
    ]
    alone = (
        classifier.predict_proba(texts)
        if texts
        else np.empty((0, len(classifier.classes_)))
    )
    arrays: list[NDArray[np.float64]] = []
    used = 0
    for page in pages:
        if id(page) in found:
            arrays.append(found[id(page)])
        else:
            arrays.append(alone[used : used + len(page.page)])
            used += len(page.page)
    return judge_probabilities(
        pages, arrays, [str(name) for name in classifier.classes_], scheme
    )


def judge_probabilities(
    pages: Sequence[GoldPage],
    probabilities: Sequence[NDArray[np.float64]],
    classes: Sequence[str],
    scheme: LabelScheme,
) -> Judged:
    """Put given probabilities of segments on the gold spans with a decided label.

    Parameters
    ----------
    pages
        Gold pages.
    probabilities
        One array a page, a row a segment, columns as in `classes`.
    classes
        Column names; a label of the scheme that is not among them gets 0.
    scheme
        The labels.
    """
    default = scheme.furniture or scheme.names[-1]
    default_row = np.array([float(name == default) for name in scheme.names])
    articles: list[str] = []
    y_true: list[str] = []
    y_pred: list[str] = []
    rows = [np.empty((0, len(scheme.names)))]
    for page, found in zip(pages, probabilities, strict=True):
        ordered = np.zeros((len(found), len(scheme.names)))
        for column, name in enumerate(classes):
            ordered[:, scheme.index(name)] = found[:, column]
        spans = [(s.start, s.end) for s in page.page.segments]
        best = [scheme.names[i] for i in ordered.argmax(axis=1)] if len(found) else []
        gold_spans = [page.spans[place] for place in page.decided]
        articles += [page.id] * len(gold_spans)
        y_true += [page.labels[place] for place in page.decided]
        y_pred += labels_by_cover(gold_spans, spans, best, default)
        rows.append(probabilities_by_cover(gold_spans, spans, ordered, default_row))
    left_out = sum(len(page.spans) for page in pages) - len(articles)
    return Judged(
        tuple(articles), tuple(y_true), tuple(y_pred), np.concatenate(rows), left_out
    )
