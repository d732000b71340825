"""From an article's text to segments with exact offsets."""

from __future__ import annotations

from mlpkg.segmentation.segmenter import Segmenter

__all__ = ["Segmenter"]
