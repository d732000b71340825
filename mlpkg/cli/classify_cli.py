"""``mlpkg classify``: label the segments of pages."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from mlpkg.cli.console import fail, printable, set_up_logging, stdout
from mlpkg.cli.options import (
    BatchSize,
    Cache,
    Device,
    Download,
    Model,
    Precision,
    Quiet,
    Threads,
    open_model,
)
from mlpkg.cli.page_job import PageJob
from mlpkg.cli.reading_options import (
    ArticleField,
    Encoding,
    Format,
    HtmlField,
    IdField,
    IndexField,
    OtherLanguages,
    SentenceField,
    Sources,
    TextField,
    open_sources,
)

if TYPE_CHECKING:
    from mlpkg.labels import LabelScheme
    from mlpkg.models import SentenceClassifier
    from mlpkg.records import Article, Prediction, ReadFailure

    Labelled = tuple[Article, list[Prediction]]

__all__ = ["classify_cli"]


def classify_cli(
    sources: Sources = None,
    model: Model = "default",
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
    other_languages: OtherLanguages = "warn",
    format: Format = None,
    encoding: Encoding = None,
    text_field: TextField = None,
    html_field: HtmlField = None,
    sentence_field: SentenceField = None,
    id_field: IdField = None,
    article_field: ArticleField = None,
    index_field: IndexField = None,
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
    _check_page(html)
    articles = open_sources(
        sources,
        [("--html", html), ("--output", output)],
        encoding=encoding,
        format=format,
        text=text_field,
        html=html_field,
        sentences=sentence_field,
        id=id_field,
        article=article_field,
        index=index_field,
    )
    classifier = open_model(
        model,
        threads,
        device=device,
        precision=precision,
        batch_size=batch_size,
        cache=cache,
        download=download,
    )
    job = PageJob(classifier, quiet=quiet)
    results = _labelled(job, articles, min_confidence, other_languages)
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


def _check_page(html: Path | None) -> None:
    """Refuse, before any work, a coloured page that could not be written."""
    if html is not None:
        from mlpkg.data.whole_file import require_writable

        require_writable(html)


def _labelled(
    job: PageJob,
    articles: Iterable[Article | ReadFailure],
    min_confidence: float,
    other_languages: OtherLanguages,
) -> Iterator[Labelled]:
    """Yield labelled articles."""
    from mlpkg.models.classify import classify_articles

    for article, predictions in classify_articles(
        job.classifier, job.read(articles), min_confidence, other_languages
    ):
        job.count(article, len(predictions))
        yield article, predictions


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
                    source=article.meta.get("source", article.id),
                    record=article.meta.get("record", ""),
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
    from mlpkg.data.whole_file import whole_file
    from mlpkg.report.page_html import coloured_page

    labelled = list(results)
    page = coloured_page(labelled, classifier.scheme_, model=classifier.name_)
    with whole_file(path) as draft:
        draft.write_text(page, encoding="utf-8")
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
