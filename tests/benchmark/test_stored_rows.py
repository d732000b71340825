from __future__ import annotations

import json

import pytest

from mlpkg.benchmark.config import BenchmarkConfig
from mlpkg.benchmark.plan import Planner
from mlpkg.benchmark.stored_rows import is_to_be_made, remove_others, row_paths

OVERWRITES = ("never", "missing", "changed", "always")


@pytest.fixture
def row(tmp_path):
    config = BenchmarkConfig(classifiers=("majority",), tasks=("checkthat",))
    (planned,) = Planner(config, tmp_path).rows()
    return planned


def store(row, folder, revision=None, **more):
    path = folder / row.path
    if revision is not None:
        path = path.with_name(f"{revision}-seed0.json")
    path.parent.mkdir(parents=True, exist_ok=True)
    facts = {"seed": 0, "kind": "in-corpus", "train": row.train, "status": "ok"}
    path.write_text(json.dumps(facts | more), encoding="utf-8")
    path.with_suffix(".counts.json").write_text("{}", encoding="utf-8")
    return path


@pytest.mark.parametrize(
    ("stored", "made_by"),
    [
        (None, {"never", "missing", "changed", "always"}),
        ({}, {"always"}),
        ({"status": "failed"}, {"missing", "changed", "always"}),
        ({"revision": "older"}, {"changed", "always"}),
        ({"revision": "older", "status": "failed"}, {"missing", "changed", "always"}),
        ({"revision": "o", "train": "x"}, {"never", "missing", "changed", "always"}),
        ({"revision": "o", "seed": 1}, {"never", "missing", "changed", "always"}),
    ],
)
def test_overwrite_decides_by_what_is_stored(row, tmp_path, stored, made_by):
    if stored is not None:
        store(row, tmp_path, **stored)
    assert {how for how in OVERWRITES if is_to_be_made(row, tmp_path, how)} == made_by


def test_a_new_revision_takes_the_place_of_the_old_one(row, tmp_path):
    old, other = store(row, tmp_path, "older"), store(row, tmp_path, "other", seed=1)
    new = store(row, tmp_path)
    remove_others(row, tmp_path)
    assert set(row_paths(tmp_path)) == {new, other}
    assert not old.with_suffix(".counts.json").exists()


def test_a_broken_file_is_made_again(row, tmp_path):
    store(row, tmp_path).write_text("{", encoding="utf-8")
    assert is_to_be_made(row, tmp_path, "missing")
