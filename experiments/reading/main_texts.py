"""The pages whose main text is known, and what a model says of them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from mlpkg import Article, Prediction, SentenceClassifier
from mlpkg.articles.html import read_html
from mlpkg.benchmark.tasks.base import MainText
from mlpkg.models.classify import classify_articles


class Classified(NamedTuple):
    """The pages as a model reads them."""

    pages: Sequence[MainText]
    found: Sequence[tuple[Article, list[Prediction]]]
    classifier: SentenceClassifier


def classify(classifier: SentenceClassifier, pages: Sequence[MainText]) -> Classified:
    """Read and classify the pages."""
    articles = [read_html(page.html, page.id) for page in pages]
    return Classified(pages, list(classify_articles(classifier, articles)), classifier)
