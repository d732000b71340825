from __future__ import annotations

import json

import pytest

from mlpkg.exceptions import DataError
from mlpkg.models.extract import ExtractedArticle
from mlpkg.models.extract_output import check_output, extracted_row, write_extracted
from mlpkg.records import Article


def pages(*ids):
    return [
        ExtractedArticle(Article(i, "x"), f"Text of {i}", {"claim": 1}) for i in ids
    ]


def test_a_row_holds_what_is_known_of_the_page():
    article = Article("a", "x", url="http://a", title="T")
    row = extracted_row(ExtractedArticle(article, "Kept.", {"claim": 1, "opinion": 0}))
    assert row == {
        "id": "a",
        "url": "http://a",
        "title": "T",
        "text": "Kept.",
        "counts": {"claim": 1, "opinion": 0},
    }


def test_a_folder_gets_a_text_a_page(tmp_path):
    write_extracted(tmp_path / "out", pages("a.html", "sub/b.txt"))
    found = {p.name: p.read_text("utf-8") for p in (tmp_path / "out").iterdir()}
    assert found == {"a.txt": "Text of a.html\n", "sub_b.txt": "Text of sub/b.txt\n"}


@pytest.mark.parametrize(
    "ids",
    [
        ("a.html", "a.txt", "A", "a-2"),
        ("../../etc/passwd", "/etc/passwd", "..", ".", "/", "\\", "."),
        ("nul", "CON.txt", "aux.html.gz", "com1"),
        ("x" * 500, "x" * 501, "é" * 300),
        ("a\0b", "a\nb", "a:b?*", "\u202e"),
        ("", " ", "\ufffd"),
    ],
)
def test_no_id_leads_out_of_the_folder_or_over_another(tmp_path, ids):
    write_extracted(tmp_path / "out", pages(*ids))
    found = list((tmp_path / "out").rglob("*"))
    assert sorted(p.read_text("utf-8") for p in found) == sorted(
        f"Text of {i}\n" for i in ids
    )
    assert list(tmp_path.iterdir()) == [tmp_path / "out"]
    assert len({p.name.casefold() for p in found}) == len(ids)
    for path in found:
        assert path.suffix == ".txt"
        assert path.stem.casefold() not in {"nul", "con", "aux", "com1"}


def test_json_lines_are_replaced_whole(tmp_path):
    path = tmp_path / "out.jsonl"
    path.write_text("old", encoding="utf-8")
    write_extracted(path, pages("a", "b"))
    rows = [json.loads(line) for line in path.read_text("utf-8").splitlines()]
    assert [row["id"] for row in rows] == ["a", "b"]

    def broken():
        yield pages("c")[0]
        raise RuntimeError("stopped")

    with pytest.raises(RuntimeError, match="stopped"):
        write_extracted(path, broken())
    assert len(path.read_text("utf-8").splitlines()) == 2
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("out.csv", r"to a folder, rows to a \.jsonl file, not to '\.csv'"),
        ("gone/out.jsonl", "the folder .*gone' does not exist"),
        ("full", "exists and is not an empty folder"),
    ],
)
def test_a_place_that_cannot_be_written_is_refused(tmp_path, name, message):
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "a.txt").write_text("x", encoding="utf-8")
    with pytest.raises(DataError, match=message):
        check_output(tmp_path / name)
