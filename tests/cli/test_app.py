import subprocess
import sys

import pytest
from typer.main import get_command

from mlpkg.cli import app
from mlpkg.version import __version__

HEAVY = ("torch", "sklearn", "datasets", "sentence_transformers", "pyarrow", "numpy")


def commands(command, path=()):
    """Yield (words, command) of the whole tree, the root included."""
    yield path, command
    for name, child in getattr(command, "commands", {}).items():
        yield from commands(child, (*path, name))


COMMANDS = dict(commands(get_command(app)))
IDS = [" ".join(words) or "mlpkg" for words in COMMANDS]


def test_the_tree_holds_the_promised_commands():
    assert set(COMMANDS) >= {
        ("classify",),
        ("train",),
        ("evaluate",),
        ("doctor",),
        ("corpus",),
        ("corpus", "stats"),
        ("corpus", "check"),
        ("corpus", "show"),
        ("cache",),
        ("cache", "info"),
        ("cache", "clear"),
    }


@pytest.mark.parametrize("words", COMMANDS, ids=IDS)
def test_help_names_every_option(command, words):
    done = command(*words, "--help")
    assert (done.code, done.err) == (0, "")
    options = [
        name
        for parameter in COMMANDS[words].params
        for name in (*parameter.opts, *parameter.secondary_opts)
        if name.startswith("--")
    ]
    assert [name for name in options if name not in done.out] == []


@pytest.mark.parametrize("words", COMMANDS, ids=IDS)
def test_every_option_has_a_help_text(words):
    bare = [p.name for p in COMMANDS[words].params if not getattr(p, "help", "")]
    assert bare == []


def test_the_short_form_of_help_works(command):
    assert command("classify", "-h").out == command("classify", "--help").out


def test_help_imports_nothing_heavy():
    code = f"""
import sys
from mlpkg.cli import app
for words in {list(COMMANDS)!r}:
    try:
        app([*words, "--help"])
    except SystemExit as ended:
        assert not ended.code, words
print(*[name for name in {HEAVY!r} if name in sys.modules], file=sys.stderr)
"""
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )
    assert done.stdout.count("Usage:") == len(COMMANDS)
    assert done.stderr.strip() == ""


def test_prints_its_version(command):
    done = command("--version")
    assert (done.code, done.out) == (0, f"mlpkg {__version__}\n")


@pytest.mark.parametrize("words", COMMANDS, ids=IDS)
def test_refuses_an_unknown_option(command, words):
    done = command(*words, "--bogus")
    assert done.code == 2
    assert "--bogus" in done.err


def test_refuses_an_unknown_command(command):
    done = command("clasify")
    assert done.code == 2
    assert "clasify" in done.err


def test_runs_as_a_module(start):
    process = start("--version", stdout=subprocess.PIPE)
    out, _ = process.communicate()
    assert (process.returncode, out.decode().strip()) == (0, f"mlpkg {__version__}")
