"""The classifier family: one estimator, several heads, plain files on disk."""

from __future__ import annotations
