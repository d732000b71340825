"""From logits to probabilities that mean what they say."""

from __future__ import annotations

from mlpkg.calibration.temperature import fit_temperature, softmax

__all__ = ["fit_temperature", "softmax"]
