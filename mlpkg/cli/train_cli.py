"""``mlpkg train``: one config, one run folder."""

from __future__ import annotations

import json
from typing import Annotated

import typer

from mlpkg.cli.console import progress_bars, set_up_logging, stdout
from mlpkg.cli.options import Overrides, Quiet, Runs, Threads, set_threads
from mlpkg.tracking.store import RUNS

__all__ = ["train_cli"]


def train_cli(
    config: Annotated[
        str,
        typer.Argument(
            help="A YAML file, or the name of a shipped config (default).",
            show_default=False,
        ),
    ],
    set_: Overrides = None,
    runs: Runs = RUNS,
    as_json: Annotated[
        bool, typer.Option("--json", help="Print the result as JSON.")
    ] = False,
    threads: Threads = None,
    quiet: Quiet = False,
) -> None:
    """Train the model that a config describes.

    The run folder holds config, split, metrics, out-of-fold predictions, report.html
    and the model, which `mlpkg classify --model RUN/model` takes.
    """
    set_up_logging(quiet=quiet, verbose=True)
    set_threads(threads)
    from mlpkg.training import train

    with progress_bars(quiet=quiet) as report:
        result = train(config, set_ or (), runs=runs, report=report)
    if as_json:
        evaluations = {k: v.to_json() for k, v in result.evaluations.items()}
        typer.echo(
            json.dumps(
                {
                    "run": str(result.path),
                    "model": str(result.path / "model"),
                    "report": str(result.path / "report.html"),
                    "metrics": evaluations,
                    "audit": {k: v.to_json() for k, v in result.audits.items()},
                    "timings_s": result.timings,
                }
            )
        )
        return
    console = stdout()
    for name, evaluation in result.evaluations.items():
        console.print(name, style="bold")
        typer.echo(evaluation.to_text())
        typer.echo(result.audits[name].to_text())
    times = ", ".join(f"{stage} {s:.1f} s" for stage, s in result.timings.items())
    typer.echo(times)
    typer.echo(f"model: {result.path / 'model'}")
    typer.echo(f"report: {result.path / 'report.html'}")
