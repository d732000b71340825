"""Rows in their own processes: what goes wrong costs one row, what is done stays."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from mlpkg.benchmark.runner import run_benchmark, stored_reference
from mlpkg.benchmark.stored_rows import row_paths
from mlpkg.report.benchmark_rows import read_benchmark

# What a stranger brings: ten lines, and one line of YAML that names them.
STRANGER = """
from sklearn.feature_extraction.text import CountVectorizer
from sklearn.naive_bayes import MultinomialNB
from sklearn.pipeline import make_pipeline


def make(alpha=1.0):
    words = CountVectorizer(ngram_range=(1, 2))
    return make_pipeline(words, MultinomialNB(alpha=alpha))
"""
HOSTILE = """
import os, signal, time
from sklearn.base import BaseEstimator, ClassifierMixin


class Hostile(ClassifierMixin, BaseEstimator):
    def __init__(self, how="raise"):
        self.how = how

    def fit(self, X, y):
        if self.how == "raise":
            raise RuntimeError("cannot learn this")
        if self.how == "kill":
            os.kill(os.getpid(), signal.SIGKILL)
        if self.how == "exit":
            os._exit(3)
        if self.how == "sleep":
            open("asleep", "w").close()
            time.sleep(600)
        if self.how == "memory":
            self.hoard = [b"x" * 2**24 for _ in range(120)]
            time.sleep(600)
        return self
"""
GOOD = ["stranger:make"]


def hostile(how):
    return {"name": how, "use": "hostile:Hostile", "parameters": {"how": how}}


@pytest.fixture
def folder(tmp_path, monkeypatch):
    (tmp_path / "stranger.py").write_text(STRANGER, encoding="utf-8")
    (tmp_path / "hostile.py").write_text(HOSTILE, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def told():
    """Collect what a run reports: name, status and reason a row."""
    rows = {}

    def report(row, status, reason, _done, _total):
        rows[row.classifier.name] = (status, reason)

    return rows, report


def test_a_strangers_ten_lines_enter_by_one_line(folder, benchmark_run):
    counts = run_benchmark(benchmark_run(classifiers=GOOD, reference="stranger-make"))
    assert (counts.made, counts.kept) == ({"ok": 1}, 0)
    stored = read_benchmark(folder / "out")
    (row,) = stored.rows
    assert (row.classifier, row.train, row.n_train_pages) == (
        "stranger-make",
        "desk:train",
        6,
    )
    assert row.scores["macro_f1"].value > 0.9
    assert row.scores["macro_f1"].low is not None
    assert set(row.per_class) == {"claim", "opinion", "attribution", "boilerplate"}
    for cost in (row.train_seconds, row.segments_per_second, row.peak_memory_mb):
        assert cost > 0
    assert row.stages["head"] > 0
    assert row.stages["read"] is None
    assert row.latency_ms["p95"] >= row.latency_ms["p50"] > 0
    assert row.threads == 1
    assert stored.tasks[0].checksum
    assert stored_reference(folder / "out") == "stranger-make"
    (path,) = row_paths(folder / "out" / "rows")
    written = json.loads(path.read_text("utf-8"))
    assert written["pages"] == list("uvwxyz")
    counted = json.loads((path.parent / written["page_counts"]).read_text("utf-8"))
    assert sum(map(sum, counted["counts"][0])) == 8


def test_what_goes_wrong_costs_one_row_each(folder, benchmark_run):
    rows, report = told()
    run = benchmark_run(
        classifiers=[
            *(hostile(how) for how in ("raise", "kill", "exit", "memory")),
            {"name": "absent", "use": "no_such_module:make"},
            "majority",
        ],
        limits={"memory_gb": 1.5, "latency_calls": 1},
    )
    run_benchmark(run, report)
    assert rows["raise"][0] == "failed"
    assert "RuntimeError: cannot learn this" in rows["raise"][1]
    assert rows["kill"][0] == "failed"
    assert "SIGKILL" in rows["kill"][1]
    assert "exit code 3" in rows["exit"][1]
    assert "limits.memory_gb" in rows["memory"][1]
    assert rows["absent"][0] == "skipped"
    assert "beside the config" in rows["absent"][1]
    assert rows["majority"] == ("ok", "")


def test_a_row_that_takes_too_long_is_stopped(folder, benchmark_run):
    rows, report = told()
    limits = {"row_minutes": 0.1, "latency_calls": 1}
    run_benchmark(benchmark_run(classifiers=[hostile("sleep")], limits=limits), report)
    assert rows["sleep"][0] == "failed"
    assert "limits.row_minutes" in rows["sleep"][1]


def test_a_task_without_its_data_says_how_to_get_them(folder, benchmark_run):
    run = benchmark_run(tasks=["babe"])
    counts = run_benchmark(run)
    assert counts.made == {"missing-data": 1}
    (row,) = read_benchmark(folder / "out").rows
    assert "babe.train.jsonl.gz" in row.reason
    assert "--data" in row.reason


def test_a_second_start_goes_on(folder, benchmark_run):
    run_benchmark(benchmark_run(classifiers=["cue-rules"]))
    (path,) = row_paths(folder / "out" / "rows")
    before = path.read_bytes()
    both = ["cue-rules", hostile("raise")]
    counts = run_benchmark(benchmark_run(classifiers=both))
    assert (counts.made, counts.kept) == ({"failed": 1}, 1)
    assert path.read_bytes() == before


def test_an_interrupt_leaves_what_is_done_and_nothing_else(folder, write_config):
    config = write_config(classifiers=["cue-rules", hostile("sleep")])
    line = [sys.executable, "-m", "mlpkg", "benchmark", str(config), "-o", "out"]
    process = subprocess.Popen(
        line, preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL)
    )
    while not Path("asleep").exists() and process.poll() is None:
        time.sleep(0.05)
    os.kill(process.pid, signal.SIGINT)
    assert process.wait(60) == 130
    (row,) = read_benchmark(folder / "out").rows
    assert (row.classifier, row.status) == ("cue-rules", "ok")
    assert not list((folder / "out").rglob("*.tmp"))
