"""What the repository publishes: the README's table is made from stored rows."""

from __future__ import annotations

from pathlib import Path

import pytest

from mlpkg.report.benchmark_views import readme_table
from mlpkg.report.figures import replace_block

ROOT = Path(__file__).parents[2]
RESULTS = ROOT / "experiments" / "benchmark"


def test_the_readme_shows_the_stored_results():
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    if not (RESULTS / "rows").is_dir():
        replace_block(readme, "experiments/benchmark", "")  # the place is kept for them
        pytest.skip("no results of the published benchmark are committed")
    table = readme_table(RESULTS)
    assert replace_block(readme, "experiments/benchmark", table) == readme


def test_the_stored_results_hold_no_text_of_others():
    known = {".json", ".md", ".csv", ".html", ".py"}
    assert {p.suffix for p in RESULTS.rglob("*.*") if p.is_file()} - {".pyc"} <= known
