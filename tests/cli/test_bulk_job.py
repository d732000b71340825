import json

import pytest
from pyarrow import parquet

from mlpkg.data.output import read_rows

e2e = pytest.mark.e2e
TOLERANCE = 0.005


@pytest.fixture
def crawl(tmp_path, page):
    """Pages in three forms, one of them not to be read."""
    folder = tmp_path / "crawl"
    folder.mkdir()
    text = page.read_text(encoding="utf-8")
    for number in range(3):
        (folder / f"{number}.txt").write_text(text, encoding="utf-8")
    html = "<!doctype html><html><body><p>It rained. We left.</p></body></html>"
    (folder / "b.html").write_text(html, encoding="utf-8")
    records = [{"text": f"{text}Story {n} ends."} for n in range(5)]
    lines = [json.dumps(record) for record in records]
    (folder / "c.jsonl").write_text("\n".join([*lines, "{"]), encoding="utf-8")
    return folder


def without_probabilities(row):
    numbers = ("confidence", "p_")
    return {k: v for k, v in row.items() if not k.startswith(numbers)}


@e2e
def test_shards_hold_the_rows_of_a_single_file(command, crawl, tmp_path):
    command("classify", crawl, "-o", tmp_path / "rows.parquet")
    line = ("classify", crawl, "-o", f"{tmp_path}/out/", "--shard-pages", 3)
    done = command(*line, "--workers", 2)
    assert done.code == 1  # a record is broken, in both
    assert "pages: 9, segments: " in done.err
    assert "left out: 1 (listed in" in done.err
    single = read_rows(tmp_path / "rows.parquet")
    shards = sorted((tmp_path / "out").glob("shard-*.parquet"))
    bulk = [row for shard in shards for row in read_rows(shard)]
    assert len(shards) > 2
    assert [without_probabilities(row) for row in bulk] == [
        without_probabilities(row) for row in single
    ]
    for one, other in zip(bulk, single, strict=True):
        for name in (name for name in one if name.startswith("p_")):
            assert one[name] == pytest.approx(other[name], abs=TOLERANCE)
    again = command(*line)
    assert "pages: 0 (9 more before)" in again.err
    assert again.code == 1


@e2e
def test_other_tables_read_the_folder_as_it_is(command, page, tmp_path):
    command("classify", page, "-o", f"{tmp_path}/out/", "--articles", "--workers", 1)
    [row] = parquet.read_table(tmp_path / "out").to_pylist()
    assert row["article_id"] == page.name
    assert row["n_boilerplate"] >= 2
    assert "ferry" in row["text"]


@pytest.mark.parametrize(
    ("options", "told"),
    [
        (("--select", "claim"), "--select is for a folder of shards"),
        (("--shard", "1/2"), "--shard is for a folder of shards"),
        (("--to", "jsonl"), "--to is for a folder of shards"),
        (("-o", "out/", "--html", "a.html"), "neither --json nor --html"),
        (("-o", "out/", "--shard", "one"), "a slice is written as 3/16, got 'one'"),
    ],
)
def test_wrong_use_is_told_before_any_work(command, page, options, told):
    done = command("classify", page, *options)
    assert done.code == 2
    assert told in done.err


def test_shards_need_files(command):
    done = command("classify", "-o", "out/")
    assert done.code == 2
    assert "a folder of shards is made from files" in done.err
