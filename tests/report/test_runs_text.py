import runpy
from pathlib import Path

import pytest

from mlpkg.report.run_comparison import compare_runs
from mlpkg.report.runs_text import comparison_text, diff_text, list_text, run_text
from mlpkg.tracking.run_diff import RunDiff
from mlpkg.tracking.store import list_runs
from mlpkg.tracking.stored_run import StoredRun

MAKERS = runpy.run_path(str(Path(__file__).parents[1] / "tracking" / "conftest.py"))
GOLD = ("claim", "opinion", "attribution", "boilerplate") * 8


@pytest.fixture
def make(tmp_path):
    return lambda run_id, **options: StoredRun(
        MAKERS["write_run"](tmp_path / "runs", run_id, **options)
    )


def test_the_list_has_a_column_for_every_part_of_any_run(make, tmp_path):
    make("a")
    make("b", predicted={"validation": GOLD})
    header, first, second = list_text(list_runs(tmp_path / "runs")).splitlines()
    assert header.endswith("macro-F1 out-of-fold  macro-F1 validation")
    assert first.endswith("1.000 [1.000, 1.000]  -")
    assert second.split()[6:8] == ["-", "1.000"]


def test_a_run_that_lacks_facts_is_still_shown(make):
    run = make("a", facts={"git": None, "timings_s": None, "command": None})
    assert "commit None" in run_text(run)
    assert "\nseconds\n-\n" in run_text(run)


def test_absent_leaves_and_missing_scores_are_dashes():
    missing = {"value": None, "low": None, "high": None}
    score = {"part": "validation", "metric": "f1", "label": "claim"}
    score |= {"old": missing, "new": missing, "difference": None}
    shown = diff_text(RunDiff("x", "y", ({"path": "q", "new": "é"},), (score,), ()))
    assert 'q         -  "é"' in shown.splitlines()
    assert "validation  F1 claim  -  -  -" in shown.splitlines()


def test_a_comparison_says_what_it_left_out(make):
    runs = [make("a", predicted={"validation": GOLD, "out-of-fold": GOLD}), make("b")]
    shown = comparison_text(compare_runs(runs, n=300))
    assert shown.startswith(
        "run 1  a  leakage audit: ok\nrun 2  b  leakage audit: ok\n"
    )
    assert "not compared: validation of b against a: one of the runs" in shown
