import json
import random
import shutil
import signal
import subprocess
import time
from pathlib import Path

import pytest

from mlpkg.data.corpus import corpus_files, corpus_folder
from mlpkg.models import crossfit
from mlpkg.training import train

CONFIG = """extends: default
name: little
data: {train: pages, validation: null}
training: {folds: 2}
evaluation: {bootstrap: 20}
"""


def _write(folder, text=CONFIG):
    """Write a config beside the ten smallest pages of the bundled corpus."""
    (folder / "pages").mkdir()
    smallest = sorted(corpus_files("train"), key=lambda page: len(page.rows))[:10]
    for page in smallest:
        shutil.copy(corpus_folder() / f"{page.id}.page", folder / "pages")
    path = folder / "little.yaml"
    path.write_text(text, encoding="utf-8")
    return path


@pytest.fixture
def config(tmp_path):
    """A config of two folds."""
    return _write(tmp_path)


def test_tells_every_fault_of_a_config_with_its_line(command, tmp_path):
    path = tmp_path / "wrong.yaml"
    path.write_text(
        "extends: default\nmodel:\n  C: -1\ntraning:\n  folds: 2\n", encoding="utf-8"
    )
    done = command("train", path)
    assert (done.code, done.out) == (2, "")
    first, second = sorted(done.err.splitlines())
    assert '"model.C"' in first
    assert f"{path}, line 3" in first
    assert '"traning"' in second
    assert "training" in second
    assert f"{path}, line 4" in second


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("absent.yaml",), "'absent.yaml' is neither a file nor the name of a shipped"),
        (("default", "--set", "model.C=much"), '"model.C" must be a number'),
        (("default", "--set", "model.D=1"), '"model.D" is not a setting'),
        (("default", "--set", "model.C"), "write a dotted path, = and a value"),
        (("default", "--set", "data.train=absent.csv"), "absent.csv: no such file"),
    ],
)
def test_refuses_what_cannot_be_trained(command, tmp_path, arguments, message):
    runs = tmp_path / "runs"
    done = command("train", *arguments, "--runs", runs)
    assert (done.code, done.out) == (2, "")
    assert message in done.err
    assert "Traceback" not in done.err
    assert not runs.exists() or list(runs.iterdir()) == []


@pytest.mark.e2e
def test_trains_prints_scores_and_keeps_the_run(command, config, tmp_path, page):
    done = command("train", config, "--runs", tmp_path / "runs")
    assert done.code == 0
    (run,) = (tmp_path / "runs").iterdir()
    assert done.out.startswith("out-of-fold\n")
    assert "macro-F1" in done.out
    assert done.out.splitlines()[-2:] == [
        f"model: {run / 'model'}",
        f"report: {run / 'report.html'}",
    ]
    assert "fit: " in done.err
    assert {path.name for path in run.iterdir()} >= {
        "config.yaml",
        "run.json",
        "splits.json",
        "metrics.json",
        "audit.json",
        "predictions.parquet",
        "report.html",
        "model",
        "log.txt",
    }
    rows = command("classify", page, "--model", run / "model").rows
    assert len(rows) == 7
    assert {row["model"] for row in rows} == {str(run / "model")}


@pytest.mark.e2e
def test_json_is_the_whole_of_standard_output(command, config, tmp_path):
    changed = ("--set", "model.C=0.1", "--set", "name=other")
    runs = tmp_path / "runs"
    done = command("train", config, *changed, "--runs", runs, "--json", "--quiet")
    assert (done.code, done.err) == (0, "")
    result = json.loads(done.out)
    assert "-other-" in Path(result["run"]).name
    assert result["model"] == str(Path(result["run"]) / "model")
    assert result["report"] == str(Path(result["run"]) / "report.html")
    assert list(result["metrics"]) == ["out-of-fold"]
    assert "C: 0.1" in (Path(result["run"]) / "config.yaml").read_text(encoding="utf-8")


FIVE_FOLDS = CONFIG.replace("folds: 2", "folds: 5")
HEAD = Path("model") / "head.safetensors"
QUIET = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}


def _outcome(run):
    """What a killed and continued training must share with an undisturbed one."""
    return [(run / name).read_bytes() for name in ("metrics.json", HEAD)]


@pytest.fixture
def five_folds(tmp_path):
    """A config with folds enough to be killed between them."""
    return _write(tmp_path, FIVE_FOLDS)


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory):
    """The outcome of that training alone, with an embedding cache of its own."""
    folder = tmp_path_factory.mktemp("undisturbed")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("MLPKG_CACHE", str(folder / "cache"))
        return _outcome(train(_write(folder, FIVE_FOLDS), runs=folder / "runs").path)


def _finished(runs):
    return [path for path in runs.iterdir() if not path.name.startswith(".")]


@pytest.mark.e2e
def test_a_killed_training_goes_on_where_it_was(
    command, start, five_folds, undisturbed, tmp_path, monkeypatch
):
    runs = tmp_path / "runs"
    kept = ".unfinished-*/checkpoints/fold-*.safetensors"
    with start("train", five_folds, "--runs", runs, **QUIET) as process:
        while not list(runs.glob(kept)) and process.poll() is None:
            time.sleep(0.001)
        process.send_signal(signal.SIGKILL)
    finished = [path.name for path in runs.glob(kept)]
    assert "fold-0.safetensors" in finished
    assert _finished(runs) == []
    done = command("runs", "list", "--runs", runs)
    (killed,) = (path for path in runs.iterdir() if "-little-" in path.name)
    assert [killed.name.lstrip("."), "-", "interrupted"] in [
        line.split()[:3] for line in done.out.splitlines()
    ]

    whole, trained = crossfit._fold_logits, []

    def counted(*arguments):
        trained.append(None)
        return whole(*arguments)

    monkeypatch.setattr(crossfit, "_fold_logits", counted)
    assert command("train", five_folds, "--runs", runs).code == 0
    assert len(trained) == 5 - len(finished)
    (run,) = _finished(runs)
    assert _outcome(run) == undisturbed
    # What the killed training had under construction stays, and the list names it.
    assert sorted(runs.iterdir()) == sorted([run, killed])


@pytest.mark.e2e
@pytest.mark.parametrize("seed", range(3))
def test_a_kill_at_any_moment_changes_nothing(
    start, five_folds, undisturbed, tmp_path, seed
):
    runs = tmp_path / "runs"
    with start("train", five_folds, "--runs", runs, **QUIET) as process:
        while not list(runs.glob(".*/log.txt")) and process.poll() is None:
            time.sleep(0.01)
        time.sleep(random.Random(seed).uniform(0, 5))  # noqa: S311 (no secret)
        process.send_signal(signal.SIGKILL)
    again = train(five_folds, runs=runs).path
    assert _outcome(again) == undisturbed
    assert list(runs.glob(".unfinished-*")) == []
    assert not (runs / f".{again.name}").exists()


@pytest.mark.e2e
def test_two_trainings_at_once_both_finish(start, five_folds, tmp_path):
    runs = tmp_path / "runs"
    line = ("train", five_folds, "--runs", runs, "--threads", 1)
    processes = [start(*line, **QUIET) for _ in range(2)]
    assert [process.wait() for process in processes] == [0, 0]
    found = sorted(runs.iterdir())
    assert len(found) == 2
    assert found == sorted(_finished(runs))
    assert _outcome(found[0]) == _outcome(found[1])
