"""Reading a hostile file beside a good one, which must be read whatever happens."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from mlpkg.articles import open_articles
from mlpkg.records import Article, ReadFailure
from mlpkg.segmentation import Segmenter

GOOD = "The quay is shut. The ferry waits."


@pytest.fixture
def crawl(tmp_path: Path) -> Path:
    """A folder with one good page, which is read last."""
    folder = tmp_path / "crawl"
    folder.mkdir()
    (folder / "zz-good.txt").write_text(GOOD, encoding="utf-8")
    return folder


@pytest.fixture
def outcome(crawl: Path) -> Callable[[], tuple[list[Article], list[str]]]:
    """Read the folder: what else was read, and what was told, by file in it."""

    def read() -> tuple[list[Article], list[str]]:
        items = list(open_articles(crawl))
        articles = [item for item in items if isinstance(item, Article)]
        failures = [item for item in items if isinstance(item, ReadFailure)]
        for article in articles:
            article.text.encode("utf-8")  # what every output has to do
            article.id.encode("utf-8")
            check_segments(article)
        assert articles.pop().text == GOOD
        return articles, [str(f).replace(f"{crawl}/", "") for f in failures]

    return read


def check_segments(article: Article) -> None:
    """Segments equal their slice and leave nothing but white space."""
    text, last = article.text, 0
    for segment in Segmenter().segment(article).segments:
        assert not text[last : segment.start].strip()
        assert segment.text == text[segment.start : segment.end] == segment.text.strip()
        last = segment.end
    assert not text[last:].strip()
