"""The pages whose main text is known, and what a model says of them."""

from __future__ import annotations

import gzip
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from mlpkg import Article, Prediction, SentenceClassifier
from mlpkg.articles.html import read_html
from mlpkg.data.row_files import read_records
from mlpkg.exceptions import DataError
from mlpkg.models.classify import classify_articles


class MainText(NamedTuple):
    """A page and what the corpus calls its main text, a line a block."""

    id: str
    title: str
    text: str
    html: bytes


class Classified(NamedTuple):
    """The pages as a model reads them."""

    pages: Sequence[MainText]
    found: Sequence[tuple[Article, list[Prediction]]]
    classifier: SentenceClassifier


def read_pages(folder: Path) -> list[MainText]:
    """Read the pages and their main texts, in the order of the list of texts."""
    pages = []
    for _, record in read_records(folder / "ground_truth.jsonl.gz"):
        if isinstance(record, DataError):
            raise record
        html = gzip.decompress((folder / f"{record['id']}.html.gz").read_bytes())
        pages.append(MainText(record["id"], record["title"], record["text"], html))
    return pages


def classify(classifier: SentenceClassifier, pages: Sequence[MainText]) -> Classified:
    """Read and classify the pages."""
    articles = [read_html(page.html, page.id) for page in pages]
    return Classified(pages, list(classify_articles(classifier, articles)), classifier)
