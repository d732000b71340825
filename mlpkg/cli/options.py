"""Options that several commands share, declared once."""

from __future__ import annotations

from typing import Annotated, Literal

import typer

__all__ = [
    "BatchSize",
    "Cache",
    "Device",
    "Download",
    "Precision",
    "Quiet",
    "Threads",
    "set_threads",
]

_GROUP = "Computing"


def _device(value: str) -> str:
    """Refuse a device that torch does not know or this machine does not have."""
    kind, _, number = value.partition(":")
    if value in ("auto", "cpu"):
        return value
    if value != "mps" and not (
        kind == "cuda" and (number.isdecimal() or kind == value)
    ):
        raise typer.BadParameter(f"{value!r} is none of auto, cpu, cuda, cuda:N, mps")
    import torch

    count = torch.cuda.device_count()
    there = torch.backends.mps.is_available() if kind == "mps" else count > 0
    if not there or int(number or 0) >= max(count, 1):
        raise typer.BadParameter(
            f"this machine has no {value!r}; auto takes what is there"
        )
    return value


Device = Annotated[
    str,
    typer.Option(
        help="auto, cpu, cuda, mps, or cuda:1.",
        callback=_device,
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


def set_threads(threads: int | None) -> None:
    """Fix the number of torch's threads for this process."""
    if threads is not None:
        import torch

        torch.set_num_threads(threads)
