import json
import shutil
from pathlib import Path

import pytest

from mlpkg.data.corpus import corpus_files, corpus_folder

CONFIG = """extends: default
name: little
data: {train: pages, validation: null}
training: {folds: 2}
evaluation: {bootstrap: 20}
"""


@pytest.fixture
def config(tmp_path):
    """A config beside ten pages of the bundled corpus."""
    folder = tmp_path / "pages"
    folder.mkdir()
    for page in corpus_files("train")[:10]:
        shutil.copy(corpus_folder() / f"{page.id}.page", folder)
    path = tmp_path / "little.yaml"
    path.write_text(CONFIG, encoding="utf-8")
    return path


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
    assert done.out.splitlines()[-1] == f"model: {run / 'model'}"
    assert "fit: " in done.err
    assert {path.name for path in run.iterdir()} >= {
        "config.yaml",
        "run.json",
        "splits.json",
        "metrics.json",
        "predictions.parquet",
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
    assert list(result["metrics"]) == ["out-of-fold"]
    assert "C: 0.1" in (Path(result["run"]) / "config.yaml").read_text(encoding="utf-8")
