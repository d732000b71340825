"""The tree of commands."""

from __future__ import annotations

from typing import Annotated

import typer

from mlpkg.cli.benchmark_cli import benchmark_app
from mlpkg.cli.cache_cli import cache_app
from mlpkg.cli.classify_cli import classify_cli
from mlpkg.cli.config_cli import config_app
from mlpkg.cli.corpus_cli import corpus_app
from mlpkg.cli.data_cli import data_app
from mlpkg.cli.doctor_cli import doctor_cli
from mlpkg.cli.evaluate_cli import evaluate_cli
from mlpkg.cli.extract_cli import extract_cli
from mlpkg.cli.look_cli import look_cli
from mlpkg.cli.runs_cli import runs_app
from mlpkg.cli.train_cli import train_cli
from mlpkg.cli.tune_cli import tune_cli

__all__ = ["app"]

app = typer.Typer(
    name="mlpkg",
    help="Tells what each sentence of a news page does: claim, opinion, attribution "
    "or boilerplate.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


def _version(wanted: bool) -> None:
    """Print the version and leave."""
    if wanted:
        from mlpkg.version import __version__

        typer.echo(f"mlpkg {__version__}")
        raise typer.Exit


@app.callback()
def _options(
    version: Annotated[
        bool,
        typer.Option(
            "--version", help="Print the version.", callback=_version, is_eager=True
        ),
    ] = False,
) -> None:
    """Hold the options that stand before a command."""


app.command("classify")(classify_cli)
app.command("extract")(extract_cli)
app.command("train")(train_cli)
app.command("tune")(tune_cli)
app.command("evaluate")(evaluate_cli)
app.command("look")(look_cli)
app.add_typer(benchmark_app, name="benchmark")
app.add_typer(runs_app, name="runs")
app.add_typer(config_app, name="config")
app.add_typer(data_app, name="data")
app.add_typer(corpus_app, name="corpus")
app.add_typer(cache_app, name="cache")
app.command("doctor")(doctor_cli)
