"""What one trial computes: heads fitted to some pages, judged on others.

Numbers only, since it runs in worker processes; gold labels and scores stay with
the process that tunes.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from mlpkg.calibration import softmax
from mlpkg.config import Config
from mlpkg.config.objects import make_classifier
from mlpkg.models.base import PageInput, Targets
from mlpkg.models.crossfit import crossfit_logits, crossfit_temperature, group_folds
from mlpkg.models.trainer import Trainer

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["Material", "calibrated", "cross_validated"]


@dataclass(frozen=True, slots=True)
class Material:
    """Vectors, features and labels of all pages, in whole arrays.

    Whole, because joblib shares large arrays between processes and copies small
    ones with every task.

    Parameters
    ----------
    vectors, features
        A row a segment, as in `PageInput`.
    targets
        A row a segment.
    sizes
        Segments of each page.
    has_context
        False where every row came without its page.
    texts
        A text a segment.
    """

    vectors: NDArray[np.float32]
    features: NDArray[np.float32]
    targets: Targets
    sizes: tuple[int, ...]
    has_context: bool
    texts: tuple[str, ...]

    def pages(self, chosen: Sequence[int]) -> tuple[list[PageInput], list[Targets]]:
        """Return what heads take for the chosen pages."""
        ends = np.cumsum(self.sizes)
        rows = [slice(ends[page] - self.sizes[page], ends[page]) for page in chosen]
        inputs = [
            PageInput(
                self.vectors[r], self.features[r], self.has_context, self.texts[r]
            )
            for r in rows
        ]
        targets = [
            Targets(self.targets.allowed[r], self.targets.weights[r]) for r in rows
        ]
        return inputs, targets


def cross_validated(
    material: Material, config: Config, pages: Sequence[int], fold_of: Sequence[int]
) -> list[NDArray[np.float64]]:
    """Return probabilities of each page from a head that never saw its fold.

    Calibration is left out: it takes several fits more and moves no label.

    Parameters
    ----------
    material
        What all pages hold.
    config
        What is tried.
    pages
        Places of the pages, from 0.
    fold_of
        The fold of each of them.
    """
    inputs, targets = material.pages(pages)
    sizes = [len(page) for page in inputs]
    rows = np.repeat(np.asarray(fold_of), sizes)
    logits = crossfit_logits(_trainer(config), inputs, targets, rows)
    return np.split(softmax(logits), np.cumsum(sizes)[:-1])


def calibrated(
    material: Material, config: Config, pages: Sequence[int], held_out: Sequence[int]
) -> list[NDArray[np.float64]]:
    """Return probabilities of held-out pages as a model of the others gives them."""
    trainer = _trainer(config)
    inputs, targets = material.pages(pages)
    rows = group_folds(
        np.concatenate([target.allowed for target in targets]),
        np.repeat(pages, [len(page) for page in inputs]),
        config.training.folds,
        config.seed,
    )
    crossfitted = crossfit_logits(trainer, inputs, targets, rows)
    temperature = crossfit_temperature(crossfitted, targets)
    head = trainer(inputs, targets)
    logits = trainer.logits(head, material.pages(held_out)[0])
    return [softmax(page, temperature) for page in logits]


def _trainer(config: Config) -> Trainer:
    """Return what trains the heads of a config."""
    return make_classifier(config).trainer()
