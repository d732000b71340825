"""Options of bulk reading: what the shards hold, and who works on them."""

from __future__ import annotations

from typing import Annotated, Literal

import typer

__all__ = [
    "Articles",
    "Cluster",
    "Overwrite",
    "PageTimeout",
    "Select",
    "ShardOf",
    "ShardPages",
    "To",
    "Workers",
]

_GROUP = "Bulk (-o FOLDER/)"

To = Annotated[
    Literal["parquet", "jsonl"] | None,
    typer.Option(
        help="Form of the shards in the output folder; parquet where not given.",
        rich_help_panel=_GROUP,
        show_default=False,
    ),
]
Select = Annotated[
    list[str] | None,
    typer.Option(
        metavar="LABEL",
        help="Write the segments of this label alone. May be repeated.",
        rich_help_panel=_GROUP,
        show_default=False,
    ),
]
Articles = Annotated[
    bool,
    typer.Option(
        "--articles",
        help="A row an article: its cleaned text and the segments of each label.",
        rich_help_panel=_GROUP,
    ),
]
ShardOf = Annotated[
    str | None,
    typer.Option(
        "--shard",
        metavar="I/N",
        help="Do every N-th shard from the I-th on, for a scheduler that starts N jobs "
        "on one output: 3/16.",
        rich_help_panel=_GROUP,
        show_default=False,
    ),
]
ShardPages = Annotated[
    int,
    typer.Option(min=1, help="Pages of a shard, about.", rich_help_panel=_GROUP),
]
Workers = Annotated[
    int | None,
    typer.Option(
        min=1,
        help="Processes; one a core where not given, each with --threads or its share.",
        rich_help_panel=_GROUP,
        show_default=False,
    ),
]
Cluster = Annotated[
    str | None,
    typer.Option(
        metavar="ADDRESS",
        help="Work on a dask cluster: its scheduler's address, or local.",
        rich_help_panel=_GROUP,
        show_default=False,
    ),
]
Overwrite = Annotated[
    bool,
    typer.Option(
        "--overwrite",
        help="Remove shards in the output that other settings made.",
        rich_help_panel=_GROUP,
    ),
]
PageTimeout = Annotated[
    float,
    typer.Option(
        min=0.1,
        metavar="SECONDS",
        help="Time without progress after which a page counts as stalled and is left "
        "out.",
        rich_help_panel=_GROUP,
    ),
]
