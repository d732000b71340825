"""``mlpkg data suspects|next|import``: labels that a model doubts, and answers."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from mlpkg.cli.console import EXIT_FAILED, fail, set_up_logging
from mlpkg.cli.data_options import (
    ArticleColumn,
    ConfigName,
    Data,
    Header,
    Label,
    Labels,
    OutFolder,
    Overrides,
    Text,
    key_values,
    load_pages,
    reading_of,
    settings_of,
)
from mlpkg.cli.options import (
    Device,
    Model,
    Quiet,
    Threads,
    open_model,
    set_threads,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from mlpkg.records import Article, ReadFailure

__all__ = ["import_cli", "next_cli", "suspects_cli"]

_NEXT_SUFFIX = {"label-studio": ".json", "jsonl": ".jsonl"}


def suspects_cli(
    data: Data,
    output: Annotated[
        Path,
        typer.Option(
            "-o",
            "--output",
            help="The file to write: .jsonl, .csv or .parquet.",
            show_default=False,
        ),
    ],
    config: Annotated[
        str,
        typer.Option(
            "--model",
            "--config",
            "-m",
            help="The config whose model judges, trained out of fold by article.",
        ),
    ] = "default",
    labels: Labels = None,
    text: Text = None,
    label: Label = None,
    article: ArticleColumn = None,
    set_: Overrides = None,
    threads: Threads = None,
    quiet: Quiet = False,
) -> None:
    """Write likely label errors, the most suspect first (needs the extra "data")."""
    set_up_logging(quiet=quiet, verbose=False)
    set_threads(threads)
    from mlpkg.config.objects import make_classifier
    from mlpkg.training.look import refuse_test_parts
    from mlpkg.training.suspects import find_suspects, write_suspects

    refuse_test_parts(data)
    settings = settings_of(config, labels, text, label, article, set_)
    pages, scheme = load_pages(data, settings)
    found = find_suspects(make_classifier(settings), pages, scheme)
    write_suspects(output, found)
    rows = sum(len(page.decided) for page in pages)
    typer.echo(f"{output}: {len(found)} of {rows} labels are suspect")


def next_cli(
    sources: Annotated[
        list[str],
        typer.Argument(
            metavar="SOURCE...",
            help="Unlabelled pages: files, folders, glob patterns.",
            show_default=False,
        ),
    ],
    output: Annotated[
        Path,
        typer.Option(
            "-o",
            "--output",
            help="The file (.json for Label Studio, .jsonl for rows) or, for page "
            "files, a new folder.",
            show_default=False,
        ),
    ],
    model: Model = "default",
    n: Annotated[int, typer.Option("-n", min=1, help="Most segments to choose.")] = 50,
    most: Annotated[
        int, typer.Option("--most", min=1, help="Most segments of one article.")
    ] = 5,
    format: Annotated[
        Literal["label-studio", "pages", "jsonl"],
        typer.Option(help="What to write."),
    ] = "label-studio",
    header: Header = None,
    device: Device = "auto",
    threads: Threads = None,
    quiet: Quiet = False,
) -> None:
    """Choose what to label next: what the model doubts most, spread over pages.

    Label Studio tasks and page files hold whole pages with the model's labels, to be
    corrected; rows hold the chosen segments alone. The labelling interface for Label
    Studio is written beside the tasks (.xml). `mlpkg data import` reads the answers.
    """
    set_up_logging(quiet=quiet, verbose=False)
    if format != "pages" and output.suffix != _NEXT_SUFFIX[format]:
        fail(f"-o {output}: --format {format} writes a {_NEXT_SUFFIX[format]} file")
    given = key_values(header or (), "--header")
    from mlpkg.articles import open_articles
    from mlpkg.data.label_studio_tasks import labelling_interface
    from mlpkg.training import next_to_label as chooser

    failures: list[ReadFailure] = []
    articles = _kept_failures(open_articles(sources), failures)
    classifier = open_model(model, threads, device=device)
    pages = chooser.next_to_label(classifier, articles, n, most_an_article=most)
    if format == "pages":
        chooser.write_next_pages(output, pages, classifier.scheme_, given)
    elif format == "jsonl":
        chooser.write_next_rows(output, pages)
    else:
        chooser.write_next_tasks(output, pages)
        interface = labelling_interface(classifier.scheme_)
        output.with_suffix(".xml").write_text(interface, encoding="utf-8")
    chosen = sum(len(page.chosen) for page in pages)
    typer.echo(f"{output}: {chosen} segments on {len(pages)} pages")
    if failures:
        raise typer.Exit(EXIT_FAILED)


def import_cli(
    data: Annotated[
        Path,
        typer.Argument(
            metavar="LABELSTUDIO.json",
            help="A Label Studio export as JSON.",
            show_default=False,
        ),
    ],
    output: OutFolder,
    config: ConfigName = "default",
    labels: Labels = None,
    set_: Overrides = None,
) -> None:
    """Bring answers from Label Studio into a folder of texts and labels.jsonl.

    Tasks without an annotation are left out.
    """
    set_up_logging(quiet=False, verbose=False)
    from dataclasses import replace

    from mlpkg.data.import_answers import import_answers

    columns, scheme, label_map = reading_of(
        settings_of(config, labels, None, None, None, set_)
    )
    if not data.is_file():
        fail(f"{data}: no such file; name an export of Label Studio (JSON)")
    found = import_answers(
        data,
        output,
        columns=columns,
        scheme=scheme,
        label_map=replace(label_map, unlabelled="skip"),
    )
    typer.echo(f"{output}: {found.texts} texts, {found.spans} spans")


def _kept_failures(
    articles: Iterable[Article | ReadFailure], failures: list[ReadFailure]
) -> Iterator[Article | ReadFailure]:
    """Pass everything on and keep the failures."""
    from mlpkg.records import ReadFailure

    for article in articles:
        if isinstance(article, ReadFailure):
            failures.append(article)
        yield article
