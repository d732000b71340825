import re
import shlex
from pathlib import Path

import pytest
import yaml
from typer.main import get_command

from mlpkg.cli import app
from mlpkg.config import load_config
from mlpkg.data.gold import load_gold
from mlpkg.labels import DEFAULT_SCHEME

ROOT = Path(__file__).parents[1]
DOCUMENTS = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *ROOT.glob("docs/*.md")]
# What is still to be built is written there first.
PLANS = ("DESIGN.md", "STYLE.md")
FENCE = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
LINK = re.compile(r"(?<!!)\[[^\]]+\]\(([^)\s]+)\)")
CODE_SPAN = re.compile(r"`(mlpkg [^`]+)`")


def read(path):
    return path.read_text(encoding="utf-8")


def blocks(language):
    """Collect the fenced blocks of a language as parameters, named by their place."""
    return [
        pytest.param(found[2], id=f"{path.name}-{number}")
        for path in DOCUMENTS
        for number, found in enumerate(FENCE.finditer(read(path)), start=1)
        if found[1] == language
    ]


def command_lines():
    """Collect each use of `mlpkg` in blocks and in code spans once, as words."""
    lines = set()
    for path in DOCUMENTS:
        if path.name in PLANS:
            continue
        text = read(path)
        shown = [line for block in FENCE.findall(text) for line in block[1].split("\n")]
        for code in [*shown, *CODE_SPAN.findall(FENCE.sub("", text))]:
            for part in code.split("|"):
                if part.strip().removeprefix(".venv/bin/").startswith("mlpkg "):
                    lines.add(tuple(shlex.split(part, comments=True)))
    return sorted(lines)


@pytest.mark.e2e
@pytest.mark.parametrize("source", blocks("python"))
def test_a_python_example_runs(source, monkeypatch, tmp_path, capsys):
    monkeypatch.setenv("MLPKG_CACHE", str(tmp_path / "cache"))
    monkeypatch.chdir(tmp_path)
    exec(compile(source, "example", "exec"), {"__name__": "__main__"})  # noqa: S102
    assert capsys.readouterr().out.strip(), "an example shows its result"


def test_the_readme_has_an_example_of_each_use():
    found = "".join(parameter.values[0] for parameter in blocks("python"))
    for use in ("mlpkg.classify(", ".fit(", "cross_val_score("):
        assert use in found


@pytest.mark.parametrize("source", blocks("yaml"))
def test_a_yaml_example_is_a_config(source, tmp_path):
    path = tmp_path / "example.yaml"
    path.write_text(source, encoding="utf-8")
    config = load_config(path)
    assert config.name == yaml.safe_load(source)["name"]
    assert Path(config.data.train).parent == tmp_path


def test_the_columns_that_the_readme_names_are_the_ones_read(tmp_path):
    named = re.search(
        r"a CSV with the columns (.+?):\n", read(ROOT / "README.md"), re.S
    )
    assert named is not None
    columns = re.findall(r"`(\w+)`", named[1])
    path = tmp_path / "rows.csv"
    path.write_text(
        f"{','.join(columns)}\nThe mill closed.,claim,a1\nIt rained.,claim,a1\n",
        encoding="utf-8",
    )
    (page,) = load_gold(path)
    assert (page.id, page.labels) == ("a1", ("claim", "claim"))


def test_the_readme_explains_every_label():
    text = read(ROOT / "README.md")
    assert [
        name for name in DEFAULT_SCHEME.names if f"| **{name}** |" not in text
    ] == []


@pytest.mark.parametrize("path", DOCUMENTS, ids=[path.name for path in DOCUMENTS])
def test_relative_links_lead_to_files(path):
    text = FENCE.sub("", read(path))
    targets = [target.partition("#")[0] for target in LINK.findall(text)]
    missing = [
        target
        for target in targets
        if target and ":" not in target and not (path.parent / target).exists()
    ]
    assert missing == []


@pytest.mark.parametrize("words", command_lines(), ids=" ".join)
def test_a_command_in_the_documents_exists(words):
    command, rest = get_command(app), words[1:]
    while rest and hasattr(command, "commands") and not rest[0].startswith("-"):
        if rest[0] not in command.commands and hasattr(command, "default"):
            rest = (command.default, *rest)  # `mlpkg benchmark FILE` runs the file
        assert rest[0] in command.commands
        command, rest = command.commands[rest[0]], rest[1:]
    known = {"--help", "-h"} | {name for p in command.params for name in p.opts}
    options = [word.partition("=")[0] for word in rest if re.match("--?[a-z]", word)]
    assert [option for option in options if option not in known] == []


def test_the_documents_show_commands():
    assert {words[1] for words in command_lines()} >= {"classify", "train", "corpus"}
