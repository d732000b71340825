"""``mlpkg config``: configs shown, checked, compared and begun."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Annotated

import typer

from mlpkg.cli.console import fail

__all__ = ["config_app"]

config_app = typer.Typer(help="The settings of an experiment.", no_args_is_help=True)

Source = Annotated[
    str,
    typer.Argument(
        metavar="CONFIG",
        help="A YAML file, or the name of a shipped config (default).",
        show_default=False,
    ),
]
Overrides = Annotated[
    list[str] | None,
    typer.Option(
        "--set",
        metavar="KEY=VALUE",
        help="Change a leaf: --set model.C=0.1. May be repeated.",
        show_default=False,
    ),
]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]

STARTER = """\
# {name}: what this experiment asks, in a line.
# What it does not name is as in what it extends: `mlpkg config show {file}`.
extends: {base}
name: {quoted}

# data:
#   train: rows.csv            # relative to this file
#   validation: null           # null: scores by cross-validation only
#   columns: {{text: text, label: label, article: article}}
#   labels: [claim, opinion, attribution, boilerplate]
#   furniture: boilerplate     # the label of page furniture, or null
#   mapping: {{fact: claim}}     # what other labels in the data mean

# model:
#   C: 0.03                    # inverse strength of the penalty

# training:
#   folds: 5
"""


@config_app.command("show")
def show_cli(config: Source, set_: Overrides = None) -> None:
    """Print every setting as YAML, with what the file extends and --set."""
    from mlpkg.config import load_config, to_yaml

    typer.echo(to_yaml(load_config(config, set_ or ())), nl=False)


@config_app.command("validate")
def validate_cli(
    configs: Annotated[
        list[str],
        typer.Argument(metavar="CONFIG...", help="Files or names of shipped configs."),
    ],
) -> None:
    """Check configs; every fault is listed with file and line."""
    from mlpkg.config import load_config
    from mlpkg.exceptions import ConfigError

    faults = []
    for config in configs:
        try:
            load_config(config)
        except ConfigError as error:
            faults.append(str(error))
        else:
            typer.echo(f"{config}: valid")
    if faults:
        fail("\n".join(faults))


@config_app.command("schema")
def schema_cli() -> None:
    """Print the JSON Schema of a config file, for editors."""
    from mlpkg.config import json_schema

    typer.echo(json.dumps(json_schema(), indent=2))


@config_app.command("diff")
def diff_cli(a: Source, b: Source, as_json: AsJson = False) -> None:
    """Print the settings in which two configs differ."""
    from mlpkg.config import load_config
    from mlpkg.tracking.run_diff import changed_leaves

    rows = changed_leaves(load_config(a).resolved(), load_config(b).resolved())
    if as_json:
        typer.echo(json.dumps(rows, ensure_ascii=False))
        return
    for row in rows:
        old, new = (
            json.dumps(row[key], ensure_ascii=False) if key in row else "-"
            for key in ("old", "new")
        )
        typer.echo(f"{row['path']}: {old} -> {new}")
    if not rows:
        typer.echo("no setting differs")


@config_app.command("new")
def new_cli(
    name: Annotated[
        str, typer.Argument(help="Name of the experiment: letters, digits, - and _.")
    ],
    base: Annotated[
        str, typer.Option("--from", help="The config to extend.")
    ] = "default",
    output: Annotated[
        Path | None,
        typer.Option(
            "-o", "--output", help="The new file; NAME.yaml.", show_default=False
        ),
    ] = None,
) -> None:
    """Write a commented config that extends another one; nothing is overwritten."""
    from mlpkg.config import load_config, shipped_configs

    # Quoted, since YAML takes names such as 007 and off for something else.
    quoted = json.dumps(name)
    load_config(base, [f"name={quoted}"])
    path = output or Path(f"{name}.yaml")
    if base not in shipped_configs():
        base = Path(os.path.relpath(base, path.parent)).as_posix()
    text = STARTER.format(
        name=name,
        quoted=quoted,
        base=json.dumps(base, ensure_ascii=False),
        file=path.name,
    )
    try:
        with path.open("x", encoding="utf-8") as stream:
            stream.write(text)
    except FileExistsError:
        fail(f"{path} exists and is not overwritten; name another file with -o")
    typer.echo(str(path))


@config_app.command("list")
def list_cli(as_json: AsJson = False) -> None:
    """Print the shipped configs, each with what it is for."""
    from mlpkg.config import shipped_configs, shipped_folder

    about = {name: _first_comment(shipped_folder(), name) for name in shipped_configs()}
    if as_json:
        typer.echo(json.dumps(about, ensure_ascii=False))
        return
    width = max(map(len, about))
    for name, line in about.items():
        typer.echo(f"{name:<{width}}  {line}")


def _first_comment(folder: Path, name: str) -> str:
    """Return the comment that a shipped config begins with."""
    text = (folder / f"{name}.yaml").read_text(encoding="utf-8")
    first = text.partition("\n")[0]
    return first.removeprefix("#").strip() if first.startswith("#") else ""
