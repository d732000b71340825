"""``mlpkg look``: the last look at the corpus's test parts, logged."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from mlpkg.cli.console import echo, set_up_logging

__all__ = ["look_cli"]


def look_cli(
    model: Annotated[
        str, typer.Argument(help="A model folder or a bundled name (default).")
    ],
    why: Annotated[
        str, typer.Option(help="What the look is for; it goes into the log.")
    ],
    part: Annotated[
        list[str] | None,
        typer.Option(
            help="test or other-hands; both where it is not given.",
            show_default=False,
        ),
    ] = None,
    log: Annotated[Path, typer.Option(help="The log, to be committed.")] = Path(
        "experiments/looks.jsonl"
    ),
) -> None:
    """Score a model on the test part and the other hands, and log the look.

    Choices are made on corpus:validation; these parts are for the figure at the end.
    """
    set_up_logging(quiet=False, verbose=False)
    from mlpkg.training.audits import AUDIT_NOT_MADE
    from mlpkg.training.look import TEST_PARTS, look

    results = look(model, why, parts=part or TEST_PARTS, log=log)
    for name, (evaluation, audit) in results.items():
        echo(f"{name}\n{evaluation.to_text()}")
        echo(AUDIT_NOT_MADE if audit is None else audit.to_text())
