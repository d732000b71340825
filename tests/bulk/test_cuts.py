import gzip
import json

import pyarrow as pa
import pytest
from datasets import Dataset
from pyarrow import parquet

from mlpkg.articles.files import InputFile, list_files
from mlpkg.articles.sources import open_articles, read_files
from mlpkg.bulk.cuts import PACKED_PIECES, Cutting, cut

TEXTS = [f"The bridge number {n} opened. It was bad." for n in range(40)]


def lines(texts=TEXTS, end="\n"):
    return end.join(json.dumps({"text": text}) for text in texts).encode() + b"\n"


def write_plain(folder):
    (folder / "r.jsonl").write_bytes(lines())


def write_crlf(folder):
    (folder / "r.jsonl").write_bytes(lines(end="\r\n"))


def write_blank_lines(folder):
    (folder / "r.jsonl").write_bytes(lines(end="\n\n").rstrip())


def write_lone_returns(folder):
    (folder / "r.jsonl").write_bytes(lines(TEXTS[:30]) + lines(TEXTS[30:], end="\r"))


def write_gzip(folder):
    (folder / "r.jsonl.gz").write_bytes(gzip.compress(lines()))


def write_wide(folder):
    (folder / "r.jsonl").write_bytes(lines().decode().encode("utf-16"))


def write_small_groups(folder):
    table = pa.table({"text": TEXTS})
    parquet.write_table(table, folder / "r.parquet", row_group_size=4)


def write_large_group(folder):
    parquet.write_table(pa.table({"text": TEXTS}), folder / "r.parquet")


def write_data_set(folder):
    Dataset.from_dict({"text": TEXTS}).save_to_disk(folder / "set")


def write_csv(folder):
    text = "text\n" + "\n".join(TEXTS)
    (folder / "r.csv").write_text(text, encoding="utf-8")


def write_warc(folder):
    records = []
    for number, text in enumerate(TEXTS):
        http = f"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n<p>{text}</p>"
        head = (
            "WARC/1.0\r\nWARC-Type: response\r\nContent-Type: application/http; "
            f"msgtype=response\r\nWARC-Target-URI: http://a.example/{number}\r\n"
            f"Content-Length: {len(http)}\r\n\r\n"
        )
        records.append(gzip.compress(f"{head}{http}\r\n\r\n".encode()))
    (folder / "r.warc.gz").write_bytes(b"".join(records))


CUT = [
    write_plain,
    write_crlf,
    write_blank_lines,
    write_gzip,
    write_small_groups,
    write_large_group,
    write_data_set,
    write_warc,
]


def pieces_of(folder, pages=7):
    files = list_files(folder)
    return [piece for file in files for piece in cut(file, Cutting(pages))]


def facts(articles):
    return [(article.id, article.text, article.meta) for article in articles]


@pytest.mark.parametrize("write", [*CUT, write_lone_returns, write_wide, write_csv])
def test_the_pieces_read_like_the_whole(tmp_path, write):
    write(tmp_path)
    files = [file for file, _ in pieces_of(tmp_path)]
    whole = facts(open_articles(tmp_path))
    assert len(whole) == len(TEXTS)
    assert [fact for file in files for fact in facts(read_files([file]))] == whole


@pytest.mark.parametrize("write", CUT)
def test_what_can_be_cut_is_cut_small(tmp_path, write):
    write(tmp_path)
    assert len(pieces_of(tmp_path)) >= 4


def test_a_packed_file_is_cut_into_few_pieces(tmp_path):
    write_gzip(tmp_path)
    assert 2 < len(pieces_of(tmp_path, pages=1)) <= PACKED_PIECES


def test_the_pages_of_small_files_are_counted(tmp_path):
    (tmp_path / "r.jsonl").write_bytes(lines(TEXTS[:3]))
    assert [pages for _, pages in pieces_of(tmp_path)] == [3]


def test_rows_that_are_sentences_stay_together(tmp_path):
    rows = [{"article": "a", "index": n, "text": text} for n, text in enumerate(TEXTS)]
    parquet.write_table(pa.Table.from_pylist(rows), tmp_path / "r.parquet")
    text = "\n".join(json.dumps(row) for row in rows)
    (tmp_path / "r.jsonl").write_text(text, encoding="utf-8")
    assert len(pieces_of(tmp_path)) == 2


@pytest.mark.parametrize("name", ["a.jsonl", "a.parquet", "a.jsonl.gz", "a.warc", "a"])
def test_what_cannot_be_read_is_one_piece(tmp_path, name):
    path = tmp_path / name
    path.write_bytes(b"\x00\x01\x02\x03\x04\x05\x06\x07" * 100)
    file = InputFile(str(path), name, name.partition(".")[2].partition(".")[0])
    assert [piece for piece, _ in cut(file, Cutting(7))] == [file]
