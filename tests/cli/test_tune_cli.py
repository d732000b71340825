import json
import shutil
from pathlib import Path

import pytest

import mlpkg.training.tune as tuning
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


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((), "nothing to search; name a leaf and its values"),
        (("--search", "model.C=-1,0.1"), '"model.C" must be greater than 0, got -1'),
        (("--search", "model.C"), "write a dotted path, = and values"),
        (("--search", "model.C=0.1,1", "--set", "modle=1"), '"modle" is not a setting'),
        (("--search", "model.C=0.1..1", "--method", "grid"), "a grid needs values"),
        (
            ("--search", "model.C=0.1,1", "--set", "data.train=corpus:test"),
            "mlpkg look",
        ),
    ],
)
def test_refuses_what_cannot_be_searched(command, tmp_path, arguments, message):
    runs = tmp_path / "runs"
    done = command("tune", "default", *arguments, "--runs", runs)
    assert (done.code, done.out) == (2, "")
    assert message in done.err
    assert "Traceback" not in done.err
    assert not runs.exists()


@pytest.mark.e2e
def test_tunes_and_the_best_config_trains(command, config, tmp_path):
    runs = tmp_path / "runs"
    done = command(
        *("tune", config, "--search", "model.C=0.003,0.03"),
        *("--outer", 2, "--jobs", 2, "--runs", runs),
    )
    assert done.code == 0
    (run,) = runs.iterdir()
    assert done.out.startswith("trial")
    assert "± " in done.out
    assert "segments of 10 articles; in brackets the 95% interval" in done.out
    best = run / "best.yaml"
    assert done.out.splitlines()[-1] == f"best config: {best}"
    assert "6 of 6: trial" in done.err
    trained = command("train", best, "--runs", runs, "--json")
    assert trained.code == 0
    assert "-little-tuned-" in Path(json.loads(trained.out)["run"]).name


@pytest.mark.e2e
def test_json_is_the_whole_of_standard_output(command, config, tmp_path, monkeypatch):
    original = tuning.cross_validated

    def sometimes(material, config, pages, fold_of):
        if config.model.C == 0.003:
            raise RuntimeError("no such luck")
        return original(material, config, pages, fold_of)

    monkeypatch.setattr(tuning, "cross_validated", sometimes)
    done = command(
        *("tune", config, "--search", "model.C=0.003,0.03", "--outer", 2, "--json"),
        *("--runs", tmp_path / "runs", "--set", "name=other", "--quiet"),
    )
    assert (done.code, done.err) == (1, "")
    result = json.loads(done.out)
    assert "-other-tune-" in Path(result["run"]).name
    assert result["config"] == str(Path(result["run"]) / "best.yaml")
    assert (result["best"]["trial"], result["failures"]) == (2, 3)
    assert [row["model.C"] for row in result["trials"]] == [0.003, 0.03] * 3
    assert result["nested"]["n_articles"] == 10
