"""Scoring a classifier on gold labels of any form."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from mlpkg.calibration import RiskCurve, with_factors
from mlpkg.config import Config
from mlpkg.data.gold import GoldPage, load_gold
from mlpkg.evaluation import (
    Evaluation,
    evaluate_labels,
    labels_by_cover,
    probabilities_by_cover,
)
from mlpkg.evaluation.kept_labels import kept_rows
from mlpkg.evaluation.label_mix import evaluate_label_mix
from mlpkg.labels import DEFAULT_SCHEME, LabelScheme

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from mlpkg.models import SentenceClassifier

__all__ = [
    "RISKS",
    "Judged",
    "evaluate",
    "judge",
    "judge_probabilities",
    "score_judged",
    "with_kept",
    "with_notes",
]

# Errors among the kept labels that people ask for.
RISKS = (0.02, 0.05, 0.1)


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
    label_mix: Mapping[str, float] | None = None,
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
    label_mix
        Shares of the labels to correct the model's probabilities by, as
        `SentenceClassifier.classify` takes them; None leaves them as they are.
    n, level, seed
        Bootstrap resamples of articles, level of the intervals, seed.

    Returns
    -------
    Evaluation
        Where gold spans and segments differ, a span takes the label that covers
        most of its characters. For a model with a risk curve it says what abstention
        at its thresholds leaves, unless probabilities are corrected.

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
    judged = judge(classifier, pages, scheme, bare=bare, label_mix=label_mix)
    rows = (judged.y_true, judged.y_pred, judged.articles, scheme.names)
    if mix is None:
        result = evaluate_labels(*rows, judged.probabilities, n, level, seed)
        if label_mix is None:
            result = with_kept(result, judged, classifier.risk_curve_, seed)
    else:
        result = evaluate_label_mix(*rows, mix, n, level, seed)
    return with_notes(result, judged)


def score_judged(
    judged: Judged,
    scheme: LabelScheme,
    config: Config,
    curve: RiskCurve | None = None,
) -> Evaluation:
    """Score judged rows with a config's intervals; a curve adds what it would keep."""
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
    return with_notes(with_kept(result, judged, curve, config.seed), judged)


def with_kept(
    result: Evaluation, judged: Judged, curve: RiskCurve | None, seed: int = 0
) -> Evaluation:
    """Add what abstention at a model's thresholds leaves, for the risks it can hold.

    Parameters
    ----------
    result
        Scores of the same rows.
    judged
        Rows that the curve was not fitted on.
    curve
        Of the model; without one nothing is added.
    seed
        Seed of the intervals.
    """
    if curve is None:
        return result
    rows = kept_rows(
        judged.probabilities.max(axis=1),
        [a == b for a, b in zip(judged.y_true, judged.y_pred, strict=True)],
        judged.articles,
        {risk: curve.threshold(risk) for risk in RISKS if curve.reachable(risk)},
        result.n_resamples,
        result.level,
        seed,
    )
    return replace(result, rows=(*result.rows, *rows))


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
    label_mix: Mapping[str, float] | None = None,
) -> Judged:
    """Predict every page and put the predictions on the gold spans.

    A `label_mix` corrects the probabilities, as `SentenceClassifier.classify` takes it.
    """
    factors = None if label_mix is None else classifier.mix_factors(label_mix)
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
    if factors is not None:
        arrays = [with_factors(found, factors) for found in arrays]
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
