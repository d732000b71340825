"""The experiment that draws the learning curve: its subsets, lines and tables."""

from __future__ import annotations

import json
import runpy
from collections import Counter
from pathlib import Path

import pytest

from mlpkg.data.gold import load_gold
from mlpkg.evaluation.comparison import ComparisonRow
from mlpkg.exceptions import DataError

SCRIPT = Path(__file__).parents[2] / "experiments" / "corpus" / "learning_curve.py"


@pytest.fixture(scope="module")
def script():
    """The names of the experiment, which does not run."""
    if not SCRIPT.is_file():
        pytest.skip("needs experiments/ of a checkout")
    return runpy.run_path(str(SCRIPT))


@pytest.fixture(scope="module")
def hands():
    """Forty pages by one hand, twenty by another, ten by a third."""
    counts = {"hand-b": 40, "hand-c": 20, "hand-z": 10}
    return {f"{h}-{i}": h for h, count in counts.items() for i in range(count)}


def test_every_beginning_of_an_order_has_the_shares_of_all_hands(script, hands):
    order = script["drawn_order"](hands, seed=3)
    assert sorted(order) == sorted(hands)
    for size in (7, 14, 35):
        found = Counter(hands[page] for page in order[:size])
        for hand, count in Counter(hands.values()).items():
            assert found[hand] == pytest.approx(count * size / 70, abs=1.5)


def test_an_order_follows_from_its_seed(script, hands):
    first, again, other = (script["drawn_order"](hands, seed) for seed in (1, 1, 2))
    assert first == again
    assert first != other


def test_subsets_of_a_draw_are_nested_and_sizes_from_all_on_left_out(script, capsys):
    pages, hands = script["training_pages"](30)
    fits = list(script["planned"](pages, hands, [5, 10, 30, 400], 2))
    subsets = {
        (fit.size, fit.seed): {page.id for page in fit.pages}
        for fit in fits
        if fit.model == "default"
    }
    assert {size for size, _ in subsets} == {"5", "10", "first batch", "all"}
    assert all(subsets["5", draw] < subsets["10", draw] for draw in (0, 1))
    written = {hands[page] for page in subsets["first batch", 0]}
    assert written <= script["FIRST_HANDS"] < set(hands.values())
    assert "30 and 400 pages: left out, since all are 30" in capsys.readouterr().err


def test_no_part_for_the_last_look_is_scored(script):
    sources = [script["TRAIN"], *map(str, script["DATA"].values())]
    assert not [s for s in sources if "test" in s or "other-hands" in s]


@pytest.mark.parametrize(
    ("low", "cell"),
    [
        (0.01, "+0.020 [+0.010, +0.030]"),
        (0.0, "**+0.020 [+0.000, +0.030]**"),
        (-0.01, "**+0.020 [-0.010, +0.030]**"),
    ],
)
def test_a_gain_is_bold_unless_its_interval_lies_above_0(script, low, cell):
    row = ComparisonRow("macro_f1", "", 0.8, 0.82, 0.02, low, 0.03, 9)
    assert script["written_gain"](row) == cell


def test_the_tables_pool_the_fits_of_a_row(script):
    pages = load_gold("corpus:validation")[:4]
    right = "".join(
        script["LETTERS"][page.labels[i]] for page in pages for i in page.decided
    )
    wrong = right.replace("C", "O")

    def line(size, seed, predicted, score):
        return {
            "model": "default",
            "size": size,
            "seed": seed,
            "pages": 9,
            "data": "validation",
            "macro_f1": score,
            "predicted": predicted,
        }

    lines = [line("5", 0, wrong, 0.5), line("5", 1, right, 1.0)]
    lines += [line("all", 0, right, 1.0)]
    text = script["document"](lines, {"validation": pages}, {"validation": "ok"})
    assert "(0.500–1.000) |" in text
    assert "| default | all (9) | 1.000 [1.000, 1.000] |" in text
    gain = next(row for row in text.split("\n") if row.startswith("| default | 5 | +"))
    assert "**" not in gain
    assert "Not there, so not scored: five real pages." in text


def test_lines_are_read_back_and_foreign_ones_refused(script, tmp_path):
    path = tmp_path / "learning_curve.jsonl"
    assert list(script["read_lines"](path)) == []
    script["write_lines"](path, [{"key": "a", "macro_f1": 0.5}])
    assert list(script["read_lines"](path)) == [{"key": "a", "macro_f1": 0.5}]
    path.write_text(json.dumps({"other": 1}) + "\n", encoding="utf-8")
    with pytest.raises(DataError, match="line 1: expected a line as this script"):
        list(script["read_lines"](path))
