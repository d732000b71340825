"""``mlpkg classify``: label the segments of pages."""

from __future__ import annotations

import codecs
import sys
import time
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from mlpkg.cli.console import (
    EXIT_FAILED,
    fail,
    printable,
    set_up_logging,
    stderr,
    stdout,
)
from mlpkg.cli.options import (
    BatchSize,
    Cache,
    Device,
    Download,
    Precision,
    Quiet,
    Threads,
    set_threads,
)

if TYPE_CHECKING:
    from mlpkg.labels import LabelScheme
    from mlpkg.models import SentenceClassifier
    from mlpkg.records import Article, Prediction, ReadFailure

    Labelled = tuple[Article, list[Prediction]]

__all__ = ["classify_cli"]


def classify_cli(
    sources: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="SOURCE...",
            help="Files, folders, glob patterns, or - for standard input.",
            show_default=False,
        ),
    ] = None,
    model: Annotated[
        str, typer.Option("--model", "-m", help="A model folder or a bundled name.")
    ] = "default",
    output: Annotated[
        Path | None,
        typer.Option(
            "--output",
            "-o",
            help="Write rows to this file; the suffix decides: .jsonl, .csv, .parquet.",
            rich_help_panel="Output",
            show_default=False,
        ),
    ] = None,
    html: Annotated[
        Path | None,
        typer.Option(
            help="Write one HTML page with the text coloured by label.",
            rich_help_panel="Output",
            show_default=False,
        ),
    ] = None,
    as_json: Annotated[
        bool,
        typer.Option(
            "--json",
            help="JSON lines on standard output, on a terminal too.",
            rich_help_panel="Output",
        ),
    ] = False,
    as_table: Annotated[
        bool,
        typer.Option(
            "--table",
            help="A table on standard output, in a pipe too.",
            rich_help_panel="Output",
        ),
    ] = False,
    text: Annotated[
        bool,
        typer.Option(
            "--text/--no-text",
            help="Whether rows hold the words.",
            rich_help_panel="Output",
        ),
    ] = True,
    min_confidence: Annotated[
        float,
        typer.Option(
            min=0.0,
            max=1.0,
            help="Mark predictions under this probability as abstained.",
        ),
    ] = 0.0,
    encoding: Annotated[
        str | None,
        typer.Option(
            help="Codec of the files; detected for each where it is not given.",
            show_default=False,
        ),
    ] = None,
    device: Device = "auto",
    threads: Threads = None,
    batch_size: BatchSize = 64,
    precision: Precision = "auto",
    cache: Cache = False,
    download: Download = False,
    quiet: Quiet = False,
) -> None:
    """Label every segment of news pages.

    A coloured table on a terminal, JSON lines in a pipe. Exit code 1 when some of the
    inputs could not be read; each is told.
    """
    set_up_logging(quiet=quiet, verbose=False)
    if as_table and (as_json or output is not None):
        fail("--table goes with neither --json nor --output")
    _check_options(html, encoding)
    if not sources:
        if sys.stdin.isatty():
            fail("nothing to classify; name files or folders, or pipe a text in")
        sources = ["-"]
    from mlpkg.articles import open_articles

    articles = open_articles(sources, encoding=encoding)
    set_threads(threads)
    from mlpkg.models.store import load_model

    classifier = load_model(
        model,
        device=device,
        precision=precision,
        batch_size=batch_size,
        cache=cache,
        download=download,
    )
    job = _Job(classifier, min_confidence, quiet=quiet)
    results = job.run(articles)
    if html is not None:
        results = _write_html(results, html, classifier)
    shows_rows = as_json or output is not None
    if as_table or (not shows_rows and html is None and sys.stdout.isatty()):
        _print_table(results, classifier.scheme_)
    elif shows_rows or html is None:
        _write_rows(results, output, classifier, with_text=text)
    else:
        for _ in results:  # the coloured page is all that was asked for
            pass
    job.report()


def _check_options(html: Path | None, encoding: str | None) -> None:
    """Refuse, before any work, what would fail for every input."""
    if html is not None and not html.parent.is_dir():
        fail(f"{html}: the folder {str(html.parent)!r} does not exist; make it first")
    if html is not None and html.exists() and not html.is_file():
        fail(f"{html}: not a regular file; name a file to write")
    if encoding is not None:
        try:
            codecs.lookup(encoding)
        except LookupError:
            fail(f"--encoding: unknown codec {encoding!r}; utf-8 or cp1252 are known")


class _Job:
    """Runs the classification and counts what came of it."""

    def __init__(
        self, classifier: SentenceClassifier, min_confidence: float, *, quiet: bool
    ) -> None:
        self.classifier = classifier
        self.min_confidence = min_confidence
        self.quiet = quiet
        self.console = stderr()
        self.pages = self.segments = self.failures = 0
        self.started = time.perf_counter()

    def run(self, articles: Iterable[Article | ReadFailure]) -> Iterator[Labelled]:
        """Yield labelled articles; failures are told at once."""
        from mlpkg.models.classify import classify_articles

        for article, predictions in classify_articles(
            self.classifier, self._read(articles), self.min_confidence
        ):
            self.pages += 1
            self.segments += len(predictions)
            yield article, predictions

    def report(self) -> None:
        """Print the summary; leave with 1 when an input failed."""
        if not self.quiet:
            seconds = time.perf_counter() - self.started
            cut = getattr(self.classifier.encoder, "truncated", 0)
            parts = [
                f"pages: {self.pages}, segments: {self.segments}, {seconds:.1f} s",
                f"failed: {self.failures}" if self.failures else "",
                f"cut, longer than the encoder reads: {cut}" if cut else "",
            ]
            self.console.print("; ".join(filter(None, parts)), style="dim")
        if self.failures:
            raise typer.Exit(EXIT_FAILED)

    def _read(self, articles: Iterable[Article | ReadFailure]) -> Iterator[Article]:
        """Pass articles on and tell failures."""
        from mlpkg.records import Article

        for article in articles:
            if isinstance(article, Article):
                yield article
            else:
                self.failures += 1
                failure = printable(f"failed: {article}")
                self.console.print(failure, style="red", markup=False)


def _write_rows(
    results: Iterator[Labelled],
    output: Path | None,
    classifier: SentenceClassifier,
    *,
    with_text: bool,
) -> None:
    """Write rows to a file or to standard output."""
    from mlpkg.data.output import open_writer, prediction_row

    scheme = classifier.scheme_
    with open_writer(output, scheme) as writer:
        for article, predictions in results:
            writer.write(
                prediction_row(
                    prediction,
                    article,
                    source=str(article.meta.get("source", article.id)),
                    model=classifier.name_,
                    scheme=scheme,
                    with_text=with_text,
                )
                for prediction in predictions
            )


def _write_html(
    results: Iterator[Labelled], path: Path, classifier: SentenceClassifier
) -> Iterator[Labelled]:
    """Write the coloured page, then pass the results on."""
    from mlpkg.report.page_html import coloured_page

    labelled = list(results)
    page = coloured_page(labelled, classifier.scheme_, model=classifier.name_)
    temporary = path.with_name(f".{path.name}.partial")
    try:
        temporary.write_text(page, encoding="utf-8")
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)
    yield from labelled


def _print_table(results: Iterator[Labelled], scheme: LabelScheme) -> None:
    """Print coloured rows as they come."""
    from rich.table import Table
    from rich.text import Text

    console = stdout()
    width = max(len(name) for name in scheme.names)
    for article, predictions in results:
        console.print(Text(printable(article.id), style="bold underline"))
        table = Table.grid(padding=(0, 1))
        table.add_column(width=width, no_wrap=True)
        table.add_column(width=4, no_wrap=True, justify="right")
        table.add_column(overflow="fold")
        for prediction in predictions:
            colour = scheme.by_name(prediction.label).terminal
            faint = "dim " if prediction.label == scheme.furniture else ""
            name = f"({prediction.label})" if prediction.abstained else prediction.label
            table.add_row(
                Text(name, style=colour),
                Text(f"{prediction.confidence:.0%}", style="dim"),
                Text(printable(prediction.segment.text), style=f"{faint}{colour}"),
            )
        console.print(table)
        console.print()
