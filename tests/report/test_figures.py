from __future__ import annotations

import json
from pathlib import Path

import pytest

from mlpkg.exceptions import DataError
from mlpkg.report.figures import (
    figures_table,
    interval_cell,
    markdown_table,
    replace_block,
)

ROOT = Path(__file__).parents[2]
TEXT = "Before.\n<!-- figures: a/b -->\nold\n<!-- end -->\nAfter.\n"


def _evaluation(macro, f1, labels=("news", "noise")):
    """What the table reads of a stored evaluation."""
    rows = [
        {"metric": "f1", "label": label, "value": value, "low": None, "high": None}
        for label, value in zip(labels, f1, strict=True)
    ]
    low, high = macro - 0.1, macro + 0.1
    rows.append(
        {"metric": "macro_f1", "label": "", "value": macro, "low": low, "high": high}
    )
    return {"labels": list(labels), "rows": rows, "n_articles": 3, "n_segments": 70}


@pytest.fixture
def folder(tmp_path):
    """Stored evaluations of two data sets."""
    for name, macro in (("dev", 0.5), ("validation", 0.75)):
        for suffix, less in (("", 0), ("-bare", 0.25)):
            path = tmp_path / f"{name}{suffix}.json"
            path.write_text(json.dumps(_evaluation(macro - less, (0.613, None))))
    return tmp_path


def test_the_table_has_a_row_a_stored_evaluation(folder):
    assert figures_table(folder).splitlines() == [
        "| F1 on | news | noise | macro-F1 [95% interval over pages] "
        "| without the page |",
        "| --- | --- | --- | --- | --- |",
        "| corpus, validation part (3 pages, 70 segments) | 0.61 | – "
        "| **0.75** [0.65, 0.85] | 0.50 |",
        "| fourteen real pages (3 pages, 70 segments) | 0.61 | – "
        "| **0.50** [0.40, 0.60] | 0.25 |",
    ]


def test_a_folder_without_evaluations_is_told(tmp_path):
    with pytest.raises(DataError, match=r"holds none of validation, .*dev\.json"):
        figures_table(tmp_path)


def test_an_evaluation_without_the_score_is_told(folder):
    path = folder / "dev.json"
    stored = json.loads(path.read_text())
    stored["rows"].pop()
    path.write_text(json.dumps(stored))
    with pytest.raises(DataError, match="no row 'macro_f1' ''"):
        figures_table(folder)


def test_a_block_is_replaced_and_the_rest_stays():
    found = replace_block(TEXT, "a/b", "| new |")
    assert found == TEXT.replace("old", "| new |")
    assert replace_block(found, "a/b", "| new |") == found


def test_a_table_has_a_line_under_its_head():
    assert markdown_table(["a", "b"], [["1", "2"]]) == (
        "| a | b |\n| --- | --- |\n| 1 | 2 |"
    )


@pytest.mark.parametrize(
    ("metric", "label", "cell"),
    [
        ("macro_f1", "", "0.500 [0.400, 0.600]"),
        ("f1", "news", "0.613"),
        ("f1", "noise", "–"),
    ],
)
def test_a_cell_shows_the_interval_where_there_is_one(metric, label, cell):
    assert interval_cell(_evaluation(0.5, (0.613, None)), metric, label) == cell


def test_a_value_that_is_not_stored_is_told():
    with pytest.raises(DataError, match="no row 'kappa' ''"):
        interval_cell(_evaluation(0.5, (0.613, None)), "kappa")


def test_of_several_blocks_the_named_one_is_replaced():
    text = TEXT + TEXT.replace("a/b", "c")
    assert replace_block(text, "c", "new") == TEXT + TEXT.replace("a/b", "c").replace(
        "old", "new"
    )


@pytest.mark.parametrize(
    "text", ["", TEXT.replace("a/b", "c"), TEXT.replace("<!-- end -->", "")]
)
def test_a_text_without_the_block_is_told(text):
    with pytest.raises(DataError, match="no block between '<!-- figures: a/b -->' and"):
        replace_block(text, "a/b", "new")


def test_the_readme_shows_the_stored_figures():
    folder, readme = ROOT / "experiments" / "default", ROOT / "README.md"
    if not folder.is_dir() or not readme.is_file():
        pytest.skip("needs README.md and experiments/ of a checkout")
    text = readme.read_text(encoding="utf-8")
    assert replace_block(text, "experiments/default", figures_table(folder)) == text
