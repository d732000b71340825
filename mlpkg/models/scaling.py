"""Features brought to one scale: what every head does to them before it looks."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["feature_moments", "standardised"]

# A feature further from its mean than this many deviations is an outlier page, not
# five times the evidence.
CLIP = 5.0
# A column that hardly varies in training must not blow up elsewhere.
LEAST_DEVIATION = 1e-3


def feature_moments(
    features: NDArray[np.float32],
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Return the mean and the deviation of each column, both of shape (n_features,)."""
    deviation = np.maximum(features.std(axis=0), LEAST_DEVIATION)
    return features.mean(axis=0), deviation


def standardised(
    features: NDArray[np.float32],
    mean: NDArray[np.float32],
    deviation: NDArray[np.float32],
) -> NDArray[np.float32]:
    """Return features in deviations from the mean, outliers clipped."""
    scaled: NDArray[np.float32] = np.clip((features - mean) / deviation, -CLIP, CLIP)
    return scaled
