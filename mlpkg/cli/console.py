"""Standard error, logging and exit codes, the same for every command."""

from __future__ import annotations

import logging
import sys
from typing import NoReturn

from rich.console import Console

__all__ = ["EXIT_FAILED", "EXIT_USAGE", "fail", "set_up_logging", "stderr", "stdout"]

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
    logger = logging.getLogger("mlpkg")
    logger.handlers[:] = [handler]
    logger.setLevel(logging.INFO)
    handler.setLevel(level)


def fail(message: str) -> NoReturn:
    """Print an error and leave with the exit code for wrong use."""
    for line in message.splitlines():
        print(f"error: {line}", file=sys.stderr)  # noqa: T201 (the command line)
    raise SystemExit(EXIT_USAGE)
