from __future__ import annotations

import os
import platform
import shutil
import subprocess

import pytest

from mlpkg.tracking import provenance
from mlpkg.tracking.provenance import (
    PACKAGES,
    code_sha256,
    git_state,
    machine,
    versions,
)
from mlpkg.version import __version__

needs_git = pytest.mark.skipif(shutil.which("git") is None, reason="needs git")


@pytest.fixture
def checkout(tmp_path, monkeypatch):
    """A repository with one commit, whatever the user's git is set to."""
    for name in [name for name in os.environ if name.startswith("GIT_")]:
        monkeypatch.delenv(name)  # a hook that runs the tests points at its own
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", str(tmp_path / "none"))
    monkeypatch.setenv("GIT_CONFIG_NOSYSTEM", "1")
    folder = tmp_path / "checkout"
    (folder / "sub").mkdir(parents=True)
    (folder / "a.txt").write_text("a")
    author = ["-c", "user.name=t", "-c", "user.email=t@example.org"]
    for command in (["init", "-q"], ["add", "."], [*author, "commit", "-qm", "one"]):
        subprocess.run(["git", *command], cwd=folder, check=True)
    return folder


def test_the_hash_of_the_code_covers_names_and_contents(tmp_path, monkeypatch):
    module = tmp_path / "tracking" / "provenance.py"
    monkeypatch.setattr(provenance, "__file__", str(module))
    for part in ("features", "models"):
        (tmp_path / part).mkdir()
        (tmp_path / part / "a.py").write_text("x = 1\n")
    first = code_sha256("features")
    assert first != code_sha256("features", "models")
    (tmp_path / "models" / "a.py").write_text("x = 2\n")
    (tmp_path / "features" / "notes.txt").touch()
    assert code_sha256("features") == first
    (tmp_path / "features" / "a.py").write_text("x = 2\n")
    second = code_sha256("features")
    (tmp_path / "features" / "a.py").rename(tmp_path / "features" / "b.py")
    assert len({first, second, code_sha256("features")}) == 3


@needs_git
def test_a_clean_checkout_has_a_commit_and_no_mark(checkout):
    state = git_state(checkout / "sub")
    assert state is not None
    assert len(state["commit"]) == 40
    assert state["dirty"] is False


@needs_git
def test_a_changed_file_makes_it_dirty_a_new_one_does_not(checkout):
    (checkout / "new.txt").write_text("new")
    clean = git_state(checkout)
    (checkout / "a.txt").write_text("b")
    dirty = git_state(checkout)
    assert clean is not None
    assert clean["dirty"] is False
    assert dirty == clean | {"dirty": True}


@needs_git
@pytest.mark.parametrize("name", ["", "missing"])
def test_a_folder_outside_a_checkout_has_no_state(tmp_path, monkeypatch, name):
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(tmp_path.parent))
    assert git_state(tmp_path / name) is None


def test_without_git_there_is_no_state(tmp_path, monkeypatch):
    monkeypatch.setattr(shutil, "which", lambda name: None)
    assert git_state(tmp_path) is None


@pytest.mark.parametrize(
    "error", [OSError("no"), subprocess.TimeoutExpired("git", 10)], ids=["os", "slow"]
)
def test_a_git_that_fails_is_as_none(tmp_path, monkeypatch, error):
    def fail(*args, **kwargs):
        raise error

    monkeypatch.setattr(shutil, "which", lambda name: "git")
    monkeypatch.setattr(subprocess, "run", fail)
    assert git_state(tmp_path) is None


def test_versions_name_python_and_every_package():
    found = versions()
    assert list(found) == ["python", *PACKAGES]
    assert found["python"] == platform.python_version()
    assert found["mlpkg"] == __version__
    assert "missing" not in found.values()


def test_a_package_that_is_not_there_is_missing(monkeypatch):
    monkeypatch.setattr(provenance, "PACKAGES", ("no-such-package-here",))
    assert versions()["no-such-package-here"] == "missing"


def test_the_machine_is_told_without_names_of_hosts_or_users():
    found = machine()
    assert list(found) == ["system", "machine", "processor", "cores"]
    assert found["cores"] >= 1
    assert platform.node() not in found.values()
