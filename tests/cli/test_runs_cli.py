import json
import runpy
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

from mlpkg.cli.runs_cli import runs_app
from mlpkg.exceptions import DataError

MAKERS = runpy.run_path(str(Path(__file__).parents[1] / "tracking" / "conftest.py"))
GOLD = ("claim", "opinion", "attribution", "boilerplate") * 8
WORSE = ("claim", "claim", "attribution", "boilerplate") * 8
OLD, NEW = "2031-01-02T030405-small-0123abcd", "2031-02-02T030405-big-0123abcd"


@pytest.fixture
def runs(tmp_path):
    """Two runs in a folder: the new one is worse out of fold."""
    root = tmp_path / "runs"
    MAKERS["write_run"](root, OLD)
    MAKERS["write_run"](
        root,
        NEW,
        predicted={"out-of-fold": WORSE},
        settings={"name": "big", "model": {"C": 0.5}},
        facts={"name": "big"},
    )
    return root


@pytest.fixture
def invoke(runs):
    """Run ``mlpkg runs NAME …`` over `runs`."""

    def run(name, *arguments, **options):
        line = [name, *map(str, arguments), "--runs", str(runs)]
        done = CliRunner().invoke(runs_app, line, **options)
        if isinstance(done.exception, DataError):
            raise done.exception
        return done

    return run


def test_list_shows_scores_newest_last(invoke):
    header, old, new = invoke("list").stdout.splitlines()
    assert header.split()[:6] == ["id", "name", "status", "pages", "seconds", "audit"]
    assert "macro-F1 out-of-fold" in header
    assert old.split() == [OLD, *"small finished 8 2.5 ok 1.000 [1.000, 1.000]".split()]
    assert new.startswith(NEW)


def test_list_tells_why_a_run_is_broken_and_goes_on(invoke, runs):
    (runs / OLD / "metrics.json").unlink()
    (runs / ".2031-03-02T030405-small-0123abcd").mkdir()
    done = invoke("list")
    assert done.exit_code == 0
    _, old, new, unfinished, reason, note = done.stdout.splitlines()
    assert old.split()[2] == "broken"
    assert new.split()[2] == "finished"
    assert unfinished.split()[2] == "interrupted"
    assert reason.startswith("broken: ")
    assert "metrics.json: missing from the run" in reason
    assert note.startswith("interrupted: the training was killed; `mlpkg runs rm`")


def test_list_as_json(invoke):
    first, second = json.loads(invoke("list", "--json").stdout)
    assert (first["id"], second["id"]) == (OLD, NEW)
    assert first["macro_f1"]["out-of-fold"] == {"value": 1.0, "low": 1.0, "high": 1.0}
    assert (second["pages"], second["seconds"]) == (8, 2.5)


def test_list_of_an_empty_folder_says_how_to_make_a_run(tmp_path):
    (tmp_path / "none").mkdir()
    done = CliRunner().invoke(runs_app, ["list", "--runs", str(tmp_path / "none")])
    assert (done.exit_code, done.stdout) == (0, "")
    assert "`mlpkg train` makes one" in done.stderr


def test_show_prints_settings_scores_audit_and_versions(invoke):
    shown = invoke("show", "latest").stdout
    assert NEW in shown
    assert "8 pages, 32 segments" in shown
    assert "model.C   0.03       0.5" in shown
    assert "seed" not in shown
    assert "macro-F1" in shown
    assert "leakage audit of out-of-fold" in shown
    assert "no article stands on both sides" in shown
    assert "fit    1.25" in shown
    assert "python  3.11.0" in shown


def test_show_says_that_a_run_was_not_audited(invoke, runs):
    (runs / OLD / "audit.json").unlink()
    assert "leakage audit: the run was made without" in invoke("show", OLD).stdout


def test_show_as_json(invoke):
    shown = json.loads(invoke("show", "2031-02", "--json").stdout)
    assert shown["config"]["model"]["C"] == 0.5
    assert {"path": "model.C", "old": 0.03, "new": 0.5} in shown["from_default"]
    assert shown["metrics"]["out-of-fold"]["n_articles"] == 8


def test_diff_shows_settings_and_scores(invoke):
    lines = invoke("diff", OLD, NEW).stdout.splitlines()
    assert lines[0].split() == ["a", OLD]
    assert "model.C   0.03     0.5" in lines
    macro = next(line for line in lines if "macro-F1" in line)
    assert macro.startswith("out-of-fold  macro-F1")
    assert macro.endswith("-0.333")
    assert any("`mlpkg runs compare` gives" in line for line in lines)
    assert "settings: no difference" in invoke("diff", OLD, OLD).stdout


def test_diff_as_json(invoke):
    diff = json.loads(invoke("diff", OLD, NEW, "--json").stdout)
    assert (diff["a"], diff["b"]) == (OLD, NEW)
    assert [row["path"] for row in diff["config"]] == ["name", "model.C"]


def test_compare_tests_the_difference(invoke):
    shown = invoke("compare", OLD, NEW, "--resamples", 300).stdout
    assert f"run 2  {NEW}" in shown
    assert "leakage audit: ok" in shown
    assert "p = 0.00781 (all swaps)" in shown
    assert "run 2 is not shown to be no worse than run 1" in shown
    assert "Holm" not in shown


def test_compare_of_three_runs_corrects_the_p_values(invoke, runs):
    third = "2031-03-02T030405-third-0123abcd"
    MAKERS["write_run"](runs, third)
    line = ["compare", OLD, NEW, third, "--resamples", 300]
    assert "p after Holm's correction for 2 runs: 0.0156" in invoke(*line).stdout
    found = json.loads(invoke(*line, "--json").stdout)
    assert [row["run"] for row in found["comparisons"]] == [NEW, third]
    assert [row["adjusted_p"] for row in found["comparisons"]] == [2 / 128, 1]


def test_rm_asks_first(invoke, runs):
    kept = invoke("rm", OLD, input="n\n")
    assert kept.exit_code == 1
    assert kept.stderr.startswith(f"{runs / OLD}\nRemove these runs?")
    assert (runs / OLD).is_dir()
    removed = invoke("rm", OLD, input="y\n")
    assert removed.stdout.endswith(f"removed {runs / OLD}\n")
    assert not (runs / OLD).exists()


def test_rm_with_yes_does_not_ask(invoke, runs):
    done = invoke("rm", OLD, "latest", runs / OLD, "--yes")
    assert done.exit_code == 0
    assert list(runs.iterdir()) == []


def test_rm_takes_what_a_killed_training_left(invoke, runs):
    names = [".2031-03-02T030405-small-0123abcd", ".unfinished-0123abcd-4567cdef"]
    for name in names:
        (runs / name).mkdir()
    shown = invoke("list").stdout
    (line,) = (line for line in shown.splitlines() if line.startswith("unfinished"))
    assert line.split()[:3] == ["unfinished-0123abcd-4567cdef", "-", "checkpoints"]
    assert "checkpoints: what a killed training had finished; training the" in shown
    done = invoke("rm", "2031-03", "unfinished", "--yes")
    assert done.stdout == "".join(f"removed {runs / name}\n" for name in names)
    assert sorted(path.name for path in runs.iterdir()) == [OLD, NEW]


def test_rm_removes_nothing_when_one_name_is_wrong(invoke, runs, tmp_path):
    elsewhere = MAKERS["write_run"](tmp_path, "elsewhere")
    with pytest.raises(DataError, match="does not lie right under"):
        invoke("rm", OLD, elsewhere, "--yes")
    with pytest.raises(DataError, match="no run 'nonesuch'"):
        invoke("rm", OLD, "nonesuch", "--yes")
    assert (runs / OLD).is_dir()


def test_export_without_an_address_or_mlflow_says_what_to_do(invoke, monkeypatch):
    monkeypatch.delenv("MLFLOW_DISABLE_TELEMETRY", raising=False)
    monkeypatch.setitem(sys.modules, "mlflow", None)
    with pytest.raises(DataError, match=r"pip install 'mlpkg\[mlflow\]'"):
        invoke("export", OLD, "--to", "mlflow")


def test_export_prints_the_id_of_the_mlflow_run(invoke, monkeypatch):
    sent = []
    monkeypatch.setattr(
        "mlpkg.tracking.mlflow_export.export_to_mlflow",
        lambda run, **options: sent.append((run.id, options)) or "0f3a",
    )
    done = invoke("export", OLD, "--tracking-uri", "sqlite:///x.db")
    assert done.stdout == "0f3a\n"
    assert sent == [(OLD, {"tracking_uri": "sqlite:///x.db", "experiment": "mlpkg"})]
