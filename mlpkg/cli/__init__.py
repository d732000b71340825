"""The command line: one file a command; each parses and calls the library."""

from __future__ import annotations

from mlpkg.cli.app import app
from mlpkg.cli.console import fail
from mlpkg.exceptions import MlpkgError

__all__ = ["app", "main"]


def main() -> None:
    """Run the command line; errors of the user are one line, never a traceback.

    Ctrl-C and a closed pipe are typer's: it ends with 130 and with 1.
    """
    try:
        app()
    except (MlpkgError, OSError) as error:  # OSError: a full disk, a forbidden folder
        fail(str(error))
