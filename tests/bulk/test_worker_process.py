"""Real worker processes, and pages that hurt them."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from mlpkg.bulk import Job, run_bulk
from mlpkg.bulk.worker_process import WorkerBrokenError, WorkerProcess
from mlpkg.exceptions import DataError

# Longer than any test should wait for a process that does what it should.
PATIENCE = 120
posix = pytest.mark.skipif(sys.platform == "win32", reason="needs POSIX signals")


def job(**settings):
    return Job(loader="tiny_bulk:load", pages=4, **settings)


@posix
def test_pages_that_hurt_are_left_out_and_no_other(
    make_pages, tmp_path, read_shards, quarantine
):
    hurtful = {2: "KILL-THE-WORKER", 5: "RAISE-IN-THE-WORKER", 9: "STALL-THE-WORKER"}
    pages = make_pages(12, hurtful)
    result = run_bulk([str(pages)], tmp_path / "out", job(page_seconds=5), workers=2)
    ids = {row["article_id"] for row in read_shards(tmp_path / "out")}
    assert ids == {f"p{n:03}.txt" for n in range(12) if n not in hurtful}
    assert (result.pages, result.left_out, result.all_well) == (9, 3, False)
    found = {
        Path(page["source"]).name: (page["kind"], page["reason"])
        for page in quarantine(tmp_path / "out")
    }
    assert sorted(found) == ["p002.txt", "p005.txt", "p009.txt"]
    assert found["p002.txt"][0] == "died"
    assert "signal SIGKILL" in found["p002.txt"][1]
    assert found["p005.txt"] == ("failed", "RuntimeError: a page raised")
    assert found["p009.txt"] == ("stalled", "no progress for 5 s (--page-timeout)")


def test_a_model_that_is_not_there_is_told_once(make_pages, tmp_path):
    pages = make_pages(3)
    with pytest.raises(DataError, match="no model 'absent'"):
        run_bulk([str(pages)], tmp_path / "out", Job(model="absent"), workers=2)


def test_a_label_that_the_model_has_not_is_told(make_pages, tmp_path):
    pages = make_pages(3)
    with pytest.raises(DataError, match="unknown label 'clam'.*'claim'"):
        run_bulk([str(pages)], tmp_path / "out", job(select=("clam",)))


def test_what_lies_in_the_working_folder_is_not_run(tmp_path):
    """A crawl may hold a torch.py."""
    for name in ("json", "numpy", "sklearn"):
        (tmp_path / f"{name}.py").write_text("raise SystemExit('taken over')")
    worker = WorkerProcess(job(folder=str(tmp_path)))
    try:
        assert worker.facts["precision"] == "float32"
    finally:
        worker.end()


def test_a_worker_that_cannot_start_is_told():
    worker = WorkerProcess(Job(loader="tiny_bulk:absent"))
    with pytest.raises(WorkerBrokenError, match="could not start: .* exit code 1"):
        _ = worker.facts


@posix
@pytest.mark.parametrize("ends", [signal.SIGKILL, signal.SIGINT])
def test_workers_end_with_the_run(make_pages, tmp_path, ends):
    pages = make_pages(40)
    code = (
        "import sys; from pathlib import Path; from mlpkg.bulk import Job, run_bulk\n"
        "job = Job(loader='tiny_bulk:load_slowly', pages=2)\n"
        "run_bulk([sys.argv[1]], Path(sys.argv[2]), job)"
    )
    paths = os.pathsep.join(filter(None, sys.path))
    output = tmp_path / "out"
    run = subprocess.Popen(
        [sys.executable, "-c", code, str(pages), str(output)],
        env=os.environ | {"PYTHONPATH": paths},
        stderr=subprocess.DEVNULL,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.default_int_handler),
    )
    manifest = output / "_mlpkg" / "manifest.jsonl"
    wait_for(manifest.exists)
    [worker] = children_of(run.pid)
    run.send_signal(ends)
    run.wait(PATIENCE)
    wait_for(lambda: not is_running(worker))
    finished = len(manifest.read_text().splitlines())
    assert 0 < finished < 20
    result = run_bulk([str(pages)], output, Job(loader="tiny_bulk:load", pages=2))
    assert result.kept == finished
    assert result.kept + result.shards == 20


def wait_for(condition):
    deadline = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < deadline, "waited for too long"
        time.sleep(0.02)


def children_of(pid):
    text = Path(f"/proc/{pid}/task/{pid}/children").read_text()
    return [int(child) for child in text.split()]


def is_running(pid):
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except FileNotFoundError:
        return False
    return state != "Z"
