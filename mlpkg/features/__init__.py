"""What a segment looks like and where it stands, as numbers."""

from __future__ import annotations

from mlpkg.features.page_features import (
    CONTEXT_FREE,
    FEATURE_NAMES,
    has_markup,
    lone_features,
    page_features,
    without_context,
    without_markup,
)

__all__ = [
    "CONTEXT_FREE",
    "FEATURE_NAMES",
    "has_markup",
    "lone_features",
    "page_features",
    "without_context",
    "without_markup",
]
