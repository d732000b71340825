from __future__ import annotations

import json
import shutil

import pytest

from mlpkg.labels import DEFAULT_SCHEME
from mlpkg.models.store import MODELS

CURVE = {
    "thresholds": [0.3, 0.7, 0.9],
    "coverage": [1.0, 0.9, 0.7],
    "error": [0.1, 0.03, 0.005],
    "bound": [0.12, 0.05, 0.011],
    "level": 0.95,
    "n_pages": 404,
    "n_rows": 26832,
}
EVEN = dict.fromkeys(DEFAULT_SCHEME.names, 0.25)


@pytest.fixture(scope="module")
def make_model(tmp_path_factory):
    """Copy the bundled model with another calibration: ``make_model(label_mix=…)``."""

    def make(**calibration):
        folder = tmp_path_factory.mktemp("models") / "model"
        shutil.copytree(MODELS["default"], folder)
        path = folder / "model.json"
        manifest = json.loads(path.read_text(encoding="utf-8"))
        manifest["calibration"] = {"temperature": 0.75} | calibration
        path.write_text(json.dumps(manifest), encoding="utf-8")
        return folder

    return make


@pytest.mark.e2e
def test_a_risk_marks_what_lies_under_its_threshold(command, make_model, page):
    model = make_model(risk_curve=CURVE)
    done = command("classify", page, "--model", model, "--max-risk", 0.02)
    assert done.code == 0
    assert [row["abstained"] for row in done.rows] == [
        row["confidence"] < 0.9 for row in done.rows
    ]
    kept = command("extract", page, "--model", model, "--max-risk", 0.02)
    sure = command("extract", page, "--model", model, "--min-confidence", 0.9)
    assert (kept.code, kept.out) == (0, sure.out)


@pytest.mark.e2e
def test_a_stated_mix_changes_probabilities(command, make_model, page):
    model = make_model(label_mix=EVEN)
    mix = "claim=0.97,opinion=0.01,attribution=0.01,boilerplate=0.01"
    plain = command("classify", page, "--model", model).rows
    done = command("classify", page, "--model", model, "--label-mix", mix)
    assert done.code == 0
    for before, after in zip(plain, done.rows, strict=True):
        assert after["p_claim"] > before["p_claim"]
        assert after["confidence"] == max(after[f"p_{name}"] for name in EVEN)
    real = command("classify", page, "--model", model, "--label-mix", "real")
    assert real.code == 0


@pytest.mark.e2e
def test_evaluating_tells_what_the_models_thresholds_keep(
    command, make_model, tmp_path
):
    path = tmp_path / "rows.csv"
    path.write_text(
        "text,label,article\n"
        "The mill closed in May.,claim,a\n"
        "Share this page,boilerplate,a\n"
        "It is a disgrace.,opinion,b\n"
        "It is safe she said.,attribution,b\n",
        encoding="utf-8",
    )
    model = make_model(risk_curve=CURVE, label_mix=EVEN)
    done = command("evaluate", model, path, "--resamples", 20)
    assert done.code == 0
    assert "kept-label error at --max-risk 0.05" in done.out
    assert "coverage at --max-risk 0.02" in done.out
    assert "calibration error over 15 bins" in done.out
    mixed = command(
        "evaluate", model, path, "--resamples", 20, "--label-mix", "real", "--json"
    )
    metrics = {row["metric"]: row["value"] for row in json.loads(mixed.out)["rows"]}
    assert "kept_error_at_0.05" not in metrics
    plain = command("evaluate", model, path, "--resamples", 20, "--json")
    rows = {row["metric"]: row["value"] for row in json.loads(plain.out)["rows"]}
    assert metrics["log_loss"] != rows["log_loss"]


@pytest.mark.parametrize(
    ("calibration", "arguments", "message"),
    [
        ({}, ("--max-risk", 0.05), "has no risk curve, which a max_risk needs"),
        ({"risk_curve": CURVE}, ("--max-risk", 0.01), "the lowest is 0.011; ask for"),
        ({"risk_curve": CURVE}, ("--max-risk", 5), "expected a share of wrong labels"),
        ({}, ("--label-mix", "real"), "does not store the label mix"),
        ({"label_mix": EVEN}, ("--label-mix", "claim=1"), "name each label once"),
        ({"label_mix": EVEN}, ("--label-mix", "claim"), "expected real, or label=sh"),
        (
            {"label_mix": EVEN},
            ("--label-mix", "claim=0.5,claim=0.5"),
            "each label once",
        ),
        (
            {"label_mix": EVEN, "risk_curve": CURVE},
            ("--label-mix", "real", "--max-risk", 0.05),
            "do not go together",
        ),
    ],
)
@pytest.mark.parametrize("name", ["classify", "extract"])
def test_wrong_use_is_one_line(
    command, make_model, page, name, calibration, arguments, message
):
    model = make_model(**calibration)
    done = command(name, page, "--model", model, *arguments)
    assert (done.code, done.out) == (2, "")
    assert done.err.startswith("error: ")
    assert done.err.count("\n") == 1
    assert message in done.err
