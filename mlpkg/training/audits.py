"""Leakage audits of gold pages: the one way from pages to the audit of arrays."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from mlpkg.config import CORPUS_PREFIX, Config
from mlpkg.config.objects import make_gold
from mlpkg.data.gold import GoldPage, data_fingerprint
from mlpkg.evaluation.audit_table import Audit, AuditSide, worst_of
from mlpkg.evaluation.leakage import audit
from mlpkg.models.store import locate_model, read_manifest

if TYPE_CHECKING:
    from mlpkg.labels import LabelScheme

__all__ = [
    "AUDIT_NOT_MADE",
    "audit_against_training",
    "audit_folds",
    "audit_pages",
    "audit_side",
]


AUDIT_NOT_MADE = (
    "leakage audit: not made; name what the model was trained on (--training-data)"
)


def audit_side(pages: Sequence[GoldPage]) -> AuditSide:
    """Bring the decided spans of pages to the columns that an audit reads."""
    spans = [(page, place) for page in pages for place in page.decided]
    articles = [page.page.article for page, _ in spans]
    return AuditSide(
        [page.id if page.has_context else "" for page, _ in spans],
        [
            article.text[slice(*page.spans[place])]
            for article, (page, place) in zip(articles, spans, strict=True)
        ],
        [page.labels[place] for page, place in spans],
        [page.page.article.outlet or page.source for page, _ in spans],
        [article.published for article in articles],
    )


def audit_pages(
    train: Sequence[GoldPage],
    held_out: Sequence[GoldPage],
    scheme: LabelScheme,
    *,
    seed: int = 0,
) -> Audit:
    """Audit a split of gold pages."""
    return audit(
        audit_side(train), audit_side(held_out), furniture=scheme.furniture, seed=seed
    )


def audit_against_training(
    model: str | Path | None,
    held_out: Sequence[GoldPage],
    scheme: LabelScheme,
    training: Sequence[GoldPage] | None = None,
) -> Audit | None:
    """Audit held-out pages against what a stored model was trained on.

    Parameters
    ----------
    model
        A model folder or a bundled name.
    held_out
        Pages that the model is scored on.
    scheme
        The labels.
    training
        The training pages; None takes the part of the bundled corpus that the model
        names. No other path is opened on a model's word: it may be a stranger's.

    Returns
    -------
    Audit or None
        None where the training data are not known here, or are no longer those that
        the model's fingerprint names.
    """
    manifest = read_manifest(locate_model(model))
    if training is None:
        try:
            config = Config.model_validate(manifest.get("config"))
        except ValueError:  # saved without a config, or with that of another version
            return None
        if not config.data.train.startswith(CORPUS_PREFIX):
            return None
        training = make_gold(config, config.data.train)
        if data_fingerprint(training) != manifest.get("data_fingerprint"):
            return None
    if not any(page.decided for page in held_out):
        return None
    return audit_pages(training, held_out, scheme)


def audit_folds(
    pages: Sequence[GoldPage],
    folds: Sequence[int],
    scheme: LabelScheme,
    *,
    seed: int = 0,
) -> Audit:
    """Audit each fold against the others; each check shows its worst fold."""
    audits = []
    for fold in sorted({fold for fold in folds if fold >= 0}):
        held_out = [p for p, f in zip(pages, folds, strict=True) if f == fold]
        rest = [p for p, f in zip(pages, folds, strict=True) if f != fold]
        if not (any(p.decided for p in held_out) and any(p.decided for p in rest)):
            continue  # only rows that are not scored
        audits.append(audit_pages(rest, held_out, scheme, seed=seed))
    return worst_of(audits) if audits else Audit(())
