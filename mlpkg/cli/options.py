"""Options that several commands share, declared once."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from mlpkg.cli.console import fail

if TYPE_CHECKING:
    from mlpkg.models import SentenceClassifier

__all__ = [
    "BatchSize",
    "Cache",
    "Device",
    "Download",
    "Model",
    "Overrides",
    "Precision",
    "Quiet",
    "Runs",
    "Threads",
    "Tier",
    "of_tier",
    "open_model",
    "set_threads",
]

_GROUP = "Computing"


Device = Annotated[
    str,
    typer.Option(
        help="auto (cuda where there is one, else cpu), cpu, cuda, cuda:N or mps.",
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
        help="auto: bfloat16 on cpu and cuda where the hardware computes it, else "
        "float32.",
        rich_help_panel=_GROUP,
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
Model = Annotated[
    str, typer.Option("--model", "-m", help="A model folder or a bundled name.")
]
Tier = Annotated[
    Literal["tuned", "static"] | None,
    typer.Option(
        help="A model that comes with mlpkg: tuned labels best, static is fastest.",
        show_default=False,
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


def of_tier(model: str, tier: str | None) -> str:
    """Return the model that a command is to load: ``--tier`` is short for its name."""
    if tier is not None and model not in ("default", tier):
        fail(f"--tier {tier} and --model {model} name two models; leave one out")
    return tier or model


def open_model(model: str, threads: int | None, **options: Any) -> SentenceClassifier:
    """Load a model with the computing options of a command, threads set first.

    Parameters
    ----------
    model
        A model folder or a bundled name.
    threads
        Threads of the encoder; None for torch's own choice.
    options
        As `mlpkg.models.store.load_model` takes them.
    """
    set_threads(threads)
    from mlpkg.models.store import load_model

    return load_model(model, **options)


def set_threads(threads: int | None) -> None:
    """Fix the number of torch's threads for this process."""
    if threads is not None:
        import torch

        torch.set_num_threads(threads)
