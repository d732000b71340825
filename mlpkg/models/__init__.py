"""The classifier family: one estimator, several heads, plain files on disk."""

from __future__ import annotations

from mlpkg.models.base import Head
from mlpkg.models.classifier import SentenceClassifier
from mlpkg.models.linear import LinearHead

__all__ = ["Head", "LinearHead", "SentenceClassifier"]
