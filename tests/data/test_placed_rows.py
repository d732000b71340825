from __future__ import annotations

import json

import pytest
from datasets import Dataset

from mlpkg.data.corpus import corpus_files, load_corpus
from mlpkg.data.label_map import LabelMap
from mlpkg.data.page_format import format_page
from mlpkg.data.placed_rows import read_placed_rows
from mlpkg.exceptions import DataError

PAGE = corpus_files("validation")[0]


def test_rows_carry_the_line_of_their_file(tmp_path):
    path = tmp_path / "rows.csv"
    path.write_text('text,label\n"It rained,\nhard.",claim\nA shame.,opinion\n')
    found = read_placed_rows(path)
    assert [row.place for row in found.rows] == [f"{path}, line 2", f"{path}, line 4"]
    assert found.faults == ()


def test_every_fault_of_a_row_file_is_told_beyond_twenty(tmp_path):
    path = tmp_path / "rows.jsonl"
    bad = ['{"text": "It rained.", "label": "clam"}'] * 25
    path.write_text("\n".join([*bad, "{", '{"text": "Home", "label": "claim"}']))
    found = read_placed_rows(path)
    assert len(found.faults) == 26
    assert f"{path}, line 25: unknown label 'clam'" in found.faults[24]
    assert f"{path}, line 26: not JSON" in found.faults[25]
    assert [row.text for row in found.rows] == ["Home"]


def test_contradictions_between_rows_of_an_article_are_faults(tmp_path):
    path = tmp_path / "rows.csv"
    path.write_text("text,label,article,index\nA,claim,a,1\nB,claim,a,1\n")
    (fault,) = read_placed_rows(path).faults
    assert "line 3: article 'a' has index 1 here and at 2" in fault


def test_page_files_are_read_on_after_a_broken_one(tmp_path):
    text = format_page(PAGE)
    (tmp_path / f"{PAGE.id}.page").write_text(text, encoding="utf-8")
    (tmp_path / "a.page").write_text(text + "Z\tNo such letter.\n", encoding="utf-8")
    found = read_placed_rows(tmp_path)
    assert len(found.rows) == len(PAGE.rows)
    (fault,) = found.faults
    assert f"a.page, line {len(text.splitlines()) + 1}: unknown label letter" in fault
    lines = text.splitlines()
    for row in found.rows:
        line = int(row.place.rpartition(" ")[2])
        assert lines[line - 1].endswith(f"\t{row.text}")


def test_spans_carry_the_line_of_their_file(tmp_path):
    (tmp_path / "a.txt").write_text("It rained. A shame.")
    spans = [{"doc": "a", "start": 11, "end": 19, "label": "opinion"}]
    spans += [{"doc": "a", "start": 0, "end": 10, "label": "claim"}]
    path = tmp_path / "labels.jsonl"
    path.write_text("\n".join(map(json.dumps, spans)))
    found = read_placed_rows(tmp_path).rows
    assert [(row.text, row.place) for row in found] == [
        ("It rained.", f"{path}, line 2"),
        ("A shame.", f"{path}, line 1"),
    ]


def test_datasets_tell_the_row(tmp_path):
    rows = {"text": ["It rained.", "Home"], "label": ["claim", "home"]}
    Dataset.from_dict(rows).save_to_disk(tmp_path / "saved")
    found = read_placed_rows(tmp_path / "saved")
    assert [row.place for row in found.rows] == [f"{tmp_path / 'saved'}, row 1"]
    assert "saved, row 2: unknown label 'home'" in found.faults[0]


def test_a_part_of_the_corpus_names_article_and_span():
    found = read_placed_rows("corpus:validation")
    pages = load_corpus("validation")
    assert len(found.rows) == sum(len(page.labels) for page in pages)
    assert found.rows[0].place == f"corpus:validation, article {pages[0].id}, span 1"


def test_partial_labels_are_no_labels(tmp_path):
    path = tmp_path / "rows.csv"
    path.write_text("text,label\nIt rained.,soft\nHome,boilerplate\n")
    labels = LabelMap(allowed={"soft": ("claim", "opinion")})
    found = read_placed_rows(path, label_map=labels).rows
    assert [row.label for row in found] == [None, "boilerplate"]


def test_a_source_that_is_not_there_is_refused(tmp_path):
    with pytest.raises(DataError, match=r"no\.jsonl: no such file or folder"):
        read_placed_rows(tmp_path / "no.jsonl")
