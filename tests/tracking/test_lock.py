from __future__ import annotations

import shutil
import signal
import subprocess
import sys
from contextlib import contextmanager

import pytest

from mlpkg.tracking.lock import is_held, try_lock

HOLDER = """
import sys
from pathlib import Path
from mlpkg.tracking.lock import try_lock
with try_lock(Path(sys.argv[1])) as held:
    print(held, flush=True)
    sys.stdin.read()
"""


@pytest.fixture
def path(tmp_path):
    return tmp_path / "deep" / "lock"


@contextmanager
def _process(path):
    """Start a process that tries the lock; yields it and what it got."""
    line = [sys.executable, "-c", HOLDER, str(path)]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE}
    with subprocess.Popen(line, text=True, **pipes) as process:
        try:
            yield process, process.stdout.readline().strip()
        finally:
            process.kill()


def test_the_first_gets_it_and_the_second_does_not(path):
    with try_lock(path) as first:
        with try_lock(path) as second:
            assert (first, second) == (True, False)
        with try_lock(path) as third:  # the second's end frees nothing
            assert third is False
    with try_lock(path) as later:
        assert later is True


def test_another_process_does_not_get_it(path):
    with try_lock(path), _process(path) as (_, got):
        assert got == "False"
    with _process(path) as (_, got):
        assert got == "True"
        with try_lock(path) as held:
            assert held is False


def test_a_kill_of_its_holder_frees_it(path):
    with _process(path) as (process, got):
        assert got == "True"
        process.send_signal(signal.SIGKILL)
        process.wait()
        with try_lock(path) as held:
            assert held is True


def test_whether_it_is_held_is_told_without_taking_it(path):
    assert is_held(path) is False
    assert not path.exists()
    with _process(path) as (process, _):
        assert is_held(path) is True
        process.send_signal(signal.SIGKILL)
        process.wait()
        assert is_held(path) is False
    with try_lock(path) as held:
        assert held is True
        assert is_held(path) is True


def test_a_lock_that_may_not_be_opened_counts_as_held(path, monkeypatch):
    from mlpkg.tracking import lock

    def forbidden(*_):
        raise PermissionError

    monkeypatch.setattr(lock.os, "open", forbidden)
    assert is_held(path) is True


def test_an_error_in_the_block_frees_it(path):
    with pytest.raises(ValueError, match="stop"), try_lock(path):
        raise ValueError("stop")
    with try_lock(path) as held:
        assert held is True


def test_its_holder_may_remove_it_with_its_folder(path):
    with try_lock(path) as held:
        assert held is True
        shutil.rmtree(path.parent)
    with try_lock(path) as held:
        assert held is True


@pytest.mark.parametrize("replaced", [False, True])
def test_a_lock_whose_file_was_removed_meanwhile_is_not_got(
    path, replaced, monkeypatch
):
    """It would lock nobody out: the next process makes a new file."""
    from mlpkg.tracking import lock

    whole = lock._lock

    def removed_first(descriptor):
        path.rename(path.with_name("removed"))
        if replaced:
            path.touch()
        return whole(descriptor)

    monkeypatch.setattr(lock, "_lock", removed_first)
    with try_lock(path) as held:
        assert held is False


def test_a_folder_that_was_removed_meanwhile_is_no_error(path, monkeypatch):
    from mlpkg.tracking import lock

    def gone(*_):
        raise FileNotFoundError

    monkeypatch.setattr(lock.os, "open", gone)
    with try_lock(path) as held:
        assert held is False
