"""Arrays in, tables out: scores with their intervals, gold spans against segments."""

from __future__ import annotations

from mlpkg.evaluation.matching import labels_by_cover, probabilities_by_cover
from mlpkg.evaluation.metrics import Scores, score
from mlpkg.evaluation.result import Evaluation, evaluate_labels

__all__ = [
    "Evaluation",
    "Scores",
    "evaluate_labels",
    "labels_by_cover",
    "probabilities_by_cover",
    "score",
]
