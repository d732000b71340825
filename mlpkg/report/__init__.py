"""Reports: from stored tables and predictions to text, SVG and HTML."""

from __future__ import annotations
