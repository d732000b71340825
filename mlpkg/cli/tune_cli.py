"""``mlpkg tune``: search leaves of a config, and score the search itself."""

from __future__ import annotations

import json
from typing import Annotated, Literal

import typer

from mlpkg.cli.console import EXIT_FAILED, set_up_logging
from mlpkg.cli.options import Overrides, Quiet, Runs, Threads, set_threads
from mlpkg.tracking.store import RUNS

__all__ = ["tune_cli"]

_SEARCH = "Search"


def tune_cli(
    config: Annotated[
        str,
        typer.Argument(
            help="A YAML file, or the name of a shipped config (default).",
            show_default=False,
        ),
    ],
    search: Annotated[
        list[str] | None,
        typer.Option(
            metavar="KEY=VALUES",
            help="A leaf and its values: model.C=0.01,0.1; a range to draw from: "
            "model.C=0.01..1, evenly in the logarithm: model.C=log:0.001..1. May be "
            "repeated.",
            show_default=False,
            rich_help_panel=_SEARCH,
        ),
    ] = None,
    method: Annotated[
        Literal["grid", "random"] | None,
        typer.Option(
            help="All combinations, or some drawn with the config's seed.",
            show_default="random where there is a range",
            rich_help_panel=_SEARCH,
        ),
    ] = None,
    trials: Annotated[
        int | None,
        typer.Option(
            min=1,
            help="Trials of a random search.",
            show_default="20",
            rich_help_panel=_SEARCH,
        ),
    ] = None,
    outer: Annotated[
        int,
        typer.Option(
            min=2,
            help="Outer folds, which score the search.",
            rich_help_panel=_SEARCH,
        ),
    ] = 5,
    inner: Annotated[
        int | None,
        typer.Option(
            min=2,
            help="Inner folds, which rank the trials.",
            show_default="training.folds",
            rich_help_panel=_SEARCH,
        ),
    ] = None,
    set_: Overrides = None,
    runs: Runs = RUNS,
    as_json: Annotated[
        bool, typer.Option("--json", help="Print the result as JSON.")
    ] = False,
    jobs: Annotated[
        int,
        typer.Option(
            min=1,
            help="Trials at a time, at most one a core.",
            rich_help_panel="Computing",
        ),
    ] = 1,
    threads: Threads = None,
    quiet: Quiet = False,
) -> None:
    """Search leaves of a config by cross-validation over articles.

    The run folder holds best.yaml for `mlpkg train`, all trials in trials.jsonl, and
    in tune.json the nested score: what a search like this is worth on articles that
    had no part in it. Exit code 1: some trials failed.
    """
    set_up_logging(quiet=quiet, verbose=True)
    set_threads(threads)
    from mlpkg.training.tune import tune

    result = tune(
        config,
        search or (),
        set_ or (),
        method=method,
        trials=trials,
        outer=outer,
        inner=inner,
        jobs=jobs,
        runs=runs,
    )
    best = result.path / "best.yaml"
    if as_json:
        told = {"run": str(result.path), "config": str(best), **result.to_json()}
        typer.echo(json.dumps({**told, "trials": result.frame()}))
    else:
        typer.echo(f"{result.to_text()}\n{result.audit.to_text()}\nbest config: {best}")
    if result.failures:
        raise typer.Exit(EXIT_FAILED)
