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
from mlpkg.models.crossfit import crossfit_logits, crossfit_temperature
from mlpkg.models.trainer import Trainer

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["Fold", "Material", "calibrated", "cross_validated"]


@dataclass(frozen=True, slots=True)
class Fold:
    """Places of pages, counted from 0, that are learned from and judged."""

    train: tuple[int, ...]
    held_out: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Material:
    """Vectors, features and labels of all pages, in whole arrays.

    Whole, because joblib shares large arrays between processes and copies small
    ones with every task.

    Parameters
    ----------
    vectors, features, allowed
        A row a segment, as in `PageInput` and `Targets`.
    sizes
        Segments of each page.
    has_context
        False where every row came without its page.
    """

    vectors: NDArray[np.float32]
    features: NDArray[np.float32]
    allowed: NDArray[np.bool_]
    sizes: tuple[int, ...]
    has_context: bool

    def pages(self, chosen: Sequence[int]) -> tuple[list[PageInput], list[Targets]]:
        """Return what heads take for the chosen pages."""
        ends = np.cumsum(self.sizes)
        rows = [slice(ends[page] - self.sizes[page], ends[page]) for page in chosen]
        inputs = [
            PageInput(self.vectors[r], self.features[r], self.has_context) for r in rows
        ]
        targets = [
            Targets(self.allowed[r], np.ones(self.sizes[page]))
            for page, r in zip(chosen, rows, strict=True)
        ]
        return inputs, targets


def cross_validated(
    material: Material, config: Config, folds: Sequence[Fold]
) -> list[list[NDArray[np.float64]]]:
    """Return uncalibrated probabilities of each fold's held-out pages.

    Calibration is left out: it takes several fits more and moves no label.
    """
    trainer = _trainer(config)
    found = []
    for fold in folds:
        head = trainer(*material.pages(fold.train))
        logits = head.logits(material.pages(fold.held_out)[0])
        found.append([softmax(page) for page in logits])
    return found


def calibrated(
    material: Material, config: Config, fold: Fold
) -> list[NDArray[np.float64]]:
    """Return probabilities of the held-out pages as a trained model would."""
    trainer = _trainer(config)
    inputs, targets = material.pages(fold.train)
    groups = np.repeat(fold.train, [len(page) for page in inputs])
    crossfitted = crossfit_logits(
        trainer, inputs, targets, groups, config.training.folds, config.seed
    )
    temperature = crossfit_temperature(crossfitted, targets)
    head = trainer(inputs, targets)
    logits = head.logits(material.pages(fold.held_out)[0])
    return [softmax(page, temperature) for page in logits]


def _trainer(config: Config) -> Trainer:
    """Return what trains the heads of a config."""
    classifier = make_classifier(config)
    return Trainer(
        classifier.model, classifier.context_dropout, classifier.random_state
    )
