"""Standard error, logging and exit codes, the same for every command."""

from __future__ import annotations

import logging
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, NoReturn

from rich.console import Console

if TYPE_CHECKING:
    from rich.progress import TaskID

__all__ = [
    "EXIT_FAILED",
    "EXIT_USAGE",
    "echo",
    "fail",
    "printable",
    "progress_bars",
    "set_up_logging",
    "stderr",
    "stdout",
]

EXIT_FAILED = 1
EXIT_USAGE = 2


def stderr() -> Console:
    """Return a console on standard error, for messages and progress."""
    return Console(stderr=True, highlight=False, soft_wrap=True)


def stdout() -> Console:
    """Return a console on standard output, for results."""
    return Console(highlight=False)


def set_up_logging(*, quiet: bool, verbose: bool) -> None:
    """Send the package's log to standard error.

    Parameters
    ----------
    quiet
        Errors only.
    verbose
        Every stage; else warnings and errors.
    """
    level = logging.ERROR if quiet else logging.INFO if verbose else logging.WARNING
    # Not rich's handler: it folds lines at 80 columns in a log file too.
    handler = logging.StreamHandler()
    handler.setFormatter(_Printable())
    logger = logging.getLogger("mlpkg")
    logger.handlers[:] = [handler]
    logger.setLevel(logging.INFO)
    handler.setLevel(level)


class _Printable(logging.Formatter):
    """Messages tell of files and ids that strangers have named."""

    def format(self, record: logging.LogRecord) -> str:
        return printable(super().format(record))


def echo(text: str, *, nl: bool = True, err: bool = False) -> None:
    """Print text that strangers may have had a hand in; a pipe gets it as it is."""
    stream = sys.stderr if err else sys.stdout
    shown = printable(text) if stream.isatty() else text
    print(shown, end="\n" if nl else "", file=stream)  # noqa: T201 (the command line)


def printable(text: str) -> str:
    """Replace control characters, which a terminal would obey, by U+FFFD."""
    return "".join(
        character if character.isprintable() or character in "\n\t" else "\ufffd"
        for character in text
    )


def fail(message: str) -> NoReturn:
    """Print an error and leave with the exit code for wrong use."""
    for line in message.splitlines():
        echo(f"error: {line}", err=True)
    raise SystemExit(EXIT_USAGE)


@contextmanager
def progress_bars(*, quiet: bool) -> Iterator[Callable[[str, int, int], None] | None]:
    """Show a bar a stage on a terminal.

    Parameters
    ----------
    quiet
        Show nothing.

    Yields
    ------
    callable or None
        Takes stage, done and total; None where standard error is no terminal, so
        that the library logs a line a minute instead.
    """
    if quiet or not sys.stderr.isatty():
        yield None
        return
    from rich.progress import (
        BarColumn,
        MofNCompleteColumn,
        Progress,
        TimeRemainingColumn,
    )

    columns = ("{task.description}", BarColumn(), MofNCompleteColumn())
    with Progress(*columns, TimeRemainingColumn(), console=stderr()) as progress:
        bars: dict[str, TaskID] = {}

        def report(stage: str, done: int, total: int) -> None:
            if stage not in bars:
                bars[stage] = progress.add_task(stage, total=total)
            progress.update(bars[stage], completed=done)

        yield report
