"""``mlpkg cache``: look at the embedding cache, or empty it."""

from __future__ import annotations

import json
from typing import Annotated

import typer

__all__ = ["cache_app"]

cache_app = typer.Typer(help="The embedding cache.", no_args_is_help=True)


@cache_app.command("info")
def info_cli(
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Print where the cache is and what it holds."""
    from mlpkg.embedding import EmbeddingCache

    info = EmbeddingCache().info()
    if as_json:
        facts = {"path": str(info.path), "vectors": info.vectors, "bytes": info.bytes}
        typer.echo(json.dumps(facts))
    else:
        typer.echo(f"{info.path}\n{info.vectors} vectors, {info.bytes / 1e6:.1f} MB")


@cache_app.command("clear")
def clear_cli() -> None:
    """Forget every cached vector."""
    from mlpkg.embedding import EmbeddingCache

    typer.echo(f"{EmbeddingCache().clear()} vectors removed")
