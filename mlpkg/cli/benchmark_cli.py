"""``mlpkg benchmark``: classifiers side by side, shown again, and the quality gate."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer
from typer.core import TyperGroup

from mlpkg.cli.console import EXIT_FAILED, fail, set_up_logging, stderr, stdout
from mlpkg.cli.options import Quiet

if TYPE_CHECKING:
    from mlpkg.benchmark.plan import PlannedRow
    from mlpkg.benchmark.runner import BenchmarkRun

__all__ = ["benchmark_app"]


class _RunByDefault(TyperGroup):
    """A group whose first word may be a config: then it is run."""

    default = "run"

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Put the default command before a word that is none."""
        if args and not args[0].startswith("-") and args[0] not in self.commands:
            args = [self.default, *args]
        found: list[str] = super().parse_args(ctx, args)
        return found


benchmark_app = typer.Typer(
    cls=_RunByDefault,
    help="Run classifiers side by side: mlpkg benchmark CONFIG -o FOLDER.",
    no_args_is_help=True,
)


@benchmark_app.command("run")
def run_cli(
    config: Annotated[
        Path, typer.Argument(help="A YAML file, or a shipped one: benchmark.")
    ],
    out: Annotated[
        Path | None,
        typer.Option("--out", "-o", help="Folder of the results.", show_default=False),
    ] = None,
    data: Annotated[
        Path | None,
        typer.Option(help="Folder of the public corpora.", show_default=False),
    ] = None,
    only: Annotated[
        list[str] | None,
        typer.Option(help="A classifier of the config; may be repeated."),
    ] = None,
    tasks: Annotated[
        list[str] | None, typer.Option(help="A task of the config; may be repeated.")
    ] = None,
    overwrite: Annotated[
        Literal["never", "missing", "changed", "always"],
        typer.Option(
            help="Which rows are made: those without any result; without a good one; "
            "also those that code, data or settings changed; all."
        ),
    ] = "missing",
    max_pages: Annotated[
        int | None,
        typer.Option(min=1, help="Most pages of each side, to try it out."),
    ] = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="List the rows and make none.")
    ] = False,
    quiet: Quiet = False,
) -> None:
    """Run a benchmark, row by row; a second start goes on where the first ended.

    Exit code 1: some rows failed. Rows whose data or packages are not on this machine
    say what to do and count as no failure.
    """
    set_up_logging(quiet=quiet, verbose=True)
    from mlpkg.benchmark.loading import find_benchmark, load_benchmark
    from mlpkg.benchmark.runner import BenchmarkRun, run_benchmark
    from mlpkg.report.benchmark_views import terminal_table, write_views

    settings = load_benchmark(config)
    if out is None and not dry_run:
        fail("--out is missing: name the folder of the results (-o FOLDER)")
    run = BenchmarkRun(
        settings,
        out or Path(),
        find_benchmark(config).absolute().parent,
        (data or Path(settings.data or "data")).absolute(),
        max_pages,
        only or (),
        tasks or (),
        overwrite,
    )
    if dry_run:
        _show_plan(run, is_new=out is None)
        return
    counts = run_benchmark(run, None if quiet else _told)
    for path in write_views(run.folder):
        stderr().print(path, soft_wrap=True)
    stdout().print(terminal_table(run.folder))
    stderr().print(_summary(counts.made, counts.kept))
    if counts.made.get("failed"):
        raise typer.Exit(EXIT_FAILED)


@benchmark_app.command("show")
def show_cli(
    folder: Annotated[Path, typer.Argument(help="Folder of a benchmark's results.")],
    quiet: Quiet = False,
) -> None:
    """Show stored results again and write their tables and pages anew."""
    set_up_logging(quiet=quiet, verbose=False)
    from mlpkg.benchmark.runner import stored_reference, write_tables
    from mlpkg.report.benchmark_views import terminal_table, write_views

    write_tables(folder, stored_reference(folder))
    for path in write_views(folder):
        stderr().print(path, soft_wrap=True)
    stdout().print(terminal_table(folder))


@benchmark_app.command("gate")
def gate_cli(
    file: Annotated[Path, typer.Argument(help="A YAML file of floors.")] = Path(
        "experiments"
    )
    / "gate.yaml",
    quiet: Quiet = False,
) -> None:
    """Hold a model's scores against committed floors; exit code 1 under any."""
    set_up_logging(quiet=quiet, verbose=False)
    from mlpkg.benchmark.gate import check_gate

    lines = check_gate(file)
    for line in lines:
        typer.echo(line.to_text())
    if not all(line.holds for line in lines):
        raise typer.Exit(EXIT_FAILED)


def _show_plan(run: BenchmarkRun, *, is_new: bool) -> None:
    """List the rows of a run, those that are due marked."""
    from mlpkg.benchmark.stored_rows import is_to_be_made

    rows = run.planner().rows()
    due = {
        row.path
        for row in rows
        if is_new or is_to_be_made(row, run.folder, run.overwrite)
    }
    for row in rows:
        typer.echo(
            f"{'make' if row.path in due else 'keep'}  {row.kind:<12}  {row.title}"
        )
    most = len(due) * run.config.limits.row_minutes
    typer.echo(
        f"{len(due)} of {len(rows)} rows to make, in {most / 60:.1f} hours at the very "
        f"most (limits.row_minutes {run.config.limits.row_minutes:g} each)"
    )


def _told(row: PlannedRow, status: str, reason: str, done: int, total: int) -> None:
    """Tell of a row that has ended."""
    why = f": {reason}" if reason else ""
    typer.echo(f"[{done}/{total}] {status}  {row.title}{why}", err=True)


def _summary(made: Any, kept: int) -> str:
    """Count the rows by how they ended."""
    parts = [f"{number} {status}" for status, number in sorted(made.items())]
    return f"rows made: {', '.join(parts) or 'none'}; kept: {kept}"
