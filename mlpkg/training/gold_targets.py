"""What the estimator learns from gold pages: labels, weights and partial labels."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from mlpkg.data.gold import GoldPage, SegmentTarget, segment_targets
from mlpkg.data.splits import shown
from mlpkg.exceptions import DataError
from mlpkg.labels import LabelScheme

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["GoldTargets", "gold_targets", "require_one_form"]

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class GoldTargets:
    """Arguments of `SentenceClassifier.fit`, an entry a page, a row a segment.

    Parameters
    ----------
    labels
        Label names; not looked at where `allowed` leaves more than one open.
    weights
        Weights; None where all are 1.
    allowed
        Masks over the sorted distinct labels; None where every label is decided.
    """

    labels: list[list[str]]
    weights: list[list[float]] | None
    allowed: list[NDArray[np.bool_]] | None


def gold_targets(pages: Sequence[GoldPage], scheme: LabelScheme) -> GoldTargets:
    """Collect what the segments of pages teach.

    Labels that only partial labels name are classes, too, which is logged: the model
    can tell them from the others only by what the decided rows are not.

    Raises
    ------
    DataError
        As `require_one_form` raises it.
    """
    require_one_form(pages)
    targets = [segment_targets(page, scheme) for page in pages]
    rows = [target for page in targets for target in page]
    decided = {row.label for row in rows if row.allowed is None}
    named = {name for row in rows if row.weight for name in row.allowed or ()}
    open_only = sorted(named - decided)
    if open_only:
        logger.warning(
            "no row is labelled %s for certain: only partial labels name %s",
            " or ".join(map(repr, open_only)),
            "it" if len(open_only) == 1 else "them",
        )
    labels = _labels(targets, decided | named, decided)
    weights = [[target.weight for target in page] for page in targets]
    partial = any(row.allowed is not None for row in rows)
    return GoldTargets(
        labels,
        weights if any(row.weight != 1 for row in rows) else None,
        _masks(targets, labels) if partial else None,
    )


def require_one_form(pages: Sequence[GoldPage]) -> None:
    """Refuse training data in which some rows name their article and others do not.

    A row without an article is judged as a bare string. Among pages it would be
    learned, and judged out of fold, as a page of one segment: its score would not be
    that of what the model does with it later.

    Raises
    ------
    DataError
        Names the rows without an article by file and line.
    """
    bare = [page.id for page in pages if not page.has_context]
    if bare and len(bare) < len(pages):
        rows = sum(len(page.spans) for page in pages)
        raise DataError(
            f"{len(bare)} of {rows} training rows name no article ({shown(bare)}), the "
            "others do: rows without context and rows with it cannot be scored out of "
            "fold alike; give each of them its article (a row that stands alone, one "
            "of its own), take them out, or have every row read without its article "
            "(data.columns.article: a column that is not there)"
        )


def _labels(
    targets: Sequence[Sequence[SegmentTarget]], classes: set[str], decided: set[str]
) -> list[list[str]]:
    """Return a label a row; the open rows together name every class.

    The estimator takes its classes from these labels.
    """
    placed = set(decided)
    labels = []
    for page in targets:
        names = []
        for target in page:
            name = target.label
            if target.allowed is not None:
                fitting = [n for n in target.allowed if n in classes] or sorted(classes)
                name = next((n for n in fitting if n not in placed), fitting[0])
                placed.add(name)
            names.append(name)
        labels.append(names)
    return labels


def _masks(
    targets: Sequence[Sequence[SegmentTarget]], labels: Sequence[Sequence[str]]
) -> list[NDArray[np.bool_]]:
    """Return a mask a page, columns in the sorted order of the labels."""
    classes = sorted({label for page in labels for label in page})
    masks = []
    for page, names in zip(targets, labels, strict=True):
        allowed = [
            {name} if target.allowed is None else {*target.allowed, name}
            for target, name in zip(page, names, strict=True)
        ]
        rows = [[name in found for name in classes] for found in allowed]
        masks.append(np.array(rows, dtype=bool).reshape(len(page), len(classes)))
    return masks
