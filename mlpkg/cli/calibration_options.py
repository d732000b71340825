"""Options of what rests on calibration: abstention at a risk, a stated label mix."""

from __future__ import annotations

from typing import Annotated

import typer

from mlpkg.cli.console import fail

__all__ = ["LabelMix", "MaxRisk", "read_mix"]

MaxRisk = Annotated[
    float | None,
    typer.Option(
        metavar="SHARE",
        help="Mark predictions as abstained so that at most this share of the others "
        "is wrong, on pages like the model's training data: 0.05.",
        show_default=False,
    ),
]
LabelMix = Annotated[
    str | None,
    typer.Option(
        metavar="MIX",
        help="Share of each label on these pages, to correct probabilities by: real "
        "(that of real pages), or claim=0.3,opinion=0.1,…",
        show_default=False,
    ),
]


def read_mix(text: str | None, option: str) -> dict[str, float] | None:
    """Read a label mix from the command line.

    Parameters
    ----------
    text
        ``real``, or ``label=share`` pairs with commas; None where none was given.
    option
        Name of the option, for the message.
    """
    from mlpkg.evaluation.label_mix import REAL_PAGES_MIX

    if text is None:
        return None
    if text == "real":
        return dict(REAL_PAGES_MIX)
    pairs = [pair.partition("=") for pair in text.split(",")]
    try:
        mix = {name.strip(): float(share) for name, _, share in pairs}
    except ValueError:
        mix = {}
    if len(mix) < len(pairs):
        fail(
            f"{option} {text!r}: expected real, or label=share pairs with commas, each "
            "label once"
        )
    return mix
