"""From logits to probabilities that mean what they say, and what may rest on them."""

from __future__ import annotations

from mlpkg.calibration.abstention import RiskCurve, fit_risk_curve
from mlpkg.calibration.label_mix import checked_mix, mix_factors, with_factors
from mlpkg.calibration.temperature import fit_temperature, softmax

__all__ = [
    "RiskCurve",
    "checked_mix",
    "fit_risk_curve",
    "fit_temperature",
    "mix_factors",
    "softmax",
    "with_factors",
]
