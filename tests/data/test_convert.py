from __future__ import annotations

import json

import pytest

from mlpkg.data.convert import convert, open_labels, write_split
from mlpkg.data.gold import load_gold
from mlpkg.data.label_map import LabelMap
from mlpkg.data.rows import Columns
from mlpkg.exceptions import DataError
from mlpkg.labels import DEFAULT_SCHEME

ROWS = """text,label,article,weight,outlet,published,source
It rained.,claim,a,2,The Post,2021-03-04,one
"""
MORE = """A shame.,opinion,a,,,,one
Home,boilerplate,b,0.5,The Mail,2022,two
"Perhaps, so.",soft,,,,,two
Not read.,,b,,,,two
"""
LABELS = LabelMap(allowed={"soft": ("claim", "opinion")}, unlabelled="skip")
SUFFIXES = (".jsonl", ".csv", ".parquet")


@pytest.fixture
def pages(tmp_path):
    """Rows of every kind: weighted, partial, unlabelled, with and without a page."""
    (tmp_path / "in.csv").write_text(ROWS + MORE)
    return load_gold(tmp_path / "in.csv", label_map=LABELS)


@pytest.fixture
def decided(tmp_path):
    """One page whose rows all have a label and the weight 2."""
    (tmp_path / "in.csv").write_text(ROWS)
    return load_gold(tmp_path / "in.csv")


def _read_back(path, pages):
    allowed = {name: tuple(found) for name, found in open_labels(pages).items()}
    return load_gold(path, label_map=LabelMap({}, allowed, "skip"))


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_rows_read_back_whole(tmp_path, pages, suffix):
    convert(pages, tmp_path / f"out{suffix}")
    found = _read_back(tmp_path / f"out{suffix}", pages)
    assert [page.id for page in found[:2]] == ["a", "b"]
    for page, other in zip(found, pages, strict=True):
        assert page.page.texts == other.page.texts
        assert page.page.article.outlet == other.page.article.outlet
        assert page.page.article.published == other.page.article.published
        for name in ("labels", "allowed", "weights", "source", "spans", "has_context"):
            assert getattr(page, name) == getattr(other, name)


def test_columns_that_would_be_empty_are_left_out(tmp_path):
    (tmp_path / "in.csv").write_text("text,label\nIt rained.,claim\n")
    convert(load_gold(tmp_path / "in.csv"), tmp_path / "out.jsonl")
    row = json.loads((tmp_path / "out.jsonl").read_text())
    assert row == {"text": "It rained.", "label": "claim"}


def test_spans_of_a_text_read_back_from_label_studio(tmp_path):
    (tmp_path / "a.txt").write_text("It rained, he said. A shame.\n\nHome")
    spans = [(0, 9, "claim"), (11, 19, "attribution"), (30, 34, "boilerplate")]
    with (tmp_path / "labels.jsonl").open("w") as stream:
        for start, end, label in spans:
            row = {"doc": "a", "start": start, "end": end, "label": label}
            stream.write(json.dumps(row) + "\n")
    pages = load_gold(tmp_path)
    convert(pages, tmp_path / "tasks.json")
    (found,) = load_gold(tmp_path / "tasks.json")
    assert found.page.article.text == pages[0].page.article.text
    assert (found.id, found.spans, found.labels) == (
        "a",
        pages[0].spans,
        pages[0].labels,
    )


def test_partial_labels_and_weights_read_back_from_label_studio(tmp_path, pages):
    with pytest.raises(DataError, match="page 'a': its rows have different weights"):
        convert(pages, tmp_path / "tasks.json")
    convert(pages[2:], tmp_path / "tasks.json")
    (found,) = _read_back(tmp_path / "tasks.json", pages)
    assert found.allowed == (("claim", "opinion"),)
    assert open_labels(pages) == {"claim|opinion": ["claim", "opinion"]}


def test_a_weight_of_a_whole_page_reads_back_from_label_studio(tmp_path, decided):
    convert(decided, tmp_path / "tasks.json")
    (found,) = load_gold(tmp_path / "tasks.json")
    assert (found.weights, found.source) == ((2,), "one")
    assert found.page.article.outlet == "The Post"


def test_the_corpus_reads_back_from_every_form(tmp_path):
    pages = load_gold("corpus:validation")[:3]
    header = {"topic": "any", "licence": "CC0-1.0"}
    for target in ("rows.jsonl", "rows.csv", "rows.parquet", "tasks.json", "pages"):
        convert(pages, tmp_path / target, header=header)
        found = load_gold(tmp_path / target)
        assert [page.labels for page in found] == [page.labels for page in pages]
        assert [page.id for page in found] == [page.id for page in pages]


@pytest.mark.parametrize(
    ("place", "reason"),
    [(0, "has weights"), (1, "has partial or missing labels"), (2, "without its page")],
)
def test_page_files_refuse_what_they_cannot_hold(tmp_path, pages, place, reason):
    with pytest.raises(DataError, match=reason):
        convert(pages[place : place + 1], tmp_path / "pages")


def test_page_files_refuse_spans_that_are_not_segments(tmp_path):
    (tmp_path / "a.txt").write_text("It rained.")
    row = {"doc": "a", "start": 0, "end": 2, "label": "claim"}
    (tmp_path / "labels.jsonl").write_text(json.dumps(row))
    with pytest.raises(DataError, match="labelled spans that are not its segments"):
        convert(load_gold(tmp_path), tmp_path / "pages")


def test_an_unknown_form_is_refused(tmp_path, decided):
    with pytest.raises(DataError, match=r"unknown form '\.xml'; expected \.jsonl"):
        convert(decided, tmp_path / "out.xml")


def test_a_split_keeps_rows_and_ids(tmp_path, pages):
    parts = {"train": pages[:2], "held": pages[2:]}
    write_split(parts, tmp_path / "split", DEFAULT_SCHEME, {"seed": 3, "by": "article"})
    assert sorted(file.name for file in (tmp_path / "split").iterdir()) == [
        "held.jsonl",
        "split.json",
        "train.jsonl",
    ]
    found = _read_back(tmp_path / "split" / "train.jsonl", pages)
    assert [page.labels for page in found] == [page.labels for page in pages[:2]]
    assert json.loads((tmp_path / "split" / "split.json").read_text()) == {
        "seed": 3,
        "by": "article",
        "parts": {"train": ["a", "b"], "held": ["in.csv:5"]},
    }


def test_columns_keep_the_names_that_are_given(tmp_path):
    (tmp_path / "in.csv").write_text(
        "body,kind,story,day\nIt rained.,claim,a,2021\nHome,boilerplate,a,\n"
    )
    columns = Columns("body", "kind", "story", published="day")
    pages = load_gold(tmp_path / "in.csv", columns=columns)
    write_split({"all": pages}, tmp_path / "s", DEFAULT_SCHEME, {}, columns)
    convert(pages, tmp_path / "out.csv", columns=columns)
    (found,) = load_gold(tmp_path / "s" / "all.jsonl", columns=columns)
    assert found == load_gold(tmp_path / "out.csv", columns=columns)[0] == pages[0]
    header = (tmp_path / "out.csv").read_text().splitlines()[0]
    assert header == "story,index,body,kind,day"


def test_a_column_named_as_the_text_gives_way_to_it(tmp_path):
    (tmp_path / "in.csv").write_text("source,label\nIt rained.,claim\n")
    columns = Columns("source")
    pages = load_gold(tmp_path / "in.csv", columns=columns)
    convert(pages, tmp_path / "out.csv", columns=columns)
    assert (tmp_path / "out.csv").read_text() == "source,label\nIt rained.,claim\n"


def test_a_part_whose_name_leaves_the_folder_is_refused(tmp_path, pages):
    with pytest.raises(DataError, match=r"the part '\.\./train' names a file"):
        write_split({"../train": pages}, tmp_path / "s", DEFAULT_SCHEME, {})
