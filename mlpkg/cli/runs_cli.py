"""``mlpkg runs``: look at stored runs, compare them, remove or export them."""

from __future__ import annotations

import json
import os
import sys
from contextlib import redirect_stdout
from pathlib import Path
from typing import Annotated, Any, Literal

import typer

from mlpkg.cli.console import echo
from mlpkg.tracking.store import RUNS

__all__ = ["runs_app"]

runs_app = typer.Typer(help="Stored runs.", no_args_is_help=True)

_NAMES = "A run's id or its beginning, its folder, or latest."
Root = Annotated[Path, typer.Option("--runs", help="Folder of all run folders.")]
Run = Annotated[str, typer.Argument(metavar="RUN", help=_NAMES, show_default=False)]
Json = Annotated[bool, typer.Option("--json", help="Print JSON.")]


@runs_app.command("list")
def list_cli(root: Root = RUNS, as_json: Json = False) -> None:
    """List the runs with their scores, newest last."""
    from mlpkg.report.runs_text import entry_facts, list_text
    from mlpkg.tracking.store import list_runs

    entries = list_runs(root)
    if as_json:
        _print_json([entry_facts(entry) for entry in entries])
    elif entries:
        echo(list_text(entries), nl=False)
    else:
        typer.echo(f"no runs in {root}; `mlpkg train` makes one", err=True)


@runs_app.command("show")
def show_cli(run: Run, root: Root = RUNS, as_json: Json = False) -> None:
    """Print settings, data, scores, leakage audit, timings and versions of a run."""
    from mlpkg.report.runs_text import from_default, run_text
    from mlpkg.tracking.store import find_run

    stored = find_run(run, root)
    if not as_json:
        echo(run_text(stored), nl=False)
        return
    _print_json(
        {
            "id": stored.id,
            "path": str(stored.path),
            "config": stored.config,
            "from_default": from_default(stored),
            "run": {k: v for k, v in stored.run.items() if k not in ("id", "config")},
            "metrics": stored.metrics,
            "audit": stored.audit,
        }
    )


@runs_app.command("diff")
def diff_cli(
    a: Annotated[str, typer.Argument(help=_NAMES, show_default=False)],
    b: Annotated[str, typer.Argument(help="The later one.", show_default=False)],
    root: Root = RUNS,
    as_json: Json = False,
) -> None:
    """Print which settings changed between two runs, and the scores beside them."""
    from mlpkg.report.runs_text import diff_text
    from mlpkg.tracking.run_diff import diff_runs
    from mlpkg.tracking.store import find_run

    diff = diff_runs(find_run(a, root), find_run(b, root))
    if as_json:
        _print_json(diff.to_json())
    else:
        echo(diff_text(diff), nl=False)


@runs_app.command("compare")
def compare_cli(
    runs: Annotated[
        list[str],
        typer.Argument(
            metavar="RUN",
            help="Two runs or more; each is compared with the first.",
            show_default=False,
        ),
    ],
    root: Root = RUNS,
    resamples: Annotated[
        int, typer.Option(min=1, help="Bootstrap resamples of articles, and swaps.")
    ] = 2000,
    margin: Annotated[
        float, typer.Option(min=0.0, help="Loss of macro-F1 that counts as none.")
    ] = 0.01,
    seed: Annotated[int, typer.Option(min=0, help="Seed of resamples.")] = 0,
    as_json: Json = False,
) -> None:
    """Test whether runs differ, over the rows that they share.

    Intervals of the differences and a sign-flip test, both over whole articles.
    """
    from mlpkg.report.run_comparison import compare_runs
    from mlpkg.report.runs_text import comparison_text
    from mlpkg.tracking.store import find_run

    stored = [find_run(run, root) for run in runs]
    comparison = compare_runs(stored, n=resamples, seed=seed, margin=margin)
    if as_json:
        _print_json(comparison.to_json())
    else:
        echo(comparison_text(comparison), nl=False)


@runs_app.command("rm")
def rm_cli(
    runs: Annotated[
        list[str], typer.Argument(metavar="RUN", help=_NAMES, show_default=False)
    ],
    root: Root = RUNS,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")] = False,
) -> None:
    """Remove runs, after asking; what a killed training left, too.

    Folders that a living training works in are refused.
    """
    from mlpkg.tracking.store import remove_run, require_removable, run_folder

    paths = list(dict.fromkeys(run_folder(run, root, unfinished=True) for run in runs))
    for path in paths:
        require_removable(path, root)
    if not yes:
        typer.echo("\n".join(map(str, paths)), err=True)
        typer.confirm("Remove these runs?", abort=True, err=True)
    for path in paths:
        remove_run(path, root)
        typer.echo(f"removed {path}")


@runs_app.command("export")
def export_cli(
    run: Run,
    root: Root = RUNS,
    to: Annotated[Literal["mlflow"], typer.Option(help="The kind of server.")] = (
        "mlflow"
    ),
    tracking_uri: Annotated[
        str | None,
        typer.Option(
            help="Address of the server or database; MLFLOW_TRACKING_URI where it is "
            "not given.",
            show_default=False,
        ),
    ] = None,
    experiment: Annotated[
        str, typer.Option(help="MLflow experiment; made where there is none.")
    ] = "mlpkg",
) -> None:
    """Send a run with all its files, the predictions' words too, to MLflow.

    Prints the id of the MLflow run. A second export updates that run.
    """
    # Unless it is told before it is imported, MLflow reports its use to its makers.
    os.environ.setdefault("MLFLOW_DISABLE_TELEMETRY", "true")
    from mlpkg.tracking.mlflow_export import export_to_mlflow
    from mlpkg.tracking.store import find_run

    stored = find_run(run, root)
    with redirect_stdout(sys.stderr):  # MLflow prints where to see the run
        run_id = export_to_mlflow(
            stored, tracking_uri=tracking_uri, experiment=experiment
        )
    typer.echo(run_id)


def _print_json(value: Any) -> None:
    """Print one line of JSON."""
    typer.echo(json.dumps(value, default=str))
