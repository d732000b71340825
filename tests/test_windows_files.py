"""Files of another system: byte order marks and CRLF change nothing that is read."""

from __future__ import annotations

import codecs
import json
from pathlib import Path

import pytest

import mlpkg
from mlpkg.articles import open_articles
from mlpkg.config import load_config
from mlpkg.data.gold import data_fingerprint, load_gold
from mlpkg.data.page_format import read_page
from mlpkg.exceptions import DataError

CORPUS = Path(mlpkg.__file__).parent / "bundled" / "corpus"
FORMS = {
    "windows": lambda data: data.replace(b"\n", b"\r\n"),
    "mark": lambda data: codecs.BOM_UTF8 + data,
    "both": lambda data: codecs.BOM_UTF8 + data.replace(b"\n", b"\r\n"),
}
ROWS = [
    {"article_id": "a", "index": 0, "text": "The quay is shut.", "label": "claim"},
    {"article_id": "a", "index": 1, "text": "A shame, it is.", "label": "opinion"},
    {"article_id": "b", "index": 0, "text": "It rained.", "label": "claim"},
]
LINES = "".join(json.dumps(row) + "\n" for row in ROWS)
CSV = "article_id,index,text,label\n" + "".join(
    f'{row["article_id"]},{row["index"]},"{row["text"]}",{row["label"]}\n'
    for row in ROWS
)


@pytest.fixture(params=FORMS.values(), ids=FORMS)
def change(request):
    """What another system does to a file."""
    return request.param


def both(tmp_path, name, text, change):
    """Write a file as it is and as another system has it."""
    for folder, data in (("here", text.encode()), ("there", change(text.encode()))):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / name).write_bytes(data)
    return tmp_path / "here" / name, tmp_path / "there" / name


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("a.txt", "Ferry halted\n\nThe quay is shut.\nIt rained.\n"),
        ("a.md", "# Ferry\n\nThe quay is shut.\n"),
        ("a.html", "<!doctype html>\n<p>The quay\nis shut.\n<pre>a\nb\n</pre>\n"),
        ("a.jsonl", LINES),
        ("a.json", json.dumps(ROWS, indent=1)),
        ("a.csv", CSV),
        ("a.tsv", CSV.replace(",", "\t")),
        ("no-suffix", LINES),
    ],
)
def test_articles_are_the_same(name, text, change, tmp_path):
    here, there = both(tmp_path, name, text, change)
    found = [
        [(a.id, a.text, a.blocks) for a in open_articles(path)]
        for path in (here, there)
    ]
    assert found[0]
    assert found[1] == found[0]


@pytest.mark.parametrize(("name", "text"), [("a.jsonl", LINES), ("a.csv", CSV)])
def test_labelled_rows_are_the_same(name, text, change, tmp_path):
    here, there = both(tmp_path, name, text, change)
    assert len(load_gold(here)) == 3
    assert data_fingerprint(load_gold(there)) == data_fingerprint(load_gold(here))


def test_labelled_spans_are_the_same(change, tmp_path):
    text = "Ferry halted\n\nThe quay is shut.\nIt rained.\n"
    spans = [
        {"doc": "a", "start": start, "end": start + 10, "label": "claim"}
        for start in (text.index("The quay"), text.index("It rained"))
    ]
    lines = "".join(json.dumps(span) + "\n" for span in spans)
    here, there = both(tmp_path, "labels.jsonl", lines, change)
    here.with_name("a.txt").write_bytes(text.encode())
    there.with_name("a.txt").write_bytes(change(text.encode()))
    assert data_fingerprint(load_gold(there)) == data_fingerprint(load_gold(here))


def test_page_files_are_the_same(change, tmp_path):
    path = sorted(CORPUS.glob("*.page"))[0]
    here, there = both(tmp_path, path.name, path.read_text(encoding="utf-8"), change)
    assert read_page(there) == read_page(here)


def test_configs_are_the_same(change, tmp_path):
    text = "extends: default\nname: mine\nseed: 7\n"
    here, there = both(tmp_path, "mine.yaml", text, change)
    assert load_config(str(there)) == load_config(str(here))


@pytest.mark.parametrize("name", ["con", "nul", "aux", "com1", "lpt9"])
def test_a_page_is_not_named_after_a_device(name, tmp_path):
    path = sorted(CORPUS.glob("*.page"))[0]
    text = path.read_text(encoding="utf-8").replace(f"id={path.stem}", f"id={name}", 1)
    (tmp_path / "x.page").write_text(text, encoding="utf-8")
    with pytest.raises(DataError, match="no name of a device, such as con"):
        read_page(tmp_path / "x.page")
