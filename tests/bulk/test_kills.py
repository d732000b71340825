"""Ends of every kind: a run that goes on ends with the rows of an undisturbed one."""

import json
import os
import resource
import subprocess
import sys
from pathlib import Path

import pytest

from mlpkg.bulk.steps import STEPS

HERE = Path(__file__).parent

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="forks and kills")


def python(script, *arguments, **options):
    paths = os.pathsep.join([str(HERE), *filter(None, sys.path)])
    return subprocess.run(
        [sys.executable, str(HERE / script), *map(str, arguments)],
        env=os.environ | {"PYTHONPATH": paths, "OMP_NUM_THREADS": "1"},
        capture_output=True,
        text=True,
        check=False,
        **options,
    )


def contents(folder):
    """Names in a folder that a run may leave; drafts are none of them."""
    books = sorted(path.name for path in (folder / "_mlpkg").iterdir())
    return [path.name for path in sorted(folder.iterdir())], books


def test_a_kill_at_any_step_costs_no_row(make_pages, read_shards, tmp_path):
    done = python("killed_runs.py", make_pages(10), tmp_path)
    assert done.returncode == 0, done.stderr
    ends = [json.loads(line) for line in done.stdout.splitlines()]
    undisturbed = tmp_path / "undisturbed"
    assert len(read_shards(undisturbed)) == 30
    for end in ends:
        output = Path(end["output"])
        assert end["resumed"] == 0, end
        assert read_shards(output) == read_shards(undisturbed), end
        assert contents(output) == contents(undisturbed), end
    killed = [end["step"] for end in ends if end["killed"] == -9]
    assert set(killed) == set(STEPS)
    assert len(killed) > len(STEPS)  # many steps come more than once


def test_a_full_disk_leaves_no_half_file(make_pages, read_shards, tmp_path):
    pages = make_pages(10)
    python("one_run.py", pages, tmp_path / "undisturbed")
    output = tmp_path / "out"

    def fill_up():
        resource.setrlimit(resource.RLIMIT_FSIZE, (3000, 3000))

    full = python("one_run.py", pages, output, preexec_fn=fill_up)
    assert full.returncode != 0
    assert "File too large" in full.stderr
    assert not list(output.glob("shard-*"))
    assert not list((output / "_mlpkg").glob("draft-*"))
    assert python("one_run.py", pages, output).returncode == 0
    assert read_shards(output) == read_shards(tmp_path / "undisturbed")
