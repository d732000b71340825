from __future__ import annotations

import json

import pytest
import yaml

ROWS = [
    {"text": f"{text} {article}", "label": label, "article": article}
    for article in "abcdef"
    for label, text in (("claim", "The mill closed."), ("opinion", "It is a disgrace."))
]


@pytest.fixture
def config(tmp_path):
    (tmp_path / "rows.jsonl").write_text("\n".join(map(json.dumps, ROWS)), "utf-8")
    settings = {
        "threads": 1,
        "reference": "majority",
        "classifiers": ["majority", "cue-rules"],
        "tasks": [
            {"name": "desk", "data": {"train": "rows.jsonl", "validation": None}}
        ],
        "limits": {"latency_calls": 1},
        "evaluation": {"bootstrap": 10},
    }
    path = tmp_path / "b.yaml"
    path.write_text(yaml.safe_dump(settings), encoding="utf-8")
    return path


def test_runs_shows_and_shows_again(command, config, tmp_path):
    out = tmp_path / "out"
    done = command("benchmark", config, "-o", out, "--only", "majority")
    assert done.code == 0
    assert "majority" in done.out
    assert "[1/1] ok  majority on desk:train -> desk, seed 0" in done.err
    for name in ("benchmark.md", "benchmark.html", "comparison.json", "tasks.json"):
        assert (out / name).is_file()
    (out / "benchmark.md").unlink()
    assert "majority" in command("benchmark", "show", out).out
    assert (out / "benchmark.md").is_file()
    # The second start goes on: nothing of the first is made again.
    plan = command("benchmark", "run", config, "-o", out, "--dry-run").out
    assert "keep  in-corpus     majority on desk:train -> desk, seed 0" in plan
    assert "1 of 2 rows to make" in plan


def test_a_dry_run_needs_no_folder_and_makes_nothing(command, config, tmp_path):
    done = command("benchmark", config, "--dry-run")
    assert done.code == 0
    assert "2 of 2 rows to make" in done.out
    assert sorted(p.name for p in tmp_path.iterdir() if p.is_dir()) == ["cwd"]


def test_wrong_use_is_told(command, config, tmp_path):
    assert "--out is missing" in command("benchmark", config).err
    assert command("benchmark", config).code == 2
    done = command("benchmark", config, "-o", tmp_path / "o", "--only", "nobody")
    assert (done.code, "majority, cue-rules" in done.err) == (2, True)
    missing = command("benchmark", tmp_path / "none.yaml", "--dry-run")
    assert (missing.code, "cannot be read" in missing.err) == (2, True)


def test_a_gate_that_is_not_there_is_told(command):
    done = command("benchmark", "gate")
    assert (done.code, "cannot be read as a gate" in done.err) == (2, True)
