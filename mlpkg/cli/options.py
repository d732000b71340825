"""Options that several commands share, declared once."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

import typer

__all__ = [
    "BatchSize",
    "Cache",
    "Device",
    "Download",
    "Overrides",
    "Precision",
    "Quiet",
    "Runs",
    "Threads",
    "set_threads",
]

_GROUP = "Computing"


Device = Annotated[
    str,
    typer.Option(
        help="auto, cpu, cuda, mps, or cuda:1.",
        rich_help_panel=_GROUP,
    ),
]
Threads = Annotated[
    int | None,
    typer.Option(
        min=1, help="Threads of the encoder; as torch chooses.", rich_help_panel=_GROUP
    ),
]
BatchSize = Annotated[
    int,
    typer.Option(min=1, help="Most segments in a batch.", rich_help_panel=_GROUP),
]
Precision = Annotated[
    Literal["auto", "float32", "bfloat16"],
    typer.Option(
        help="auto: bfloat16 where the hardware has it.", rich_help_panel=_GROUP
    ),
]
Cache = Annotated[
    bool,
    typer.Option(
        "--cache/--no-cache",
        help="Keep vectors in the embedding cache.",
        rich_help_panel=_GROUP,
    ),
]
Download = Annotated[
    bool,
    typer.Option(
        "--download",
        help="Fetch a hub encoder that is not on this machine.",
        rich_help_panel=_GROUP,
    ),
]
Quiet = Annotated[bool, typer.Option("--quiet", "-q", help="Errors only on stderr.")]

Overrides = Annotated[
    list[str] | None,
    typer.Option(
        "--set",
        metavar="KEY=VALUE",
        help="Change a leaf of the config: --set model.C=0.1. May be repeated.",
        show_default=False,
    ),
]
Runs = Annotated[Path, typer.Option(help="Folder of all run folders.")]


def set_threads(threads: int | None) -> None:
    """Fix the number of torch's threads for this process."""
    if threads is not None:
        import torch

        torch.set_num_threads(threads)
