"""The command line: one file a command; each parses and calls the library."""

from __future__ import annotations

import sys

from mlpkg.cli.app import app
from mlpkg.cli.console import EXIT_INTERRUPTED, fail
from mlpkg.exceptions import MlpkgError

__all__ = ["app", "main"]


def main() -> None:
    """Run the command line; errors of the user are one line, never a traceback."""
    try:
        app()
    except MlpkgError as error:
        fail(str(error))
    except KeyboardInterrupt:
        print("interrupted", file=sys.stderr)  # noqa: T201 (the command line)
        raise SystemExit(EXIT_INTERRUPTED) from None
