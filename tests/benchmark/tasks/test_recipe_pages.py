from __future__ import annotations

import gzip
import hashlib
import json

import pytest

from mlpkg.benchmark.tasks.base import MissingDataError, sides
from mlpkg.benchmark.tasks.pins import PINS
from mlpkg.benchmark.tasks.recipe_pages import recipe_task, row_label
from mlpkg.benchmark.tasks.recipes import RECIPES
from mlpkg.exceptions import DataError
from mlpkg.labels import DEFAULT_SCHEME

ALL = {"train": None, "test": None}


def write(folder, name, rows):
    """Write rows as a recipe finds them and return the checksum of the file."""
    path = folder / name
    with gzip.open(path, "wt", encoding="utf-8") as stream:
        stream.write("\n".join(map(json.dumps, rows)))
    return hashlib.sha256(path.read_bytes()).hexdigest()


def row(doc, i, raw, label=None, **more):
    return {
        "doc": doc,
        "i": i,
        "text": f"{doc} {i}",
        "raw": raw,
        "label": label,
        **more,
    }


@pytest.mark.parametrize(
    ("recipe", "record", "label"),
    [
        (
            "polnear",
            row("d", 0, "cue", "attribution", strict=True, cov=0.7),
            "attribution",
        ),
        ("polnear", row("d", 0, "cue", "attribution", strict=True, cov=0.3), None),
        ("polnear", row("d", 0, "cue", "attribution", strict=False, cov=0.9), None),
        ("polnear", row("d", 0, "none"), "not attribution"),
        ("polnear", row("d", 0, "source-only"), None),
        ("newsdiscourse", row("d", 0, "Main|Speech", "attribution"), "attribution"),
        ("newsdiscourse", row("d", 0, "NA", "boilerplate"), "not attribution"),
        ("newsdiscourse", row("d", 0, "Main|cue-verb"), None),
        ("checkthat", row("d", 0, "OBJ|cue-verb"), "not opinion"),
        ("babe", row("d", 0, "Entirely factual|cue-quote"), "not opinion"),
        ("babe", row("d", 0, "Somewhat factual but also opinionated"), None),
        ("wcxb", row("d", 0, "outside:before", "boilerplate"), "boilerplate"),
        ("wcxb", row("d", 0, "content"), "article text"),
        ("wcxb", row("d", 0, "headline"), None),
    ],
)
def test_the_rules_decide_which_rows_count(recipe, record, label):
    assert row_label(record, RECIPES[recipe].rules) == label


@pytest.mark.parametrize("name", RECIPES)
def test_each_label_of_the_default_scheme_falls_to_one_side(name):
    recipe = RECIPES[name]
    assert sides(recipe.meaning, DEFAULT_SCHEME.names) is not None
    named = [label for side in recipe.meaning.values() for label in side]
    assert sorted(named) == sorted(DEFAULT_SCHEME.names)
    assert {rule.label for rule in recipe.rules} <= set(recipe.meaning)
    assert {recipe.train, recipe.test} <= set(PINS)


def test_open_rows_stay_on_their_page_but_are_not_scored(tmp_path):
    rows = [row("d", 1, "none"), row("d", 0, "source-only"), row("e", 0, "tie")]
    pins = {
        name: write(tmp_path, name, rows)
        for name in ("polnear.train.jsonl.gz", "polnear.dev.jsonl.gz")
    }
    task = recipe_task("polnear", RECIPES["polnear"], tmp_path, ALL, pins)
    task.check()
    (page,) = task.test()  # e has no row that could be scored
    assert page.page.texts == ["d 0", "d 1"]
    assert page.decided == [1]
    assert page.weights == (0.0, 1.0)
    assert page.has_context


def test_single_sentences_are_judged_alone_and_grouped_by_document(tmp_path):
    rows = [row("d", i, raw) for i, raw in enumerate(["SUBJ", "OBJ"])]
    pins = {
        name: write(tmp_path, name, rows)
        for name in ("checkthat_en.train.jsonl.gz", "checkthat_en.dev.jsonl.gz")
    }
    task = recipe_task("checkthat", RECIPES["checkthat"], tmp_path, ALL, pins)
    pages = task.test()
    assert [(page.id, len(page.page), page.has_context) for page in pages] == [
        ("d", 1, False),
        ("d", 1, False),
    ]


def test_one_file_is_cut_by_document_into_two_parts(tmp_path):
    rows = [row(f"d{n}", i, "Entirely factual") for n in range(40) for i in range(2)]
    pins = {"babe.train.jsonl.gz": write(tmp_path, "babe.train.jsonl.gz", rows)}
    task = recipe_task("babe", RECIPES["babe"], tmp_path, ALL, pins)
    train, test = ({p.id for p in side()} for side in (task.train, task.test))
    assert train.isdisjoint(test)
    assert len(train | test) == 40
    assert 4 < len(test) < 20
    few = recipe_task("babe", RECIPES["babe"], tmp_path, {"train": 3, "test": 2}, pins)
    assert {p.id for p in few.train()} < train
    assert len({p.id for p in few.test()}) == 2


def test_data_that_are_missing_or_others_are_told(tmp_path):
    pins = {
        name: "0" * 64 for name in ("polnear.train.jsonl.gz", "polnear.dev.jsonl.gz")
    }
    task = recipe_task("polnear", RECIPES["polnear"], tmp_path, ALL, pins)
    with pytest.raises(MissingDataError, match="local form"):
        task.check()
    for name in pins:
        write(tmp_path, name, [row("d", 0, "none")])
    with pytest.raises(DataError, match="the task pins 000000000000"):
        task.check()


@pytest.mark.shared
@pytest.mark.parametrize("name", ["polnear", "newsdiscourse", "checkthat", "babe"])
def test_the_recipe_reads_the_corpus_of_the_reference_folder(shared, name):
    task = recipe_task(name, RECIPES[name], shared / "data", {"train": 5, "test": 5})
    task.check()
    for side in (task.train, task.test):
        labels = {p.labels[place] for p in side() for place in p.decided}
        assert labels <= set(task.scheme.names)
        assert labels
