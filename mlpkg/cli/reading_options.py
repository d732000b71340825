"""Options of the commands that read pages: form, encoding, fields, languages."""

from __future__ import annotations

import codecs
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from mlpkg.cli.console import fail

if TYPE_CHECKING:
    from mlpkg.records import Article, ReadFailure

__all__ = [
    "ArticleField",
    "Encoding",
    "Format",
    "HtmlField",
    "IdField",
    "IndexField",
    "OtherLanguages",
    "PageBytes",
    "SentenceField",
    "Sources",
    "TextField",
    "open_sources",
]

_READING = "How input is read"


def _field(what: str, help: str) -> typer.models.OptionInfo:
    """Declare the option that names a field of records."""
    option: typer.models.OptionInfo = typer.Option(
        f"--{what}-field",
        metavar="NAME",
        help=help,
        rich_help_panel=_READING,
        show_default=False,
    )
    return option


Sources = Annotated[
    list[str] | None,
    typer.Argument(
        metavar="SOURCE...",
        help="Files, folders, glob patterns, or - for standard input. Text, HTML, and "
        "records: JSON lines, JSON, CSV, TSV, Parquet, folders of datasets; WARC.",
        show_default=False,
    ),
]
Format = Annotated[
    Literal["text", "html", "jsonl", "json", "csv", "tsv", "parquet", "warc"] | None,
    typer.Option(
        help="What the files are, where the suffix should not decide.",
        rich_help_panel=_READING,
        show_default=False,
    ),
]
Encoding = Annotated[
    str | None,
    typer.Option(
        help="Codec of the files; detected for each where it is not given.",
        rich_help_panel=_READING,
        show_default=False,
    ),
]
TextField = Annotated[
    str | None, _field("text", "Field of records with the text; else text, body, …")
]
HtmlField = Annotated[
    str | None, _field("html", "Field with the markup; else html, raw_html, …")
]
SentenceField = Annotated[
    str | None, _field("sentence", "Field with a list of ready-made sentences.")
]
IdField = Annotated[str | None, _field("id", "Field with the id of the article.")]
ArticleField = Annotated[
    str | None,
    _field("article", "Where a row is a sentence: field with its article's id."),
]
IndexField = Annotated[
    str | None, _field("index", "Where a row is a sentence: field with its place.")
]
PageBytes = Annotated[
    int | None,
    typer.Option(
        min=1,
        help="Largest page that is read, in bytes; 64 MiB where not given.",
        rich_help_panel=_READING,
        show_default=False,
    ),
]
OtherLanguages = Annotated[
    Literal["warn", "abstain", "skip"],
    typer.Option(
        help="Pages in another language than the model knows: warn, mark every label "
        "as abstained, or leave them out.",
    ),
]


def open_sources(
    sources: list[str] | None,
    outputs: Iterable[tuple[str, Path | None]],
    *,
    encoding: str | None,
    format: str | None,
    page_bytes: int | None = None,
    **fields: str | None,
) -> Iterator[Article | ReadFailure]:
    """Open what a command is to read; what would fail for every page is refused first.

    Parameters
    ----------
    sources
        As they were named; standard input where none is and one is piped in.
    outputs
        Pairs of option and file, None where it was not given; none may be an input.
    encoding, format, page_bytes
        As `mlpkg.open_articles` takes them.
    fields
        Names of the fields of records, as `mlpkg.RecordFields` takes them.
    """
    from mlpkg.articles import RecordFields, open_articles

    _check_encoding(encoding)
    sources = _given_or_piped(sources)
    _refuse_inputs(outputs, sources)
    return open_articles(
        sources,
        encoding=encoding,
        format=format,
        fields=RecordFields(**fields),
        page_bytes=page_bytes,
    )


def _given_or_piped(sources: list[str] | None) -> list[str]:
    """Return the sources; standard input where none is named and one is piped in."""
    if sources:
        return sources
    if sys.stdin.isatty():
        fail("nothing to read; name files or folders, or pipe a text in")
    return ["-"]


def _check_encoding(encoding: str | None) -> None:
    """Refuse, before any work, a codec that does not exist."""
    try:
        codecs.lookup(encoding or "utf-8")
    except LookupError:
        fail(f"--encoding: unknown codec {encoding!r}; utf-8 or cp1252 are known")


def _refuse_inputs(
    outputs: Iterable[tuple[str, Path | None]], sources: list[str]
) -> None:
    """Refuse to write over a file that is to be read."""
    there = [(option, path) for option, path in outputs if path and path.is_file()]
    if not there:
        return
    from mlpkg.articles.files import InputFile, list_files

    for file in list_files(sources):
        if not isinstance(file, InputFile) or not Path(file.path).exists():
            continue
        for option, path in there:
            if path.samefile(file.path):
                fail(f"{option} {path}: one of the inputs; name another file")
