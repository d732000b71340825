"""Labelled data: the page format, the bundled corpus, labelled rows and spans."""

from __future__ import annotations
