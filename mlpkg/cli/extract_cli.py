"""``mlpkg extract``: pages without their furniture."""

from __future__ import annotations

import json
from collections.abc import Iterator
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from mlpkg.cli.calibration_options import LabelMix, MaxRisk, read_mix
from mlpkg.cli.console import echo, set_up_logging
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
    from mlpkg.models.extract import ExtractedArticle

__all__ = ["extract_cli"]


def extract_cli(
    sources: Sources = None,
    model: Model = "default",
    tier: Tier = None,
    output: Annotated[
        Path | None,
        typer.Option(
            "--output",
            "-o",
            help="A new or empty folder for a .txt a page, or a .jsonl file.",
            rich_help_panel="Output",
            show_default=False,
        ),
    ] = None,
    as_json: Annotated[
        bool,
        typer.Option(
            "--json",
            help="JSON lines: id, url, title, text, counts of segments by label.",
            rich_help_panel="Output",
        ),
    ] = False,
    keep: Annotated[
        str | None,
        typer.Option(
            help="Labels to keep, with commas: claim,attribution. All but furniture "
            "where not given.",
            show_default=False,
        ),
    ] = None,
    min_confidence: Annotated[
        float,
        typer.Option(
            min=0.0,
            max=1.0,
            help="Leave out segments whose label is less probable.",
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
    page_bytes: PageBytes = None,
    device: Device = "auto",
    threads: Threads = None,
    batch_size: BatchSize = 64,
    precision: Precision = "auto",
    cache: Cache = False,
    download: Download = False,
    quiet: Quiet = False,
) -> None:
    """Print news pages without menus, captions, comments and other furniture.

    Several pages stand under a line with their id. Exit code 1 when some of the
    inputs could not be read; each is told.
    """
    set_up_logging(quiet=quiet, verbose=False)
    model = of_tier(model, tier)
    mix = read_mix(label_mix, "--label-mix")
    articles = open_sources(
        sources,
        [("--output", output)],
        encoding=encoding,
        format=format,
        page_bytes=page_bytes,
        text=text_field,
        html=html_field,
        sentences=sentence_field,
        id=id_field,
        article=article_field,
        index=index_field,
    )
    from mlpkg.models.extract_output import check_output, write_extracted

    if output is not None:
        check_output(output)
    classifier = open_model(
        model,
        threads,
        device=device,
        precision=precision,
        batch_size=batch_size,
        cache=cache,
        download=download,
    )
    from mlpkg.models.extract import extract_articles

    job = PageJob(classifier, quiet=quiet)
    pages = _counted(
        job,
        extract_articles(
            classifier,
            job.read(articles),
            keep=None if keep is None else [name.strip() for name in keep.split(",")],
            min_confidence=min_confidence,
            max_risk=max_risk,
            label_mix=mix,
            other_languages=other_languages,
        ),
    )
    if output is not None:
        write_extracted(output, pages)
    elif as_json:
        _print_rows(pages)
    else:
        _print_texts(pages)
    job.report()


def _counted(
    job: PageJob, pages: Iterator[ExtractedArticle]
) -> Iterator[ExtractedArticle]:
    """Pass pages on and count them."""
    for page in pages:
        job.count(page.article, sum(page.counts.values()))
        yield page


def _print_rows(pages: Iterator[ExtractedArticle]) -> None:
    """Print a JSON line a page."""
    from mlpkg.models.extract_output import extracted_row

    for page in pages:
        echo(json.dumps(extracted_row(page), ensure_ascii=False))


def _print_texts(pages: Iterator[ExtractedArticle]) -> None:
    """Print texts, each under a line with its id where there are several."""
    first, second = next(pages, None), next(pages, None)
    several = second is not None
    for page in chain([page for page in (first, second) if page], pages):
        text = f"{page.text}\n" if page.text else ""
        if several:
            text = f"==> {page.article.id} <==\n{text}\n"
        echo(text, nl=False)
