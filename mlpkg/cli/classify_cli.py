"""``mlpkg classify``: label the segments of pages."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from mlpkg.cli.bulk_job import is_bulk, refuse_bulk_options, run_bulk_job
from mlpkg.cli.bulk_options import (
    Articles,
    Cluster,
    Overwrite,
    PageTimeout,
    Select,
    ShardOf,
    ShardPages,
    To,
    Workers,
)
from mlpkg.cli.calibration_options import LabelMix, MaxRisk, read_mix
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
    Tier,
    of_tier,
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
    PageBytes,
    SentenceField,
    Sources,
    TextField,
    open_sources,
)

if TYPE_CHECKING:
    from mlpkg.labels import LabelScheme
    from mlpkg.models import SentenceClassifier
    from mlpkg.records import Article, Prediction

    Labelled = tuple[Article, list[Prediction]]

__all__ = ["classify_cli"]


def classify_cli(
    sources: Sources = None,
    model: Model = "default",
    tier: Tier = None,
    output: Annotated[
        str | None,
        typer.Option(
            "--output",
            "-o",
            metavar="PATH",
            help="Write rows to this file; the suffix decides: .jsonl, .csv, .parquet. "
            "A folder (FOLDER/) gets shards of rows; a second run goes on with them.",
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
    max_risk: MaxRisk = None,
    label_mix: LabelMix = None,
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
    to: To = None,
    select: Select = None,
    articles: Articles = False,
    shard: ShardOf = None,
    shard_pages: ShardPages = 1000,
    workers: Workers = None,
    cluster: Cluster = None,
    overwrite: Overwrite = False,
    page_timeout: PageTimeout = 60.0,
    page_bytes: PageBytes = None,
) -> None:
    """Label every segment of news pages.

    A coloured table on a terminal, JSON lines in a pipe. Exit code 1 when some of the
    inputs could not be read; each is told.
    """
    set_up_logging(quiet=quiet, verbose=False)
    model = of_tier(model, tier)
    if as_table and (as_json or output is not None):
        fail("--table goes with neither --json nor --output")
    fields = {
        "text": text_field,
        "html": html_field,
        "sentences": sentence_field,
        "id": id_field,
        "article": article_field,
        "index": index_field,
    }
    computing = {
        "device": device,
        "precision": precision,
        "batch_size": batch_size,
        "cache": cache,
        "download": download,
    }
    if output is not None and is_bulk(output, to):
        if as_json or html is not None:
            fail("a folder of shards goes with neither --json nor --html")
        run_bulk_job(
            sources,
            output,
            workers=workers,
            threads=threads,
            shard=shard,
            cluster=cluster,
            overwrite=overwrite,
            quiet=quiet,
            model=model,
            to=to or "parquet",
            articles=articles,
            select=tuple(select or ()),
            with_text=text,
            min_confidence=min_confidence,
            other_languages=other_languages,
            encoding=encoding,
            format=format,
            fields={key: name for key, name in fields.items() if name is not None},
            page_bytes=page_bytes,
            page_seconds=page_timeout,
            pages=shard_pages,
            max_risk=max_risk,
            label_mix=read_mix(label_mix, "--label-mix"),
            **computing,
        )
        return
    refuse_bulk_options(
        {
            "--to": to,
            "--select": select,
            "--articles": articles,
            "--shard": shard,
            "--workers": workers,
            "--cluster": cluster,
            "--overwrite": overwrite,
        }
    )
    file = None if output is None else Path(output)
    _check_page(html)
    mix = read_mix(label_mix, "--label-mix")
    opened = open_sources(
        sources,
        [("--html", html), ("--output", file)],
        encoding=encoding,
        format=format,
        page_bytes=page_bytes,
        **fields,
    )
    classifier = open_model(model, threads, **computing)
    from mlpkg.models.classify import classify_articles

    job = PageJob(classifier, quiet=quiet)
    found = classify_articles(
        classifier,
        job.read(opened),
        min_confidence,
        other_languages,
        max_risk=max_risk,
        label_mix=mix,
    )
    results = _counted(job, found)
    if html is not None:
        results = _write_html(results, html, classifier)
    shows_rows = as_json or file is not None
    if as_table or (not shows_rows and html is None and sys.stdout.isatty()):
        _print_table(results, classifier.scheme_)
    elif shows_rows or html is None:
        _write_rows(results, file, classifier, with_text=text)
    else:
        for _ in results:  # the coloured page is all that was asked for
            pass
    job.report()


def _check_page(html: Path | None) -> None:
    """Refuse, before any work, a coloured page that could not be written."""
    if html is not None:
        from mlpkg.data.whole_file import require_writable

        require_writable(html)


def _counted(job: PageJob, results: Iterator[Labelled]) -> Iterator[Labelled]:
    """Pass labelled articles on and count them."""
    for article, predictions in results:
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
    from mlpkg.data.output import article_rows, open_writer

    model, scheme = classifier.name_, classifier.scheme_
    with open_writer(output, scheme) as writer:
        for article, predictions in results:
            writer.write(
                article_rows(
                    article,
                    predictions,
                    model=model,
                    scheme=scheme,
                    with_text=with_text,
                )
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
