"""Arrays in, tables out: scores with their intervals, gold spans against segments."""

from __future__ import annotations

from mlpkg.evaluation.comparison import Comparison, compare, holm, match_rows
from mlpkg.evaluation.label_mix import REAL_PAGES_MIX, evaluate_label_mix
from mlpkg.evaluation.matching import labels_by_cover, probabilities_by_cover
from mlpkg.evaluation.metrics import Scores, score
from mlpkg.evaluation.result import Evaluation, evaluate_labels
from mlpkg.evaluation.risk import (
    ReliabilityBin,
    RiskCoverage,
    reliability,
    risk_coverage,
)
from mlpkg.evaluation.slices import Slices, derived_columns, slices
from mlpkg.evaluation.worst_errors import WorstError, worst_errors

__all__ = [
    "REAL_PAGES_MIX",
    "Comparison",
    "Evaluation",
    "ReliabilityBin",
    "RiskCoverage",
    "Scores",
    "Slices",
    "WorstError",
    "compare",
    "derived_columns",
    "evaluate_label_mix",
    "evaluate_labels",
    "holm",
    "labels_by_cover",
    "match_rows",
    "probabilities_by_cover",
    "reliability",
    "risk_coverage",
    "score",
    "slices",
    "worst_errors",
]
