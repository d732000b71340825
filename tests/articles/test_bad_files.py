"""Hostile packed files, tables and folders, one mechanism each."""

from __future__ import annotations

import gzip
import io
import json
import os
import random
import re
import socket
import sys

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from datasets import Dataset, DatasetDict

from mlpkg.articles import open_articles, sources, streams
from mlpkg.records import ReadFailure

posix = pytest.mark.skipif(sys.platform == "win32", reason="needs links and pipes")
ROWS = [{"id": f"r{n}", "text": f"It rained on day {n}. " * 9} for n in range(3000)]
LINES = "\n".join(map(json.dumps, ROWS)).encode()
IDS = [row["id"] for row in ROWS]


def zstd(data: bytes) -> bytes:
    return pa.compress(data, codec="zstd", asbytes=True)


def parquet(*columns: pa.Array, names: tuple[str, ...] = ("id", "text")) -> bytes:
    stream = io.BytesIO()
    pq.write_table(pa.table(list(columns), names=list(names)), stream)
    return stream.getvalue()


def rows(text: list[object], type_: pa.DataType | None = None) -> bytes:
    return parquet(pa.array([f"r{n}" for n in range(len(text))]), pa.array(text, type_))


def groups(damage: int) -> bytes:
    """A Parquet file of many row groups; bytes from `damage` on are overwritten."""
    stream = io.BytesIO()
    noise = random.Random(0)  # noqa: S311 (nothing secret)
    texts = [noise.randbytes(2000).hex() for _ in ROWS[:300]]
    table = pa.table({"id": IDS[:300], "text": texts})
    pq.write_table(
        table,
        stream,
        row_group_size=50,
        use_dictionary=False,
        write_page_checksum=True,
    )
    data = bytearray(stream.getvalue())
    data[damage : damage + 3000] = b"\xff" * 3000
    return bytes(data)


PACKED, ZPACKED = gzip.compress(LINES), zstd(LINES)
PLAIN = rows(["It rained.", "We left."])

# Mechanism: file name, content, ids that are read (None: some), what is told.
FILES = {
    "gzip that is cut": ("r.jsonl.gz", PACKED[:-900], None, "after line .*gzip file"),
    "gzip without its check": (
        "r.jsonl.gz",
        PACKED[:-8],
        None,
        "after line 2999: ",
    ),
    "gzip with a wrong check": (
        "r.jsonl.gz",
        PACKED[:-8] + bytes(8),
        None,
        "after line .*CRC check failed",
    ),
    "gzip before other bytes": ("r.jsonl.gz", PACKED + b"x", None, "not a whole gzip"),
    "gzip of two parts": ("r.txt.gz", gzip.compress(b"It ") * 2, ["r.txt.gz"], ""),
    "gzip in gzip": (
        "a.txt.gz",
        gzip.compress(gzip.compress(b"x" * 99)),
        [],
        "not text",
    ),
    "gzip of nothing": ("a.txt.gz", gzip.compress(b""), [], "holds no text"),
    "gzip by name alone": ("a.txt.gz", b"It rained.", [], "not a whole gzip file"),
    "an empty gzip file": ("a.txt.gz", b"", [], "not a whole gzip file"),
    "gzip under another name": ("a.txt", gzip.compress(b"It rained."), ["a.txt"], ""),
    "gzip of a million line ends": (
        "r.jsonl.gz",
        gzip.compress(b"\n" * 9_000_000),
        [],
        r"gzip bytes that expand more than 200-fold, to over \d MiB",
    ),
    "gzip of zeros": (
        "a.txt.gz",
        gzip.compress(bytes(9_000_000)),
        [],
        "larger than 300,000 bytes",
    ),
    "zstd that is cut": ("r.jsonl.zst", ZPACKED[:-900], None, "not a whole zstd file"),
    "zstd before other bytes": ("r.jsonl.zst", ZPACKED + b"xyz", None, "not a whole z"),
    "zstd by name alone": ("a.txt.zst", b"It rained.", [], "not a whole zstd file"),
    "zstd of zeros": (
        "a.txt.zst",
        zstd(bytes(9_000_000)),
        [],
        "expand more than 200-fold",
    ),
    "zstd of another form": ("r.csv.zst", zstd(b"n\n1\n"), [], "no field with a text"),
    "a page larger than pages are": (
        "a.txt",
        b"x" * 300_001,
        [],
        "larger than 300,000 bytes, the",
    ),
    "Parquet that is cut": ("r.parquet", PLAIN[:-9], [], "not a whole Parquet file"),
    "Parquet by its first bytes": (
        "r.parquet",
        b"PAR1" + bytes(99),
        [],
        "not a whole P",
    ),
    "an empty Parquet file": ("r.parquet", b"", [], "not a whole Parquet file"),
    "Parquet with a damaged part": (
        "r.parquet",
        groups(700_000),
        None,
        "after row .*whole",
    ),
    "Parquet without rows": ("r.parquet", rows([], pa.string()), [], "holds no record"),
    "Parquet without a text": (
        "r.parquet",
        parquet(pa.array([1]), names=("n",)),
        [],
        "r.parquet: no field with a text among 'n'",
    ),
    "a column twice": (
        "r.parquet",
        parquet(pa.array(["x"]), pa.array(["y"]), names=("text", "text")),
        [],
        "column 'text' more than once",
    ),
    "a text column of numbers": (
        "r.parquet",
        rows([7]),
        [],
        "row 1: 'text' must be a t",
    ),
    "a text column of lists": (
        "r.parquet",
        rows([["x"]]),
        [],
        "row 1: 'text' must be a",
    ),
    "a text column of structs": (
        "r.parquet",
        rows([{"x": 1}]),
        [],
        "row 1: 'text' must",
    ),
    "a row of nulls": (
        "r.parquet",
        rows([None, "x"]),
        ["r1"],
        "row 1: no text in 'text'",
    ),
    "a column of nulls": ("r.parquet", rows([None]), [], "row 1: no text in 'text'"),
    "a text column of bytes": ("r.parquet", rows([b"It rained."]), ["r0"], ""),
    "text that is not UTF-8": (
        "r.parquet",
        parquet(pa.array(["r0"]), pa.array([b"caf\xe9 noir"]).view(pa.string())),
        ["r0"],
        "",
    ),
    "a date beyond the calendar": (
        "r.parquet",
        parquet(
            pa.array([10**15], pa.timestamp("s")),
            pa.array(["It rained."]),
            names=("date", "text"),
        ),
        ["r.parquet#1"],
        "",
    ),
    "Parquet under another name": (
        "r.jsonl",
        PLAIN,
        [],
        "not text .control characters",
    ),
    "JSON lines called Parquet": ("r.parquet", LINES, [], "not a whole Parquet file"),
}


@pytest.fixture(autouse=True)
def narrow_bounds(monkeypatch):
    """The same mechanisms with smaller files."""
    monkeypatch.setattr(streams, "FREE_EXPANSION", 100_000)
    monkeypatch.setattr(sources, "MAX_BYTES", 300_000)


@pytest.mark.parametrize(("name", "content", "ids", "told"), FILES.values(), ids=FILES)
def test_what_is_damaged_is_told_and_the_rest_is_read(
    crawl, outcome, name, content, ids, told
):
    (crawl / name).write_bytes(content)
    articles, failures = outcome()
    found = [article.id for article in articles]
    if ids is None:  # what came before the damage
        assert found
        assert found == IDS[: len(found)]
    else:
        assert found == ids
    assert len(failures) == bool(told)
    assert all(re.search(told, failure) for failure in failures)


def save(folder, name="d"):
    Dataset.from_dict({"id": ["r0"], "text": ["It rained."]}).save_to_disk(
        folder / name
    )
    return folder / name


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("state.json", "{}"),
        ("state.json", None),
        ("state.json", '{"_data_files": [{"filename": "../../x.arrow"}]}'),
        ("dataset_info.json", "["),
        ("data-00000-of-00001.arrow", "not arrow"),
        ("data-00000-of-00001.arrow", None),
    ],
)
def test_a_damaged_data_set_is_told(crawl, outcome, name, content):
    Dataset.from_dict({"text": ["It rained."]}).save_to_disk(crawl / "d")
    path = crawl / "d" / name
    path.unlink() if content is None else path.write_text(content, encoding="utf-8")
    articles, (failure,) = outcome()
    assert articles == []
    assert failure.startswith("d: not a whole datasets folder")


@pytest.mark.parametrize(
    "content", ["{}", "[", '{"splits": 7}', '{"splits": ["../up"]}']
)
def test_a_damaged_list_of_splits_is_told(crawl, outcome, content):
    DatasetDict(a=Dataset.from_dict({"text": ["x"]})).save_to_disk(crawl / "d")
    (crawl / "d" / "dataset_dict.json").write_text(content, encoding="utf-8")
    articles, (failure,) = outcome()
    assert articles == []
    assert failure.startswith("d: not a whole datasets folder")


@posix
def test_links_that_lead_out_are_told_and_not_followed(crawl, outcome, tmp_path):
    (tmp_path / "secret.txt").write_text("Not yours.", encoding="utf-8")
    (tmp_path / "secrets").mkdir()
    (tmp_path / "secrets" / "a.txt").write_text("Nor this.", encoding="utf-8")
    (crawl / "a.txt").symlink_to(tmp_path / "secret.txt")
    (crawl / "b").symlink_to(tmp_path / "secrets")
    (crawl / "c.txt").symlink_to("../secret.txt")
    articles, failures = outcome()
    assert articles == []
    assert [failure.partition(": ")[0] for failure in failures] == [
        "a.txt",
        "b",
        "c.txt",
    ]
    assert all("leads out of the folder" in failure for failure in failures)


@posix
def test_links_that_go_round_are_read_once(crawl, outcome):
    (crawl / "sub").mkdir()
    (crawl / "sub" / "a.txt").write_text("It rained.", encoding="utf-8")
    for name in ("up", "again"):
        (crawl / "sub" / name).symlink_to(crawl)
    (crawl / "self.txt").symlink_to("self.txt")
    articles, failures = outcome()
    assert [article.id for article in articles] == ["sub/a.txt"]
    assert [failure.partition(": ")[0] for failure in failures] == ["self.txt"]


@posix
def test_a_pattern_goes_through_no_link(crawl, tmp_path):
    (tmp_path / "secret.txt").write_text("Not yours.", encoding="utf-8")
    (crawl / "a.txt").symlink_to(tmp_path / "secret.txt")
    (crawl / "round").symlink_to(crawl)
    items = list(open_articles(str(crawl / "**" / "*.txt")))
    assert [isinstance(item, ReadFailure) for item in items] == [True, False]
    assert "leads out of the folder" in str(items[0])


@posix
def test_a_link_that_leads_nowhere_is_told(crawl, outcome):
    (crawl / "a.txt").symlink_to("gone.txt")
    articles, (failure,) = outcome()
    assert articles == []
    assert failure == "a.txt: No such file or directory"


def test_folders_under_the_name_of_a_page_are_folders(crawl, outcome):
    (crawl / "a.html").mkdir()
    (crawl / "a.html" / "b.txt").write_text("It rained.", encoding="utf-8")
    (crawl / "empty.html").mkdir()
    articles, failures = outcome()
    assert [article.id for article in articles] == ["a.html/b.txt"]
    assert failures == []


@posix
def test_pipes_and_sockets_are_refused_without_waiting(crawl, outcome):
    os.mkfifo(crawl / "a.txt")
    with socket.socket(socket.AF_UNIX) as open_socket:
        open_socket.bind(os.path.relpath(crawl / "b.txt"))
        articles, failures = outcome()
    assert articles == []
    assert [failure.partition(" but ")[0] for failure in failures] == [
        "a.txt: not a regular file",
        "b.txt: not a regular file",
    ]


@posix
def test_a_device_is_refused():
    (failure,) = open_articles("/dev/zero")
    assert "not a regular file but a pipe, socket or device" in str(failure)


@posix
def test_a_name_that_is_not_text_is_shown_as_such(crawl, outcome):
    with open(os.fsencode(crawl) + b"/caf\xe9.txt", "wb") as file:  # noqa: PTH123
        file.write(b"It rained.")
    (article,), failures = outcome()
    assert article.id == "caf\ufffd.txt"
    assert article.meta["source"].endswith("caf\ufffd.txt")
    assert failures == []


def test_hidden_files_and_unknown_suffixes_are_passed_over(crawl, outcome):
    for name in ("._a.html", ".git/b.txt", "c.exe", "d"):
        path = crawl / name
        path.parent.mkdir(exist_ok=True)
        path.write_text("It rained.", encoding="utf-8")
    assert outcome() == ([], [])


def test_folders_in_folders_by_the_hundred_do_no_harm(crawl, outcome):
    (crawl / "/".join("d" * 300)).mkdir(parents=True)
    assert outcome() == ([], [])
