"""Cross-fitting: logits of every training row from a head that never saw its group."""

from __future__ import annotations

import logging
import warnings
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from mlpkg.calibration import fit_temperature
from mlpkg.exceptions import SplitError
from mlpkg.models.base import PageInput, Targets
from mlpkg.models.checkpoints import Checkpoints
from mlpkg.models.trainer import Trainer

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["crossfit_forms", "crossfit_logits", "crossfit_temperature", "group_folds"]

logger = logging.getLogger(__name__)


def crossfit_logits(
    train: Trainer,
    inputs: Sequence[PageInput],
    targets: Sequence[Targets],
    fold_of: NDArray[np.int64],
    checkpoints: Checkpoints | None = None,
) -> NDArray[np.float32]:
    """Return out-of-fold logits, shape (n_rows, n_classes).

    Parameters
    ----------
    train
        Makes and fits a fresh head.
    inputs, targets
        Pages, or one input of bare rows.
    fold_of
        The fold of each row, as `group_folds` gives it.
    checkpoints
        Where finished folds are kept, and found after an interruption.
    """
    return crossfit_forms(train, [inputs], targets, fold_of, checkpoints)[0]


def crossfit_forms(
    train: Trainer,
    forms: Sequence[Sequence[PageInput]],
    targets: Sequence[Targets],
    fold_of: NDArray[np.int64],
    checkpoints: Checkpoints | None = None,
) -> list[NDArray[np.float32]]:
    """Return out-of-fold logits for each form of the pages.

    Parameters
    ----------
    train, targets, fold_of, checkpoints
        As `crossfit_logits` takes them.
    forms
        The inputs in one or more forms. The first is learned from, in what poorer
        forms the trainer makes of it; each is judged.

    Returns
    -------
    list of ndarray of shape (n_rows, n_classes)
        One a form.
    """
    shape = (len(fold_of), targets[0].allowed.shape[1])
    logits = [np.zeros(shape, dtype=np.float32) for _ in forms]
    for fold in range(int(fold_of.max()) + 1):
        found = checkpoints.get(f"fold-{fold}") if checkpoints else None
        if found is not None:
            logger.info("fold %d was finished before; taken from its checkpoint", fold)
        else:
            within = checkpoints.within(f"fold-{fold}") if checkpoints else None
            judged = _fold_logits(train, forms, targets, fold_of == fold, within)
            found = {f"form-{n}": rows for n, rows in enumerate(judged)}
            if checkpoints:
                checkpoints.put(f"fold-{fold}", found)
        for number, whole in enumerate(logits):
            whole[fold_of == fold] = found[f"form-{number}"]
    return logits


def _fold_logits(
    train: Trainer,
    forms: Sequence[Sequence[PageInput]],
    targets: Sequence[Targets],
    held_out: NDArray[np.bool_],
    checkpoints: Checkpoints | None,
) -> list[NDArray[np.float32]]:
    """Train without the held-out rows and return their logits, in row order."""
    inputs = forms[0]
    starts = np.cumsum([0, *(len(page) for page in inputs)])
    masks = [
        held_out[begin:end] for begin, end in zip(starts[:-1], starts[1:], strict=True)
    ]
    kept = [
        (page.take(~mask), target.take(~mask))
        for page, target, mask in zip(inputs, targets, masks, strict=True)
        if not mask.all()
    ]
    head = train(
        [page for page, _ in kept], [target for _, target in kept], checkpoints
    )
    return [np.concatenate(train.logits(head, _held(form, masks))) for form in forms]


def _held(
    inputs: Sequence[PageInput], masks: Sequence[NDArray[np.bool_]]
) -> list[PageInput]:
    """Return the rows of a mask, page by page."""
    return [
        page.take(mask) for page, mask in zip(inputs, masks, strict=True) if mask.any()
    ]


def crossfit_temperature(
    logits: NDArray[np.float32], targets: Sequence[Targets]
) -> float:
    """Fit one temperature on out-of-fold logits."""
    return fit_temperature(
        logits,
        np.concatenate([target.allowed for target in targets]),
        np.concatenate([target.weights for target in targets]),
    )


def group_folds(
    allowed: NDArray[np.bool_], groups: NDArray[Any], folds: int, random_state: int
) -> NDArray[np.int64]:
    """Return the fold of each row; a group stays whole, classes spread evenly."""
    from sklearn.model_selection import StratifiedGroupKFold

    _, codes = np.unique(groups.astype(str), return_inverse=True)
    if codes.max() + 1 < folds:
        raise SplitError(
            f"{folds} folds need at least {folds} groups (articles), there are "
            f"{codes.max() + 1}; lower the folds or set them to 0"
        )
    classes = allowed.argmax(axis=1)
    most = np.bincount(classes).max()
    if most < folds:
        raise SplitError(
            f"{folds} folds need a class with at least {folds} rows, the most frequent "
            f"has {most}; lower the folds or set them to 0"
        )
    splitter = StratifiedGroupKFold(folds, shuffle=True, random_state=random_state)
    fold_of = np.empty(len(codes), dtype=np.int64)
    with warnings.catch_warnings():
        # A class rarer than the folds cannot be in each; groups matter more here.
        warnings.filterwarnings("ignore", message="The least populated class")
        for fold, (_, rows) in enumerate(splitter.split(codes, classes, codes)):
            fold_of[rows] = fold
    return fold_of
