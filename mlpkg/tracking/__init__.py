"""Run folders and what they remember."""

from __future__ import annotations

from mlpkg.tracking.run_folder import RunFolder

__all__ = ["RunFolder"]
