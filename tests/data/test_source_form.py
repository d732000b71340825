from __future__ import annotations

import json

import pytest
from datasets import Dataset

from mlpkg.data.source_form import SourceForm, source_form
from mlpkg.exceptions import DataError

SPAN = {"doc": "a", "start": 0, "end": 4, "label": "claim"}
ROW = {"text": "It rained.", "label": "claim"}


def _file(folder, name, *records):
    path = folder / name
    path.write_text("\n".join(map(json.dumps, records)), encoding="utf-8")
    return path


@pytest.mark.parametrize("name", ["labels.jsonl", "my-labels.jsonl", "x.jsonl"])
def test_the_keys_of_its_lines_tell_spans_from_rows(tmp_path, name):
    path = _file(tmp_path, name, SPAN)
    assert source_form(path) == SourceForm("spans", path)
    assert source_form(_file(tmp_path, name, ROW)) == SourceForm("rows", path)
    texts = _file(tmp_path, name, SPAN | {"text": "It r"})
    assert source_form(texts).form == "spans"


def test_lines_that_are_no_objects_are_passed_over(tmp_path):
    path = _file(tmp_path, "x.jsonl", SPAN)
    path.write_text(f"{{\n\n3\n{json.dumps(SPAN)}\n", encoding="utf-8")
    assert source_form(path).form == "spans"


@pytest.mark.parametrize("content", [b"", b"{", b"\xff"])
def test_where_no_line_tells_the_name_does(tmp_path, content):
    for name, form in (("labels.jsonl", "spans"), ("x.jsonl", "rows")):
        (tmp_path / name).write_bytes(content)
        assert source_form(tmp_path / name).form == form


@pytest.mark.parametrize(
    ("name", "form"),
    [
        ("a.page", "page"),
        ("a.json", "tasks"),
        ("a.csv", "rows"),
        ("a.jsonl.gz", "rows"),
        ("a.xls", "rows"),
    ],
)
def test_other_files_are_told_by_their_suffix(tmp_path, name, form):
    (tmp_path / name).touch()
    assert source_form(tmp_path / name) == SourceForm(form, tmp_path / name)


def test_a_part_of_the_corpus_is_named():
    found = source_form("corpus:train")
    assert (found.form, found.part) == ("corpus", "train")


def test_a_folder_holds_spans_a_dataset_or_pages(tmp_path):
    saved = tmp_path / "saved"
    Dataset.from_dict({"text": ["A."], "label": ["claim"]}).save_to_disk(saved)
    assert source_form(saved) == SourceForm("dataset", saved)
    assert source_form(f"{saved}::train") == SourceForm("dataset", saved, "train")
    _file(saved, "labels.jsonl", ROW)
    assert source_form(saved).form == "dataset"
    spans = _file(saved, "labels.jsonl", SPAN)
    assert source_form(saved) == SourceForm("spans", spans)
    (tmp_path / "deep" / "er").mkdir(parents=True)
    (tmp_path / "deep" / "er" / "a.page").touch()
    assert source_form(tmp_path / "deep") == SourceForm("pages", tmp_path / "deep")


@pytest.mark.parametrize(
    ("source", "message"),
    [
        ("none.csv", r"none\.csv: no such file or folder"),
        ("rows::train", "not a folder that datasets saved, so it has no split 'train'"),
        (
            "rows",
            "labels.jsonl with doc, start, end and label in each line nor a saved",
        ),
    ],
)
def test_what_holds_no_labelled_data_is_refused(tmp_path, source, message):
    (tmp_path / "rows").mkdir()
    _file(tmp_path / "rows", "labels.jsonl", ROW)
    if "::" in source:
        (tmp_path / "rows" / "a.page").touch()
    with pytest.raises(DataError, match=message):
        source_form(tmp_path / source)
