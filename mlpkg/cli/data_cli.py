"""``mlpkg data``: labelled data checked, counted, split and converted."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from mlpkg.cli.console import EXIT_FAILED, echo, fail, set_up_logging
from mlpkg.cli.data_label_cli import import_cli, next_cli, suspects_cli
from mlpkg.cli.data_options import (
    ArticleColumn,
    AsJson,
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

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mlpkg.data.gold import GoldPage
    from mlpkg.labels import LabelScheme

__all__ = ["data_app"]

data_app = typer.Typer(
    help="Your own labelled data: check, count, split, convert, mend, add.",
    no_args_is_help=True,
)


@data_app.command("check")
def check_cli(
    data: Data,
    config: ConfigName = "default",
    labels: Labels = None,
    text: Text = None,
    label: Label = None,
    article: ArticleColumn = None,
    set_: Overrides = None,
    as_json: AsJson = False,
) -> None:
    """List every fault with file and line; exit code 1 when there are errors.

    Errors: rows that cannot be read, unknown labels, empty texts, and two labels for
    one text where no context explains them. Warnings: two labels for a short text or
    furniture line in articles, where context may; copies, near-copies in different
    articles, articles with gaps.
    """
    set_up_logging(quiet=False, verbose=False)
    from mlpkg.evaluation.data_check import check_data

    columns, scheme, label_map = reading_of(
        settings_of(config, labels, text, label, article, set_)
    )
    found = check_data(data, columns=columns, scheme=scheme, label_map=label_map)
    if as_json:
        typer.echo(json.dumps(found.to_json(), ensure_ascii=False))
    else:
        echo(found.to_text(), nl=False)
    if found.errors:
        raise typer.Exit(EXIT_FAILED)


@data_app.command("stats")
def stats_cli(
    data: Data,
    config: ConfigName = "default",
    labels: Labels = None,
    text: Text = None,
    label: Label = None,
    article: ArticleColumn = None,
    set_: Overrides = None,
    as_json: AsJson = False,
) -> None:
    """Count pages, rows, labels and lengths, by source, outlet and year."""
    set_up_logging(quiet=False, verbose=False)
    from mlpkg.data.data_stats import data_stats

    settings = settings_of(config, labels, text, label, article, set_)
    pages, scheme = load_pages(data, settings)
    stats = data_stats(pages, scheme)
    if as_json:
        typer.echo(json.dumps(stats.to_json(), ensure_ascii=False))
    else:
        echo(stats.to_text(), nl=False)


@data_app.command("split")
def split_cli(
    data: Data,
    output: OutFolder,
    by: Annotated[
        str,
        typer.Option(
            help="What stays together: article, outlet, or a key of the pages such as "
            "hand; time cuts by date, the oldest first."
        ),
    ] = "article",
    parts: Annotated[
        str, typer.Option(metavar="NAME=SHARE,...", help="Share of the pages by part.")
    ] = "train=0.8,validation=0.2",
    seed: Annotated[int, typer.Option(min=0, help="Seed of the assignment.")] = 0,
    config: ConfigName = "default",
    labels: Labels = None,
    text: Text = None,
    label: Label = None,
    article: ArticleColumn = None,
    set_: Overrides = None,
) -> None:
    """Split data into files of rows; no article falls to two parts.

    Writes PART.jsonl a part and split.json with the ids, and prints what each later
    part shares with each earlier one. Text, label, article, index, weight, outlet,
    date and source keep the names of their columns; others are left out.
    """
    set_up_logging(quiet=False, verbose=False)
    from itertools import combinations

    from mlpkg.data.convert import write_split
    from mlpkg.data.splits import split_pages
    from mlpkg.training.audits import audit_pages
    from mlpkg.training.look import refuse_test_parts

    refuse_test_parts(data)
    settings = settings_of(config, labels, text, label, article, set_)
    pages, scheme = load_pages(data, settings, weigh_sources=False)
    found = split_pages(pages, by=by, parts=_shares(parts), seed=seed)
    facts = {"source": Path(data).name, "by": by, "seed": seed, "shares": parts}
    write_split(found, output, scheme, facts, reading_of(settings)[0])
    for name, part in found.items():
        typer.echo(f"{output / f'{name}.jsonl'}: {_size(part)}")
    for first, second in combinations(found, 2):
        typer.echo(f"\nleakage audit of {second} against {first}")
        audit = audit_pages(found[first], found[second], scheme, seed=seed)
        echo(audit.to_text(), nl=False)
    _tell_open(pages, scheme)


@data_app.command("convert")
def convert_cli(
    data: Data,
    output: Annotated[
        Path,
        typer.Option(
            "-o",
            "--output",
            help="The suffix decides: .jsonl, .csv, .parquet for rows, .json for Label "
            "Studio tasks, none for a new folder of page files.",
            show_default=False,
        ),
    ],
    header: Header = None,
    config: ConfigName = "default",
    labels: Labels = None,
    text: Text = None,
    label: Label = None,
    article: ArticleColumn = None,
    set_: Overrides = None,
) -> None:
    """Write data in another form.

    Of rows, text, label, article, index, weight, outlet, date and source keep the
    names of their columns; others are left out.
    """
    set_up_logging(quiet=False, verbose=False)
    from mlpkg.data.convert import convert
    from mlpkg.training.look import refuse_test_parts

    refuse_test_parts(data)
    settings = settings_of(config, labels, text, label, article, set_)
    pages, scheme = load_pages(data, settings, weigh_sources=False)
    convert(
        pages,
        output,
        scheme,
        header=key_values(header or (), "--header"),
        columns=reading_of(settings)[0],
    )
    typer.echo(f"{output}: {_size(pages)}")
    _tell_open(pages, scheme)


def _size(pages: Sequence[GoldPage]) -> str:
    """Say how many articles and rows there are."""
    paged = [page for page in pages if page.has_context]
    rows = sum(len(page.spans) for page in paged)
    bare = len(pages) - len(paged)
    parts = [f"{rows} rows of {len(paged)} articles"] if paged else []
    parts += [f"{bare} rows that name no article"] if bare or not paged else []
    return ", ".join(parts)


def _shares(parts: str) -> dict[str, float]:
    """Read the shares of a split."""
    shares = {}
    for name, share in key_values(parts.split(","), "--parts").items():
        try:
            shares[name] = float(share)
        except ValueError:
            fail(f"--parts: the share of {name!r} must be a number, got {share!r}")
    return shares


def _tell_open(pages: Sequence[GoldPage], scheme: LabelScheme) -> None:
    """Say how partial labels are read back."""
    from mlpkg.data.convert import open_labels

    found = open_labels(pages, scheme)
    if found:
        typer.echo(
            f"partial labels: read them back with data.allowed: {json.dumps(found)}"
        )


data_app.command("suspects")(suspects_cli)
data_app.command("next")(next_cli)
data_app.command("import")(import_cli)
