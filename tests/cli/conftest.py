"""Running the command line: inside this process, or as a user's shell would."""

from __future__ import annotations

import io
import json
import logging
import os
import re
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from mlpkg.cli import main

ANSI = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]")
COLOUR_SETTINGS = ("FORCE_COLOR", "NO_COLOR", "TTY_COMPATIBLE", "GITHUB_ACTIONS")
PAGE = """Home | News | Sport
Ferry to Skerrow halted
By Ada Morrow
The ferry to Skerrow stopped on Monday after a crack was found in its hull.
"We will not sail until it is mended," said the harbour master, Tom Arkle.
The council should have bought a new ship years ago.
Share this article
"""


@dataclass(frozen=True)
class Finished:
    """What a run of the command left behind."""

    code: int
    out: str
    err: str

    @property
    def rows(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.out.splitlines()]


@pytest.fixture(autouse=True)
def surroundings(monkeypatch, tmp_path) -> Iterator[None]:
    """Keep cache, working directory, terminal and log handlers to the test."""
    monkeypatch.setenv("MLPKG_CACHE", str(tmp_path / "cache"))
    for name in COLOUR_SETTINGS:
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("COLUMNS", "100")  # narrower, rich cuts option names
    (tmp_path / "cwd").mkdir()
    monkeypatch.chdir(tmp_path / "cwd")
    logger = logging.getLogger("mlpkg")
    handlers, level = logger.handlers[:], logger.level
    yield
    logger.handlers[:] = handlers
    logger.setLevel(level)


@pytest.fixture
def command(monkeypatch, capsys) -> Callable[..., Finished]:
    """Run `main` in this process: ``command("classify", path, stdin=b"")``."""

    def run(*arguments: object, stdin: bytes = b"") -> Finished:
        monkeypatch.setattr(sys, "argv", ["mlpkg", *map(str, arguments)])
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(stdin)))
        capsys.readouterr()
        with pytest.raises(SystemExit) as ended:
            main()
        said = capsys.readouterr()
        return Finished(
            int(ended.value.code or 0), ANSI.sub("", said.out), ANSI.sub("", said.err)
        )

    return run


@pytest.fixture
def start() -> Callable[..., subprocess.Popen[bytes]]:
    """Start ``python -m mlpkg`` as a process of its own."""

    def popen(*arguments: object, **options: Any) -> subprocess.Popen[bytes]:
        line = [sys.executable, "-m", "mlpkg", *map(str, arguments)]
        # A shell's background jobs ignore SIGINT, and their children inherit that.
        return subprocess.Popen(
            line,
            env=os.environ | {"TERM": "xterm"},
            preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
            **options,
        )

    return popen


@pytest.fixture
def page(tmp_path) -> Path:
    """A small page as a text file."""
    path = tmp_path / "ferry.txt"
    path.write_text(PAGE, encoding="utf-8", newline="\n")
    return path
