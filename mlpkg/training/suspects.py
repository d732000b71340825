"""Likely label errors: labels that a model which never saw them finds improbable."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from mlpkg.data.gold import GoldPage
from mlpkg.data.record_writer import write_records
from mlpkg.exceptions import DataError, MlpkgError
from mlpkg.labels import LabelScheme
from mlpkg.training.fitting import fit_on_gold, out_of_fold

if TYPE_CHECKING:
    from mlpkg.models import SentenceClassifier

__all__ = ["Suspect", "find_suspects", "write_suspects"]


@dataclass(frozen=True, slots=True)
class Suspect:
    """One label that is likely wrong.

    Parameters
    ----------
    article
        Id of the article, or of the row that came without one.
    index
        Place among the labelled texts of the article, from 0.
    text
        The text.
    given, likely
        Its label, and the one that the model finds most probable.
    score
        Probability of the given label, 0 to 1; the lowest is the most suspect.
    """

    article: str
    index: int
    text: str
    given: str
    likely: str
    score: float


def find_suspects(
    classifier: SentenceClassifier, pages: Sequence[GoldPage], scheme: LabelScheme
) -> list[Suspect]:
    """Find labels that are likely wrong, the most suspect first.

    Parameters
    ----------
    classifier
        Of any setting with folds of at least 2; it is fitted on the pages.
    pages
        Labelled data; partial labels are learned from, not judged.
    scheme
        The labels.

    Raises
    ------
    MlpkgError
        cleanlab is not installed.
    DataError
        Fewer than two labels are given for certain.

    Notes
    -----
    Every text is judged by a model that was trained without its article. Which are
    told is confident learning's to decide (Northcutt, Jiang and Chuang 2021,
    "Confident learning: estimating uncertainty in dataset labels"): it compares a
    probability with what the texts of that label usually get. In a small set many
    suspects are right and the model is wrong; read them.
    """
    try:
        from cleanlab.filter import find_label_issues
        from cleanlab.rank import get_label_quality_scores
    except ImportError:
        raise MlpkgError(
            "cleanlab is not installed, and suspects need it: pip install 'mlpkg[data]'"
        ) from None
    fit_on_gold(classifier, pages, scheme)
    judged = out_of_fold(classifier, pages, scheme)
    names = [name for name in scheme.names if name in set(judged.y_true)]
    if len(names) < 2:
        raise DataError(
            f"the data have {len(names)} labels given for certain ({names}), expected "
            "at least 2; suspects are told by comparing labels"
        )
    columns = [scheme.index(name) for name in names]
    probabilities = judged.probabilities[:, columns]
    probabilities = probabilities / probabilities.sum(axis=1, keepdims=True)
    given = np.array([names.index(label) for label in judged.y_true])
    # One process: the work is a sort, and workers would import everything again.
    found = find_label_issues(given, probabilities, n_jobs=1)
    scores = get_label_quality_scores(given, probabilities)
    spans = [(page, place) for page in pages for place in page.decided]
    suspects = [
        Suspect(
            page.id,
            place,
            page.page.article.text[slice(*page.spans[place])],
            names[given[row]],
            names[int(probabilities[row].argmax())],
            float(scores[row]),
        )
        for row, (page, place) in enumerate(spans)
        if found[row]
    ]
    return sorted(suspects, key=lambda suspect: suspect.score)


def write_suspects(path: Path, suspects: Sequence[Suspect]) -> None:
    """Write a row a suspect (``.jsonl``, ``.csv``, ``.parquet``)."""
    columns = [field.name for field in fields(Suspect)]
    write_records(path, [asdict(suspect) for suspect in suspects], columns)
