from __future__ import annotations

import json

import pytest

e2e = pytest.mark.e2e


@pytest.fixture
def crawl(tmp_path, page):
    folder = tmp_path / "crawl"
    folder.mkdir()
    for name in ("a.txt", "b.txt"):
        (folder / name).write_text(page.read_text(encoding="utf-8"), encoding="utf-8")
    return folder


@e2e
def test_prints_the_page_without_its_furniture(command, page):
    done = command("extract", page)
    assert done.code == 0
    assert "Share this article" not in done.out
    assert "The council should have bought a new ship years ago.\n" in done.out
    assert "pages: 1, segments: 7" in done.err


@e2e
def test_several_pages_stand_under_their_ids(command, crawl, page):
    single = command("extract", page).out
    assert command("extract", crawl).out == (
        f"==> a.txt <==\n{single}\n==> b.txt <==\n{single}\n"
    )


@e2e
def test_rows_hold_text_and_counts(command, crawl):
    rows = command("extract", crawl, "--json").rows
    assert [row["id"] for row in rows] == ["a.txt", "b.txt"]
    for row in rows:
        assert list(row) == ["id", "url", "title", "text", "counts"]
        assert sum(row["counts"].values()) == 7


@e2e
def test_labels_and_confidence_choose(command, page):
    furniture = command("extract", page, "--keep", "boilerplate").out
    assert "Share this article" in furniture
    assert "The council should have" not in furniture
    nothing = command("extract", page, "--min-confidence", "1.0")
    assert (nothing.code, nothing.out) == (0, "")


@e2e
def test_writes_a_text_a_page_or_json_lines(command, crawl, tmp_path):
    folder, file = tmp_path / "out", tmp_path / "out.jsonl"
    assert command("extract", crawl, "-o", folder).out == ""
    assert sorted(p.name for p in folder.iterdir()) == ["a.txt", "b.txt"]
    assert command("extract", crawl, "-o", file).out == ""
    rows = [json.loads(line) for line in file.read_text("utf-8").splitlines()]
    assert rows[0]["text"] + "\n" == (folder / "a.txt").read_text("utf-8")


@e2e
def test_a_bad_page_is_told_and_the_others_are_printed(command, crawl):
    (crawl / "aa.txt").write_bytes(bytes(500))
    done = command("extract", crawl, "--json", "--quiet")
    assert done.code == 1
    assert len(done.rows) == 2
    assert "aa.txt: the bytes are not text" in done.err


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (
            ("-", "-o", "out.csv"),
            "texts are written to a folder, rows to a .jsonl file",
        ),
        (("-", "-o", "gone/out.jsonl"), "the folder 'gone' does not exist"),
        (("gone.txt",), "gone.txt: no such file or folder"),
        (("-", "--encoding", "utf-88"), "unknown codec 'utf-88'"),
    ],
)
def test_wrong_use_is_one_line(command, arguments, message):
    done = command("extract", *arguments, stdin=b"A line.")
    assert (done.code, done.out) == (2, "")
    assert done.err.count("\n") == 1
    assert message in done.err


@e2e
def test_an_unknown_label_is_told_with_those_known(command, page):
    done = command("extract", page, "--keep", "claim,clam")
    assert done.code == 2
    assert "unknown label 'clam'; the model has claim, opinion" in done.err


def test_an_input_is_not_written_over(command, tmp_path):
    path = tmp_path / "r.jsonl"
    path.write_text('{"text": "It rained."}', encoding="utf-8")
    done = command("extract", path, "-o", path)
    assert (done.code, path.stat().st_size) == (2, 22)
    assert "one of the inputs; name another file" in done.err
