"""``mlpkg evaluate``: score a model on labelled data."""

from __future__ import annotations

import json
from typing import Annotated

import typer

from mlpkg.cli.calibration_options import LabelMix, read_mix
from mlpkg.cli.console import echo, set_up_logging
from mlpkg.cli.options import (
    BatchSize,
    Cache,
    Device,
    Download,
    Precision,
    Quiet,
    Threads,
    open_model,
)

__all__ = ["evaluate_cli"]


def evaluate_cli(
    model: Annotated[
        str, typer.Argument(help="A model folder or a bundled name (default).")
    ],
    data: Annotated[
        str,
        typer.Argument(
            help="corpus:PART, page files, .jsonl with doc, start, end and label "
            "beside its texts, or rows (.jsonl, .csv, .parquet) with text and label.",
        ),
    ],
    bare: Annotated[
        bool, typer.Option("--bare", help="Judge each segment without its page.")
    ] = False,
    text: Annotated[
        str, typer.Option(help="Column of the text.", rich_help_panel="Rows")
    ] = "text",
    label: Annotated[
        str, typer.Option(help="Column of the label.", rich_help_panel="Rows")
    ] = "label",
    article: Annotated[
        str, typer.Option(help="Column of the article id.", rich_help_panel="Rows")
    ] = "article",
    training_data: Annotated[
        str | None,
        typer.Option(
            help="What the model was trained on, for the leakage audit; known for "
            "models of the bundled corpus.",
            show_default=False,
        ),
    ] = None,
    mix: Annotated[
        str | None,
        typer.Option(
            help="Re-weight the scores to a label mix: real (that of real pages), or "
            "claim=0.2,opinion=0.1,…",
            show_default=False,
        ),
    ] = None,
    label_mix: LabelMix = None,
    resamples: Annotated[
        int, typer.Option(min=1, help="Bootstrap resamples of articles.")
    ] = 1000,
    level: Annotated[
        float, typer.Option(min=0.01, max=0.999, help="Level of the intervals.")
    ] = 0.95,
    seed: Annotated[int, typer.Option(min=0, help="Seed of the bootstrap.")] = 0,
    as_json: Annotated[
        bool, typer.Option("--json", help="Print the result as JSON.")
    ] = False,
    device: Device = "auto",
    threads: Threads = None,
    batch_size: BatchSize = 64,
    precision: Precision = "auto",
    cache: Cache = False,
    download: Download = False,
    quiet: Quiet = False,
) -> None:
    """Score a model: per class, macro-F1, confusion, intervals over articles.

    The leakage audit says what the data share with the model's training data, where
    those are on this machine.
    """
    set_up_logging(quiet=quiet, verbose=False)
    from mlpkg.data.gold import load_gold
    from mlpkg.data.rows import Columns
    from mlpkg.training import evaluate
    from mlpkg.training.audits import AUDIT_NOT_MADE, audit_against_training
    from mlpkg.training.look import refuse_test_parts

    refuse_test_parts(data)
    classifier = open_model(
        model,
        threads,
        device=device,
        precision=precision,
        batch_size=batch_size,
        cache=cache,
        download=download,
    )
    scheme = classifier.scheme_
    pages = load_gold(data, columns=Columns(text, label, article), scheme=scheme)
    result = evaluate(
        classifier,
        pages,
        scheme=scheme,
        bare=bare,
        mix=read_mix(mix, "--mix"),
        label_mix=read_mix(label_mix, "--label-mix"),
        n=resamples,
        level=level,
        seed=seed,
    )
    training = (
        None
        if training_data is None
        else load_gold(
            training_data, columns=Columns(text, label, article), scheme=scheme
        )
    )
    audit = audit_against_training(model, pages, scheme, training)
    if as_json:
        audited = None if audit is None else audit.to_json()
        typer.echo(json.dumps({**result.to_json(), "audit": audited}))
    else:
        echo(result.to_text())
        echo(AUDIT_NOT_MADE if audit is None else audit.to_text())
