"""The scripts of the model studies, and small gold pages for them."""

from __future__ import annotations

import sys
from importlib import import_module
from pathlib import Path

import pytest

from mlpkg.data.gold import GoldPage
from mlpkg.records import Article, Page, Segment

EXPERIMENTS = Path(__file__).parents[2] / "experiments"
TEXTS = {
    "claim": "The bridge of ward {} opened in 1950.",
    "opinion": "What a shabby plan number {} is!",
    "attribution": "“Quay {} is safe,” said Holt.",
    "boilerplate": "Share page {} | Subscribe",
}


@pytest.fixture
def part(monkeypatch):
    """Import a module of the studies: ``part("variants")``."""
    folder = EXPERIMENTS / "models"
    if not folder.is_dir():
        pytest.skip("needs experiments/ of a checkout")
    monkeypatch.syspath_prepend(str(folder))
    names = [
        path.stem for place in (folder, EXPERIMENTS) for path in place.glob("*.py")
    ]
    yield import_module
    for name in names:
        sys.modules.pop(name, None)


@pytest.fixture(scope="session")
def make_gold():
    """Make a page of lines with the given labels: ``make_gold("a", labels)``."""

    def make(page_id, labels, hard=()):
        lines = [
            TEXTS[label].format(f"{page_id} {number}")
            for number, label in enumerate(labels)
        ]
        segments, start = [], 0
        for index, line in enumerate(lines):
            end = start + len(line)
            segments.append(Segment(page_id, index, start, end, line))
            start = end + 1
        page = Page(Article(page_id, "\n".join(lines)), tuple(segments))
        spans = tuple((segment.start, segment.end) for segment in segments)
        flags = tuple(index in hard for index in range(len(labels)))
        return GoldPage(page, spans, tuple(labels), flags)

    return make
