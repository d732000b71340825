"""What the commands that go through pages share: failures told, counts, exit code."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

import typer

from mlpkg.cli.console import EXIT_FAILED, printable, stderr

if TYPE_CHECKING:
    from mlpkg.models import SentenceClassifier
    from mlpkg.records import Article, ReadFailure

__all__ = ["PageJob"]


class PageJob:
    """Counts what is read and what comes of it.

    Parameters
    ----------
    classifier
        The model that judges the pages.
    quiet
        Whether the summary is left out.
    """

    def __init__(self, classifier: SentenceClassifier, *, quiet: bool) -> None:
        self.classifier = classifier
        self.quiet = quiet
        self.console = stderr()
        self.pages = self.segments = self.failures = self.foreign = 0
        self.started = time.perf_counter()

    def read(self, articles: Iterable[Article | ReadFailure]) -> Iterator[Article]:
        """Pass articles on and tell failures at once."""
        from mlpkg.records import Article

        for article in articles:
            if isinstance(article, Article):
                yield article
            else:
                self.failures += 1
                failure = printable(f"failed: {article}")
                self.console.print(failure, style="red", markup=False)

    def count(self, article: Article, segments: int) -> None:
        """Take note of a page that is done."""
        from mlpkg.models.classify import other_language

        self.pages += 1
        self.segments += segments
        self.foreign += bool(other_language(article))

    def report(self) -> None:
        """Print the summary; leave with 1 when an input failed."""
        if not self.quiet:
            seconds = time.perf_counter() - self.started
            cut = getattr(self.classifier.encoder, "truncated", 0)
            parts = [
                f"pages: {self.pages}, segments: {self.segments}, {seconds:.1f} s",
                f"failed: {self.failures}" if self.failures else "",
                f"in another language: {self.foreign}" if self.foreign else "",
                f"cut, longer than the encoder reads: {cut}" if cut else "",
            ]
            self.console.print("; ".join(filter(None, parts)), style="dim")
        if self.failures:
            raise typer.Exit(EXIT_FAILED)
