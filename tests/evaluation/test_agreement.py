from __future__ import annotations

import json
import runpy
import sys
from pathlib import Path

import numpy as np
import pytest
from sklearn.metrics import cohen_kappa_score, f1_score

from mlpkg.evaluation.agreement import agreement
from mlpkg.exceptions import DataError

LABELS = ("claim", "opinion", "attribution", "boilerplate")
SCRIPT = Path(__file__).parents[2] / "experiments" / "corpus" / "agreement.py"


def readings(seed=0, n=400, share=0.2):
    """Two readings that differ at random, over twenty articles."""
    random = np.random.default_rng(seed)
    first = random.choice(LABELS, size=n, p=[0.4, 0.2, 0.1, 0.3])
    other = random.choice(LABELS, size=n)
    second = np.where(random.random(n) < share, other, first)
    articles = np.repeat([f"p{i}" for i in range(20)], n // 20)
    return first.tolist(), second.tolist(), articles.tolist()


@pytest.mark.parametrize("seed", range(3))
def test_values_are_those_of_scikit_learn(seed):
    first, second, articles = readings(seed)
    found = agreement(first, second, articles, LABELS, n=20)
    assert found.value("kappa") == pytest.approx(cohen_kappa_score(first, second))
    assert found.value("agreement") == np.mean(np.array(first) == np.array(second))
    f1 = f1_score(first, second, labels=LABELS, average=None)
    for label, expected in zip(LABELS, f1, strict=True):
        one, other = ([x == label for x in side] for side in (first, second))
        kappa = cohen_kappa_score(one, other)
        assert found.value("kappa", label) == pytest.approx(kappa)
        assert found.value("f1", label) == pytest.approx(expected)
        assert found.row("kappa", label).support == sum(np.logical_or(one, other))


def test_neither_reading_is_the_first():
    first, second, articles = readings()
    found = agreement(first, second, articles, LABELS, n=20)
    turned = agreement(second, first, articles, LABELS, n=20)
    assert [row.value for row in found.rows] == pytest.approx(
        [row.value for row in turned.rows]
    )
    assert found.differences == turned.differences


def test_differences_are_counted_by_pair_the_commonest_first():
    first = ["claim", "claim", "opinion", "opinion", "boilerplate"]
    second = ["opinion", "claim", "claim", "opinion", "claim"]
    found = agreement(first, second, list("aabbb"), LABELS, n=5)
    pairs = list(found.differences.items())
    assert pairs[:2] == [(("claim", "opinion"), 2), (("claim", "boilerplate"), 1)]
    assert {count for _, count in pairs[2:]} == {0}


def test_intervals_are_over_articles_and_hold_the_value():
    first, second, articles = readings()
    row = agreement(first, second, articles, LABELS).row("kappa")
    assert row.low < row.value < row.high
    (alone,) = {
        (row.low, row.high)
        for row in agreement(first, second, ["p"] * 400, LABELS).rows
    }
    assert alone == (None, None)


def test_where_chance_agrees_throughout_there_is_no_kappa():
    found = agreement(["claim"] * 4, ["claim"] * 4, list("aabb"), LABELS, n=5)
    assert found.value("kappa") is None
    assert found.value("agreement") == 1
    assert found.value("f1", "opinion") is None
    stored = json.loads(json.dumps(found.to_json(), allow_nan=False))
    assert stored["n_articles"] == 2


def test_readings_of_different_length_are_refused():
    with pytest.raises(DataError, match="y_true, y_pred and articles need one entry"):
        agreement(["claim"], ["claim", "claim"], ["a"], LABELS)


@pytest.fixture
def script(tmp_path, monkeypatch, capsys):
    """Run the experiment over readings: ``script(**{file: lines})``."""
    if not SCRIPT.is_file():
        pytest.skip("needs experiments/ of a checkout")

    def run(**files):
        folder = tmp_path / "readings"
        folder.mkdir(exist_ok=True)
        for name, pages in files.items():
            lines = [json.dumps({"page": p, "labels": v}) for p, v in pages.items()]
            path = folder / f"{name.replace('_', '-')}.jsonl"
            path.write_text("\n".join(lines), encoding="utf-8")
        monkeypatch.setattr(sys, "argv", ["agreement.py", str(folder)])
        runpy.run_path(str(SCRIPT), run_name="__main__")
        stored = json.loads((tmp_path / "agreement.json").read_text(encoding="utf-8"))
        return stored, capsys.readouterr()

    return run


def test_the_script_takes_all_files_of_both_readings(script):
    stored, printed = script(
        first={"a01-x": "CCOB", "a02-y": "CO"},
        second={"a01-x": "CAOB", "a02-y": "CO"},
        first_f={"f01-z": "BBCC", "f02-w": "C"},
        second_f={"f01-z": "BBCO"},
    )
    assert list(stored) == [
        f"{batch}{part}"
        for batch in ("all", "hand a", "hand f")
        for part in ("", ", article text")
    ]
    sizes = {name: (t["n_articles"], t["n_segments"]) for name, t in stored.items()}
    assert sizes["all"] == (3, 10)
    assert sizes["hand a, article text"] == (2, 5)
    assert sizes["hand f"] == (1, 4)
    assert "| claim, opinion | 1 |" in printed.out
    assert "| hand f | 1 | 4 | 0.750 | 0.600 | 0.000 |" in printed.out
    assert "read once, left out: f02-w" in printed.err


@pytest.mark.parametrize(
    ("second", "message"),
    [
        ({"a": "CC"}, "page 'a': the first reading labels 3 segments, the second 2"),
        ({"a": "CCX"}, "line 1: page 'a': unknown label letter 'X'; known: C, O, A, B"),
        ({"b": "CCC"}, "no page stands in both readings"),
    ],
)
def test_the_script_names_what_is_wrong(script, second, message):
    with pytest.raises(SystemExit, match=message):
        script(first={"a": "CCO"}, second=second)


def test_the_stored_agreement_is_that_of_the_stored_readings():
    if not SCRIPT.is_file():
        pytest.skip("needs experiments/ of a checkout")
    made = runpy.run_path(str(SCRIPT))
    tables = made["compare_readings"](made["read_pairs"](made["READINGS"]))
    stored = json.loads(SCRIPT.with_name("agreement.json").read_text(encoding="utf-8"))
    again = "run python experiments/corpus/agreement.py"
    assert list(tables) == list(stored), again
    for scope, found in tables.items():
        assert [list(row) for row in found.confusion] == stored[scope]["confusion"], (
            again
        )
        values = [row["value"] for row in stored[scope]["rows"]]
        assert [row.value for row in found.rows] == pytest.approx(values), again
