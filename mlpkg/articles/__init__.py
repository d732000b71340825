"""Readers: from files and streams to articles with fixed text."""

from __future__ import annotations

from mlpkg.articles.decoding import normalise
from mlpkg.articles.html import article_from_html
from mlpkg.articles.record_fields import RecordFields
from mlpkg.articles.sources import open_articles

__all__ = ["RecordFields", "article_from_html", "normalise", "open_articles"]
