"""Checks whether a label can be had by telling the source of a text.

Corpora differ in their words as well as in their labels. A model trained on several
then learns which corpus a sentence is from: on held-out rows of the same corpora that
scores well (F1 0.97 was measured for one), on any other page it fails (0.54), and no
split of these corpora shows it.
"""

from __future__ import annotations

from collections import Counter, defaultdict

import numpy as np
from numpy.typing import NDArray

from mlpkg.evaluation.audit_table import AuditRow, AuditSide, first_five, unchecked

__all__ = ["one_source_labels", "source_confound"]

# A source with fewer rows of a label says little about its words.
MIN_ROWS = 20
# Of one source and label; enough to tell corpora, and keeps the check under seconds.
MAX_ROWS = 200
MAX_SOURCES = 20
FOLDS = 5
# Place of the balanced accuracy between chance (0) and certainty (1), and distance of
# label mixes. Measured on public corpora: mixtures that label unlike lie at 0.57 to
# 0.60 and 0.42 to 0.59 (one at 0.34 and 0.56, where only attribution is in both), a
# pair that labels alike at 0.66 and 0.08; outlets, sections, writers and genres within
# one corpus at 0.08 to 0.44 and 0.00 to 0.16.
FAR_ABOVE_CHANCE = 0.5
MIX_DIFFERS = 0.3


def one_source_labels(train: AuditSide, held_out: AuditSide) -> AuditRow:
    """Find labels that come from one source only.

    In the training data alone that is a warning; on both sides together (and with
    rows enough to be no accident) a failure, since then the score of the label cannot
    be told from a score of telling the source. A label with rows of unknown source
    may come from more.
    """
    name = "one-source labels"
    in_train = _sources_by_label(train)
    everywhere = _sources_by_label(train, held_out)
    sources = {source for counts in everywhere.values() for source in counts} - {""}
    if len(sources) < 2:
        return unchecked(name, f"{len(sources) or 'no'} source known, two needed")
    single = _single_sources(everywhere)
    certain = [label for label in single if everywhere[label].total() >= MIN_ROWS]
    single |= _single_sources(in_train)
    detail = (
        f"{len(single)} of {len(everywhere)} labels come from one of the "
        f"{len(sources)} sources only"
    )
    if certain:
        detail += f", {len(certain)} of them on both sides together"
    return AuditRow(
        name,
        "fail" if certain else "warn" if single else "ok",
        len(single),
        len(single) / len(everywhere),
        detail,
        first_five(f"{label} from {source}" for label, source in single.items()),
    )


def source_confound(train: AuditSide, furniture: str | None, seed: int) -> AuditRow:
    """Measure how well words tell the source of training rows of one label.

    Within one label, words should not tell the source. Where they do and the sources
    also mix the labels differently, a model can get the label from the source: then
    there is a warning. So for each label but furniture (whose stock lines name the
    outlet, which is fair) a linear model on hashed words predicts the source,
    cross-validated by article. The label where it does best is reported, the balanced
    accuracy as `share`, the number of sources as `count`.
    """
    name = "source confound"
    found = []
    for label in sorted(set(train.labels) - {furniture}):
        rows = _comparable_rows(train, label, np.random.default_rng(seed))
        if rows:
            sources = sorted({train.sources[row] for row in rows})
            accuracy = _accuracy_of_source(train, rows, seed)
            chance = 1 / len(sources)
            found.append(((accuracy - chance) / (1 - chance), accuracy, label, sources))
    if not found:
        return unchecked(
            name,
            f"no label has two known sources with {MIN_ROWS} rows in two articles each",
        )
    above, accuracy, label, sources = max(found)
    differs = _mix_difference(train, sources)
    suspect = above > FAR_ABOVE_CHANCE and differs > MIX_DIFFERS
    return AuditRow(
        name,
        "warn" if suspect else "ok",
        len(sources),
        accuracy,
        f"within {label!r}, words tell {len(sources)} sources with balanced accuracy "
        f"{accuracy:.2f} (chance {1 / len(sources):.2f}); their label mixes lie "
        f"{differs:.2f} apart",
        first_five(sources),
    )


def _sources_by_label(*sides: AuditSide) -> dict[str, Counter[str]]:
    """Count rows by label and source."""
    counts: dict[str, Counter[str]] = defaultdict(Counter)
    for side in sides:
        for label, source in zip(side.labels, side.sources, strict=True):
            counts[label][source] += 1
    return counts


def _single_sources(counts: dict[str, Counter[str]]) -> dict[str, str]:
    """Return the source of each label that has one, known, source."""
    return {
        label: next(iter(sources))
        for label, sources in sorted(counts.items())
        if len(sources) == 1 and "" not in sources
    }


def _comparable_rows(
    side: AuditSide, label: str, random: np.random.Generator
) -> list[int]:
    """Sample rows of a label from its largest sources; none where they are too few."""
    by_source: dict[str, list[int]] = defaultdict(list)
    for row, (found, source) in enumerate(zip(side.labels, side.sources, strict=True)):
        if found == label and source:
            by_source[source].append(row)
    kept = []
    for rows in sorted(by_source.values(), key=len, reverse=True)[:MAX_SOURCES]:
        if len(rows) > MAX_ROWS:
            rows = random.choice(rows, MAX_ROWS, replace=False).tolist()
        if len(rows) >= MIN_ROWS and len({_article(side, row) for row in rows}) > 1:
            kept.append(rows)
    return [row for rows in kept for row in rows] if len(kept) > 1 else []


def _accuracy_of_source(side: AuditSide, rows: list[int], seed: int) -> float:
    """Cross-validate a model of the source by article; return balanced accuracy."""
    from sklearn.feature_extraction.text import HashingVectorizer
    from sklearn.linear_model import SGDClassifier
    from sklearn.metrics import balanced_accuracy_score
    from sklearn.model_selection import PredefinedSplit, cross_val_predict

    sources = [side.sources[row] for row in rows]
    words = HashingVectorizer(n_features=2**16).transform(
        [side.texts[row] for row in rows]
    )
    # A fixed number of passes, since convergence is not the point.
    model = SGDClassifier(
        loss="log_loss",
        class_weight="balanced",
        max_iter=10,
        tol=None,
        random_state=seed,
    )
    folds = PredefinedSplit(_folds(side, rows))
    found = cross_val_predict(model, words, sources, cv=folds)
    return float(balanced_accuracy_score(sources, found))


def _folds(side: AuditSide, rows: list[int]) -> NDArray[np.int64]:
    """Deal the articles of each source to folds in turn.

    Each source has two articles or more, so each fold leaves some of it to train on.
    """
    fold_of: dict[tuple[str, str], int] = {}
    dealt: Counter[str] = Counter()
    for row in rows:
        source = side.sources[row]
        article = (source, _article(side, row))
        if article not in fold_of:
            fold_of[article] = dealt[source] % FOLDS
            dealt[source] += 1
    return np.array([fold_of[side.sources[row], _article(side, row)] for row in rows])


def _article(side: AuditSide, row: int) -> str:
    """Article of a row; a row without one stands for itself."""
    return side.articles[row] or f"row {row}"


def _mix_difference(side: AuditSide, sources: list[str]) -> float:
    """Mean distance (total variation) between the label mixes of two sources."""
    counts = _sources_by_label(side)
    table = np.array([[counts[k][source] for k in counts] for source in sources])
    mixes = table / table.sum(axis=1, keepdims=True)
    distances = np.abs(mixes[:, None] - mixes[None]).sum(axis=2) / 2
    return float(distances.sum() / (len(sources) * (len(sources) - 1)))
