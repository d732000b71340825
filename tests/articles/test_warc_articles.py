"""Pages of WARC files through `open_articles`, as a user's crawl comes in."""

from __future__ import annotations

import gzip
import io
import logging
from dataclasses import replace
from types import SimpleNamespace

import pyarrow as pa
import pytest
from fastwarc.stream_io import ZstdWriter

from mlpkg.articles import open_articles
from mlpkg.articles.files import InputFile
from mlpkg.articles.sources import read_files
from mlpkg.articles.warc_records import record_starts
from mlpkg.records import Article, ReadFailure

PAGE = "<html lang=en><title>Quay</title><p>The quay is shut.</p></html>"


@pytest.fixture
def save(tmp_path):
    """Write records to a file: ``save(record, …, name="a.warc")``."""

    def write(*records, name="a.warc", pack=bytes):
        path = tmp_path / name
        path.write_bytes(b"".join(map(pack, records)))
        return path

    return write


def zstd(data):
    return pa.compress(data, "zstd", asbytes=True)


@pytest.mark.parametrize(
    ("name", "pack"),
    [
        ("a.warc", bytes),
        ("a.warc.gz", gzip.compress),
        ("a.WARC.zst", zstd),
        ("crawl", bytes),
        ("crawl", gzip.compress),
        ("crawl", zstd),
    ],
)
def test_suffix_or_content_tell_a_warc_file(name, pack, save, make_record):
    path = save(make_record(PAGE), make_record(PAGE, n=2), name=name, pack=pack)
    one, two = open_articles(path)
    assert one.text == two.text == "The quay is shut."
    assert (one.id, two.id) == ("urn:uuid:1", "urn:uuid:2")
    assert one.url == "https://news.example/1"
    assert (one.title, one.language) == ("Quay", "en")
    assert one.meta["record"] == "1"
    assert one.meta["warc_date"] == "2024-01-02T03:04:05Z"
    assert one.meta["source"] == str(path)


def test_a_dictionary_before_the_records_is_used(tmp_path, make_record):
    path = tmp_path / "a.warc.zst"
    words = (PAGE * 50).encode()
    writer = ZstdWriter(str(path), dictionary=words)
    writer.write(make_record(PAGE))
    writer.close()
    (article,) = open_articles(path)
    assert article.text == "The quay is shut."


def test_standard_input_is_known_for_a_crawl(monkeypatch, make_record):
    data = gzip.compress(make_record(PAGE)) + gzip.compress(make_record(PAGE, n=2))
    monkeypatch.setattr("sys.stdin", SimpleNamespace(buffer=io.BytesIO(data)))
    assert [article.id for article in open_articles("-")] == [
        "urn:uuid:1",
        "urn:uuid:2",
    ]


def test_a_stated_format_makes_anything_a_crawl(save, make_record):
    path = save(b"junk\n" * 9, make_record(PAGE), name="a.txt")
    failure, article = open_articles(path, format="warc")
    assert failure.position == "record 1"
    assert "no WARC record begins with b'junk" in failure.reason
    assert article.text == "The quay is shut."


def test_folders_and_patterns_find_crawls(save, make_record, tmp_path):
    save(make_record(PAGE), name="a.warc.gz", pack=gzip.compress)
    save(make_record(PAGE, n=2), name="b.warc")
    assert len(list(open_articles(tmp_path))) == 2
    assert len(list(open_articles(tmp_path / "*.warc"))) == 1


def test_what_is_no_page_is_counted_and_told_once(save, make_record, caplog):
    path = save(
        make_record(PAGE),
        *[make_record(kind="request", head="GET / HTTP/1.1")] * 3,
        make_record(PAGE, head="HTTP/1.1 404 Not Found"),
        make_record("x", head="HTTP/1.1 200 OK\r\nContent-Type: image/png"),
        make_record("x", content_type="text/dns", head=""),
        make_record("x", kind="revisit"),
    )
    with caplog.at_level(logging.WARNING):
        assert len(list(open_articles(path))) == 1
    assert caplog.messages == [
        "a.warc: passed over 3 × request record, 1 × status 404, 1 × image/png, "
        "1 × text/dns, 1 × revisit record"
    ]


def test_types_without_end_are_counted_together(save, make_record, caplog):
    records = [
        make_record("x", n=n, head=f"HTTP/1.1 200 OK\r\nContent-Type: a/{n}")
        for n in range(300)
    ]
    with caplog.at_level(logging.WARNING):
        (failure,) = open_articles(save(*records))
    assert failure.reason == "holds no page"
    (line,) = caplog.messages
    assert line.count("×") < 20
    assert "other" in line


def test_stored_pages_and_texts_of_pages_are_read_too(save, make_record):
    path = save(
        make_record(PAGE, kind="resource", content_type="text/html", head=""),
        make_record("Café.", kind="conversion", content_type="text/plain", head=""),
        make_record(PAGE, n=3, head="HTTP/1.1 200 OK"),
        name="a.warc.wet",
    )
    articles = list(open_articles(path))
    assert [a.text for a in articles] == [
        "The quay is shut.",
        "Café.",
        articles[0].text,
    ]


CHARSETS = {
    "what the server states": ("iso-8859-1", "Café".encode("cp1252"), "cp1252"),
    "before what the page states": (
        "shift_jis",
        '<meta charset="latin1">日本語の頁'.encode("shift_jis"),
        "shift_jis",
    ),
    "what the page states": ("", '<meta charset="big5">中文'.encode("big5"), "big5"),
    "where the server's does not fit": (
        "utf-8",
        '<meta charset="big5">中文'.encode("big5"),
        "big5",
    ),
    "UTF-8 that is stated as something else": ("latin1", "Café".encode(), "utf-8"),
    "where there is no such": (
        "quux",
        '<meta charset="big5">中文'.encode("big5"),
        "big5",
    ),
    "text in escapes": ("iso-2022-jp", "日本語".encode("iso2022_jp"), "iso2022_jp"),
    "two bytes a letter": ("utf-16", "Café".encode("utf-16-le"), "utf-16-le"),
}


@pytest.mark.parametrize(("stated", "body", "codec"), CHARSETS.values(), ids=CHARSETS)
def test_the_charset_is(stated, body, codec, save, make_record):
    head = f"HTTP/1.1 200 OK\r\nContent-Type: text/html; charset={stated}"
    page = "<p>".encode("utf-16-le") + body if stated == "utf-16" else b"<p>" + body
    (article,) = open_articles(save(make_record(page, head=head)))
    assert article.text == body.decode(codec).rpartition(">")[2]
    assert article.meta["encoding"] == codec


def test_a_bad_page_costs_only_itself(save, make_record):
    head = "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Encoding: gzip"
    path = save(
        make_record(PAGE),
        make_record(gzip.compress(PAGE.encode())[:-9], head=head),
        make_record("<p></p>"),
        make_record("", head=""),
        make_record(PAGE, n=5),
    )
    first, cut, empty, nothing, last = open_articles(path)
    assert isinstance(first, Article)
    assert isinstance(last, Article)
    assert str(cut) == (
        f"{path}, record 2: the content is not whole 'gzip' (its end is missing)"
    )
    assert empty.position == "record 3"
    assert "holds no visible text" in empty.reason
    assert "no HTTP response begins with b''" in nothing.reason


def test_a_damaged_record_is_told_with_its_byte(save, make_record):
    path = save(make_record(PAGE), make_record(PAGE, n=2)[:-30])
    _, failure = open_articles(path)
    assert failure.position == "record 2"
    start = len(make_record(PAGE))
    assert failure.reason.endswith(f"not all there (at byte {start:,} of the file)")


def test_a_page_over_the_limit_is_told_and_other_files_are_passed_over(
    save, make_record, caplog
):
    film = "HTTP/1.1 200 OK\r\nContent-Type: video/mp4"
    pages = [make_record(f"<p>{'rain ' * n}") for n in (40_000, 200)]
    path = save(*pages, make_record("x" * 200_000, head=film), make_record(PAGE, n=3))
    failure, second, article = open_articles(path, page_bytes=1000)
    assert second.reason == failure.reason
    assert (
        failure.reason == "larger than 1,000 bytes, the most that is read as one page"
    )
    assert article.text == "The quay is shut."
    assert "1 × video/mp4" in caplog.text


def test_a_record_without_an_id_is_named_by_its_number_and_copies_apart(
    save, make_record
):
    nameless = make_record(PAGE).replace(b"WARC-Record-ID", b"X-ID")
    path = save(nameless, make_record(PAGE), make_record(PAGE))
    ids = [article.id for article in open_articles(path)]
    assert ids == ["a.warc#1", "urn:uuid:1", "urn:uuid:1#2"]


def test_a_page_that_its_crawler_cut_says_so(save, make_record):
    (article,) = open_articles(save(make_record(PAGE, more="WARC-Truncated: time")))
    assert article.meta["warc_truncated"] == "time"


@pytest.mark.parametrize("pack", [bytes, gzip.compress])
def test_a_run_of_records_is_read_as_the_whole_file_reads_it(pack, save, make_record):
    records = [make_record(PAGE, n=n) for n in range(1, 6)]
    records[1] = make_record(kind="request")
    records[3] = records[3][:-30] + b"\r\n\r\n"
    path = save(*records, pack=pack)
    whole = list(open_articles(path))
    file = InputFile(str(path), "a.warc", "warc")
    starts = [*record_starts(str(path)), (6, 0)]
    runs = [
        replace(file, first=first, last=last - 1, offset=offset)
        for (first, offset), (last, _) in zip(starts, starts[1:], strict=False)
    ]
    assert list(read_files(runs)) == whole
    counted = [replace(run, offset=0) for run in runs]
    assert list(read_files(counted)) == whole
    assert sum(isinstance(item, ReadFailure) for item in whole) == 1


def test_the_caller_may_leave_records_out(save, make_record):
    path = save(make_record(PAGE), make_record(kind="request"), make_record(PAGE, n=3))
    asked = []

    def watch(file, number):
        asked.append((file.name, number))
        return number != 1

    file = InputFile(str(path), "a.warc", "warc")
    (article,) = read_files([file], watch=watch)
    assert article.id == "urn:uuid:3"
    assert asked == [("a.warc", 1), ("a.warc", 3)]
