from __future__ import annotations

import gzip
import io
import json
import logging
import re
from pathlib import Path
from types import SimpleNamespace

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from datasets import Dataset, DatasetDict

from mlpkg.articles import RecordFields, open_articles, sources
from mlpkg.articles.files import InputFile
from mlpkg.exceptions import DataError, ReadError
from mlpkg.records import Article, ReadFailure


def ids(*args: object) -> list[str]:
    return [item.id for item in open_articles(*args)]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name, text in {
        "b.txt": "It rained.",
        "a.html": "<p>We left.</p>",
        "sub/deep/c.MD": "# Notes",
        "sub/a.txt": "Later.",
        "image.png": "no text",
        "notes.ini": "[notes]",
    }.items():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return tmp_path


def test_a_folder_is_read_recursively_with_sorted_relative_ids(folder):
    found = ["a.html", "b.txt", "sub/a.txt", "sub/deep/c.MD"]
    assert ids(folder) == found
    assert ids(str(folder)) == found


def test_the_suffix_picks_the_reader(folder):
    (html,) = open_articles(folder / "a.html")
    (text,) = open_articles(folder / "b.txt")
    assert (html.id, html.text, len(html.blocks)) == ("a.html", "We left.", 1)
    assert (text.id, text.text, len(text.blocks)) == ("b.txt", "It rained.", 0)


@pytest.mark.parametrize("start", ["<!DOCTYPE html>", "\n <HTML>", "<!doctype HTML>"])
def test_markup_without_a_known_suffix_is_read_as_html(tmp_path, start):
    path = tmp_path / "page"
    path.write_text(f"{start}<p>It rained.</p>", encoding="utf-8")
    (article,) = open_articles(path)
    assert article.text == "It rained."


def test_other_text_without_a_known_suffix_is_read_as_text(tmp_path):
    path = tmp_path / "page.log"
    path.write_text("<p>It rained.</p>", encoding="utf-8")
    (article,) = open_articles(path)
    assert article.text == "<p>It rained.</p>"


def test_a_pattern_is_read_in_sorted_order(folder):
    pattern = str(folder / "**" / "*.txt")
    articles = list(open_articles(pattern))
    assert [article.text for article in articles] == ["It rained.", "Later."]


def test_a_file_whose_name_looks_like_a_pattern_is_read(tmp_path):
    path = tmp_path / "a[1].txt"
    path.write_text("It rained.", encoding="utf-8")
    assert ids(path) == ["a[1].txt"]


def test_several_sources_follow_each_other(folder):
    assert ids([folder / "b.txt", folder / "sub"]) == ["b.txt", "a.txt", "deep/c.MD"]


def test_a_dash_reads_standard_input(monkeypatch):
    stream = SimpleNamespace(buffer=io.BytesIO("Café.\r\n".encode()))
    monkeypatch.setattr("sys.stdin", stream)
    (article,) = open_articles("-")
    assert (article.id, article.text) == ("stdin", "Café.\n")


def test_markup_on_standard_input_is_read_as_html(monkeypatch):
    stream = SimpleNamespace(buffer=io.BytesIO(b"<!doctype html><p>It rained."))
    monkeypatch.setattr("sys.stdin", stream)
    (article,) = open_articles("-")
    assert article.text == "It rained."


def test_the_encoding_goes_to_the_reader(tmp_path):
    path = tmp_path / "a.txt"
    path.write_bytes("Köln".encode("cp437"))
    (article,) = open_articles(path, encoding="cp437")
    assert article.text == "Köln"


def test_an_id_that_comes_again_is_suffixed_and_logged(folder, caplog):
    with caplog.at_level(logging.WARNING, "mlpkg.articles"):
        found = ids([folder / "b.txt"] * 3)
    assert found == ["b.txt", "b.txt#2", "b.txt#3"]
    assert "id 'b.txt' came before; this one is 'b.txt#2'" in caplog.text


def test_a_suffixed_id_is_never_one_that_a_file_has(tmp_path):
    paths = [tmp_path / "a#2", tmp_path / "a", tmp_path / "a"]
    for path in paths:
        path.write_text("It rained.", encoding="utf-8")
    assert len(set(ids(paths))) == 3


def test_a_bad_file_is_told_and_the_others_are_read(folder):
    (folder / "aa.txt").write_bytes(bytes(1000))
    (folder / "ab.txt").write_text(" \n", encoding="utf-8")
    items = list(open_articles(folder))
    failures = [item for item in items if isinstance(item, ReadFailure)]
    assert [item.source for item in failures] == [
        str(folder / "aa.txt"),
        str(folder / "ab.txt"),
    ]
    assert "control characters" in failures[0].reason
    assert "holds no text" in failures[1].reason
    assert sum(isinstance(item, Article) for item in items) == 4


def test_a_file_that_vanishes_before_it_is_read_is_a_failure(folder):
    items = open_articles([folder / "b.txt", folder / "a.html"])
    (folder / "b.txt").unlink()
    failure, article = items
    assert "No such file" in failure.reason
    assert article.id == "a.html"


def test_a_page_larger_than_the_caller_allows_is_a_failure(folder):
    (failure,) = open_articles(folder / "b.txt", page_bytes=9)
    assert failure.reason.startswith("larger than 9 bytes, the most that is read")
    with pytest.raises(DataError, match="page_bytes must be above 0, got 0"):
        open_articles(folder, page_bytes=0)


@pytest.mark.parametrize(
    "record",
    [
        {"text": "It rained."},
        {"html": "<p>a</p>  "},
        {"sentences": ["Rain", "again."]},
        {"article_id": "a", "index": 1, "text": "It rained."},
    ],
)
def test_a_record_larger_than_the_caller_allows_costs_only_itself(record, tmp_path):
    path = tmp_path / "r.jsonl"
    path.write_text(json.dumps(record) + '\n{"text": "Fine."}\n', encoding="utf-8")
    large, fine = open_articles(path, page_bytes=9)
    assert re.search("is larger than 9 bytes", large.reason)
    assert fine.text == "Fine."


def test_the_sentences_of_an_article_are_counted_together(tmp_path):
    path = tmp_path / "r.jsonl"
    row = '{"article_id": "a", "index": 1, "text": "Rain."}\n'
    path.write_text(row * 3, encoding="utf-8")
    failure, *_ = open_articles(path, page_bytes=12)
    assert "the rows of article 'a' are together larger than 12" in failure.reason


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("gone.txt", r"gone\.txt: no such file or folder"),
        ("*.gone", r"\*\.gone: the pattern matches no file"),
        ("empty", r"empty: no file with a known suffix \(\.txt \.text \.md \.html"),
    ],
)
def test_a_source_with_nothing_to_read_is_refused_at_once(folder, name, reason):
    (folder / "empty").mkdir()
    with pytest.raises(ReadError, match=reason):
        open_articles(folder / name)


@pytest.mark.parametrize(
    "beginning",
    [
        b"\xef\xbb\xbf<!doctype html>",
        b"<!-- a\nnote -->\n<html>",
        b'<?xml version="1.0"?>\n<html>',
    ],
)
def test_markup_without_a_suffix_is_known_by_its_beginning(tmp_path, beginning):
    path = tmp_path / "page"
    path.write_bytes(beginning + b"<p>The quay is shut.</p>")
    (article,) = open_articles(path)
    assert article.text == "The quay is shut."


RECORDS = [
    {"id": "a", "text": "It rained.", "url": None},
    {"id": None, "text": "We left.", "url": "http://b"},
]
LINES = "\n".join(map(json.dumps, RECORDS))


WRITERS = {
    "r.jsonl": lambda p: p.write_text(LINES, encoding="utf-8"),
    "r.ndjson.gz": lambda p: p.write_bytes(gzip.compress(LINES.encode())),
    "r.jsonl.zst": lambda p: p.write_bytes(pa.compress(LINES.encode(), "zstd", True)),
    "r.json": lambda p: p.write_text(json.dumps(RECORDS, indent=1), encoding="utf-8"),
    "r.csv": lambda p: p.write_text(TABLE, encoding="utf-8"),
    "r.tsv": lambda p: p.write_text(TABLE.replace(",", "\t"), encoding="utf-8"),
    "r.parquet": lambda p: pq.write_table(pa.Table.from_pylist(RECORDS), p),
    "r": lambda p: Dataset.from_list(RECORDS).save_to_disk(p),
}
TABLE = "id,text,url\na,It rained.,\n,We left.,http://b\n"


@pytest.mark.parametrize("name", WRITERS)
def test_every_form_of_records_gives_the_same_articles(tmp_path, name):
    WRITERS[name](tmp_path / name)
    first, second = open_articles(tmp_path / name)
    assert (first.id, first.text, first.url) == ("a", "It rained.", "")
    place = second.meta["record"]
    assert second.id == f"{name}#{place}"
    assert (second.text, second.url) == ("We left.", "http://b")
    assert first.meta["source"] == str(tmp_path / name)
    assert int(place) == int(first.meta["record"]) + 1


@pytest.mark.parametrize("name", [n for n in WRITERS if n != "r"])
def test_records_on_standard_input_are_known_by_their_content(
    tmp_path, monkeypatch, name
):
    WRITERS[name](tmp_path / name)
    data = (tmp_path / name).read_bytes()
    monkeypatch.setattr("sys.stdin", SimpleNamespace(buffer=io.BytesIO(data)))
    articles = list(open_articles("-"))
    assert [article.text for article in articles] == ["It rained.", "We left."]
    assert articles[1].id.startswith("stdin#")


def test_the_stated_form_comes_before_suffix_and_content(tmp_path):
    path = tmp_path / "r.txt"
    path.write_text(LINES, encoding="utf-8")
    assert ids(path) == ["r.txt"]
    assert [a.text for a in open_articles(path, format="jsonl")][1] == "We left."
    with pytest.raises(DataError, match="unknown format 'xls'"):
        open_articles(path, format="xls")


def test_the_names_of_fields_go_to_the_records(tmp_path):
    path = tmp_path / "r.csv"
    path.write_text("key,text,note\na,no,It rained.\n", encoding="utf-8")
    (article,) = open_articles(path, fields=RecordFields(text="note", id="key"))
    assert (article.id, article.text) == ("a", "It rained.")


def test_the_splits_of_a_data_set_are_read_each_or_alone(tmp_path):
    parts = {name: Dataset.from_dict({"text": [name]}) for name in ("train", "test")}
    DatasetDict(parts).save_to_disk(tmp_path / "d")
    assert ids(tmp_path / "d") == ["d::train#1", "d::test#1"]
    assert ids(f"{tmp_path}/d::test") == ["d::test#1"]
    (tmp_path / "a.txt").write_text("It rained.", encoding="utf-8")
    assert ids(tmp_path) == ["a.txt", "d::train#1", "d::test#1"]
    with pytest.raises(ReadError, match="d::dev: the data set holds the splits train"):
        open_articles(f"{tmp_path}/d::dev")


def test_no_more_of_a_file_is_read_than_asked(tmp_path):
    path = tmp_path / "r.jsonl"
    path.write_text(f"{LINES}\n" * 50_000, encoding="utf-8")
    with path.open("rb") as file:
        head = io.BufferedReader(file.raw)
        items = sources._json_lines(
            head, InputFile(str(path), "r", "jsonl"), sources._Reading(None, "", None)
        )
        next(items)
        assert file.raw.tell() < 100_000


def test_many_ids_that_come_again_are_counted_not_told(tmp_path, caplog):
    path = tmp_path / "r.jsonl"
    path.write_text('{"id": "a", "text": "x"}\n' * 31, encoding="utf-8")
    assert len(ids(path)) == 31
    assert len(caplog.records) == sources.SHOWN_REPEATED + 1
    assert caplog.messages[-1] == "10 more ids came before and were numbered"


def test_the_language_is_filled_in(tmp_path):
    path = tmp_path / "a.txt"
    text = "The council closed the bridge on Monday, and the mayor said so. " * 8
    path.write_text(text, encoding="utf-8")
    (article,) = open_articles(path)
    assert article.language == "en"
