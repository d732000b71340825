"""What the commands under ``mlpkg data`` share: how labelled data are read."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from mlpkg.cli.console import fail

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from mlpkg.config import Config
    from mlpkg.data.gold import GoldPage
    from mlpkg.data.label_map import LabelMap
    from mlpkg.data.rows import Columns
    from mlpkg.labels import LabelScheme

__all__ = [
    "ArticleColumn",
    "AsJson",
    "ConfigName",
    "Data",
    "Header",
    "Label",
    "Labels",
    "OutFolder",
    "Overrides",
    "Text",
    "key_values",
    "load_pages",
    "reading_of",
    "settings_of",
]

_READING = "How labels and columns are read"

Data = Annotated[
    str,
    typer.Argument(
        metavar="DATA",
        help="Rows (.jsonl, .csv, .parquet), page files, .jsonl with doc, start, end "
        "and label beside its texts, a datasets folder, a Label Studio export (.json), "
        "or corpus:PART.",
        show_default=False,
    ),
]
ConfigName = Annotated[
    str,
    typer.Option(
        "--config",
        "-c",
        help="A config file or shipped config, whose data section says how.",
        rich_help_panel=_READING,
    ),
]
Labels = Annotated[
    str | None,
    typer.Option(
        help="Label names, with commas: fact,view. As in the config where not given.",
        rich_help_panel=_READING,
        show_default=False,
    ),
]
Text = Annotated[
    str | None,
    typer.Option(
        help="Column of the text.", rich_help_panel=_READING, show_default=False
    ),
]
Label = Annotated[
    str | None,
    typer.Option(
        help="Column of the label.", rich_help_panel=_READING, show_default=False
    ),
]
ArticleColumn = Annotated[
    str | None,
    typer.Option(
        "--article",
        help="Column of the article id.",
        rich_help_panel=_READING,
        show_default=False,
    ),
]
Overrides = Annotated[
    list[str] | None,
    typer.Option(
        "--set",
        metavar="KEY=VALUE",
        help="Change a leaf of the config: --set data.unlabelled=skip; repeatable.",
        rich_help_panel=_READING,
        show_default=False,
    ),
]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]
Header = Annotated[
    list[str] | None,
    typer.Option(
        "--header",
        metavar="KEY=VALUE",
        help="Of page files: a header value that the data do not state. May be "
        "repeated.",
        show_default=False,
    ),
]
OutFolder = Annotated[
    Path,
    typer.Option("-o", "--output", help="A new folder.", show_default=False),
]


def settings_of(
    name: str,
    labels: str | None,
    text: str | None,
    label: str | None,
    article: str | None,
    set_: Sequence[str] | None,
) -> Config:
    """Load the config with what the options change; --set has the last word."""
    from mlpkg.config import load_config

    columns = {"text": text, "label": label, "article": article}
    overrides = [
        f"data.columns.{key}={json.dumps(value)}"
        for key, value in columns.items()
        if value is not None
    ]
    if labels is not None:
        names = [name.strip() for name in labels.split(",")]
        overrides.append(f"data.labels={json.dumps(names)}")
        if load_config(name).data.furniture not in names:
            overrides.append("data.furniture=null")
    return load_config(name, [*overrides, *(set_ or ())])


def reading_of(config: Config) -> tuple[Columns, LabelScheme, LabelMap]:
    """Return how the config reads columns and labels."""
    from mlpkg.config.objects import make_scheme
    from mlpkg.data.label_map import LabelMap
    from mlpkg.data.rows import Columns

    data = config.data
    label_map = LabelMap(data.mapping, data.allowed, data.unlabelled)
    return Columns(**data.columns.model_dump()), make_scheme(config), label_map


def load_pages(
    data: str, config: Config, *, weigh_sources: bool = True
) -> tuple[list[GoldPage], LabelScheme]:
    """Load labelled data as the config says.

    Data that are written again keep the weights of their rows: the config's factors
    for sources would be applied once more when they are read.
    """
    from mlpkg.config.objects import make_gold, make_scheme

    if not weigh_sources:
        plain = config.data.model_copy(update={"source_weights": {}})
        config = config.model_copy(update={"data": plain})
    return make_gold(config, data), make_scheme(config)


def key_values(items: Iterable[str], option: str) -> dict[str, str]:
    """Read KEY=VALUE items."""
    pairs: dict[str, str] = {}
    for item in items:
        key, sign, value = (piece.strip() for piece in item.partition("="))
        if not (key and sign and value) or key in pairs:
            fail(f"{option}: expected KEY=VALUE, each key once, got {item!r}")
        pairs[key] = value
    return pairs
