"""A small made-up task that every test of the models learns from."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pytest

from mlpkg.embedding import Encoder
from mlpkg.models import LinearHead, SentenceClassifier
from mlpkg.records import Article, Page, Segment

PATTERNS = {
    "claim": "The {} bridge opened in 19{:02d} with {} spans.",
    "opinion": "What a shabby {} plan number {} is, and it must stop at {}!",
    "attribution": "“The {} quay is safe,” said engineer Holt on day {} of {}.",
    "boilerplate": "{} | Share page {} | Subscribe {}",
}
PLACES = ("north", "south", "old", "new", "upper", "lower")


@dataclass(frozen=True, slots=True)
class Task:
    """Bare strings and pages, with the labels of both.

    `texts` hold 12 rows a label; `pages` are 9 pages of 5 to 8 segments.
    """

    texts: list[str]
    labels: list[str]
    pages: list[Page]
    page_labels: list[list[str]]


def text_of(label: str, number: int) -> str:
    return PATTERNS[label].format(PLACES[number % 6], number % 60 + 10, number + 2)


def page_of(page_id: str, texts: list[str]) -> Page:
    segments = []
    start = 0
    for index, text in enumerate(texts):
        end = start + len(text)
        segments.append(Segment(page_id, index, start, end, text))
        start = end + 1
    return Page(Article(page_id, "\n".join(texts)), tuple(segments))


@pytest.fixture(scope="session")
def make_rows_page() -> Callable[[str, list[str]], Page]:
    """Make a page whose segments are the given texts: ``make_rows_page(id, texts)``."""
    return page_of


@pytest.fixture(scope="session")
def task() -> Task:
    """The made-up task; tests must not change it."""
    rows = [(text_of(label, i), label) for i in range(12) for label in PATTERNS]
    rng = np.random.default_rng(0)
    page_labels = [
        [str(label) for label in rng.permutation([*PATTERNS, *PATTERNS])[: 5 + n % 4]]
        for n in range(9)
    ]
    pages = [
        page_of(f"page-{n}", [text_of(label, 10 * n + i) for i, label in enumerate(ls)])
        for n, ls in enumerate(page_labels)
    ]
    texts, labels = zip(*rows, strict=True)
    return Task(list(texts), list(labels), pages, page_labels)


@pytest.fixture
def make_classifier(tiny_encoder: Encoder) -> Callable[..., SentenceClassifier]:
    """Make an unfitted classifier on the tiny encoder, uncalibrated unless asked."""

    def make(**parameters: object) -> SentenceClassifier:
        defaults = {
            "model": LinearHead(C=0.1),
            "encoder": tiny_encoder,
            "folds": 0,
        }
        return SentenceClassifier(**(defaults | parameters))

    return make
