from __future__ import annotations

import gzip
import zlib

import brotli
import pyarrow as pa
import pytest

from mlpkg.articles.http_message import content_type, parse_http, plain_content
from mlpkg.exceptions import DataError

PAGE = b"<p>It rained on the quay, and the ferry waited for the rain to end.</p>" * 4
LIMIT = 100_000


def raw_deflate(data):
    packer = zlib.compressobj(wbits=-15)
    return packer.compress(data) + packer.flush()


def zstd(data):
    return pa.compress(data, "zstd", asbytes=True)


def chunked(data):
    half = len(data) // 2
    parts = [data[:half], data[half:]]
    return b"".join(b"%x;a=b\r\n%b\r\n" % (len(p), p) for p in parts) + b"0\r\n\r\n"


def message(content, encoding="", transfer=""):
    lines = [b"HTTP/1.1 200 OK", b"Content-Type: text/html"]
    lines += [b"Content-Encoding: " + encoding.encode()] if encoding else []
    lines += [b"Transfer-Encoding: " + transfer.encode()] if transfer else []
    return parse_http(b"\r\n".join(lines) + b"\r\n\r\n" + content)


CODINGS = {
    "gzip": gzip.compress,
    "x-gzip": gzip.compress,
    "deflate": zlib.compress,
    "br": brotli.compress,
    "zstd": zstd,
    "identity": bytes,
}


@pytest.mark.parametrize("name", CODINGS)
def test_content_codings_are_undone(name):
    assert plain_content(message(CODINGS[name](PAGE), name), LIMIT) == PAGE
    assert plain_content(message(CODINGS[name](PAGE), name.upper()), LIMIT) == PAGE


def test_deflated_bytes_may_lack_their_envelope():
    assert plain_content(message(raw_deflate(PAGE), "deflate"), LIMIT) == PAGE


def test_members_of_gzip_are_joined():
    twice = gzip.compress(PAGE) + gzip.compress(PAGE)
    assert plain_content(message(twice, "gzip"), LIMIT) == PAGE * 2


def test_codings_are_undone_in_the_order_in_which_they_were_made():
    content = chunked(gzip.compress(brotli.compress(PAGE)))
    sent = message(content, "br, gzip", "chunked")
    assert plain_content(sent, LIMIT) == PAGE


@pytest.mark.parametrize("name", [*CODINGS, "never heard of"])
def test_a_page_that_was_unpacked_before_it_was_stored_is_left_as_it_is(name):
    assert plain_content(message(PAGE, name), LIMIT) == PAGE
    assert plain_content(message(PAGE, transfer="chunked"), LIMIT) == PAGE


@pytest.mark.parametrize("name", ["gzip", "deflate", "br", "zstd"])
def test_content_that_is_cut_is_refused(name):
    whole = CODINGS[name](bytes(range(256)) * 40 + PAGE)
    with pytest.raises(DataError, match=f"the content is not whole '{name}'"):
        plain_content(message(whole[:-9], name), LIMIT)


@pytest.mark.parametrize("end", [b"zz\r\n", b"", b"fffffff\r\nx"])
def test_chunks_that_break_off_are_refused(end):
    content = b"5\r\nhello\r\n" + end
    with pytest.raises(DataError, match="not whole 'chunked' .no chunk begins at byte"):
        plain_content(message(content, transfer="chunked"), LIMIT)


def test_binary_content_in_an_unknown_coding_is_refused():
    with pytest.raises(DataError, match="'xpress' is no coding that can be read"):
        plain_content(message(bytes(range(256)), "xpress"), LIMIT)


@pytest.mark.parametrize("name", ["gzip", "deflate", "br", "zstd"])
def test_content_that_expands_beyond_the_limit_is_refused_unseen(name):
    bomb = CODINGS[name](bytes(50 << 20))
    with pytest.raises(DataError, match="larger than 100,000 bytes"):
        plain_content(message(bomb, name), LIMIT)


@pytest.mark.parametrize(
    ("block", "reason"),
    [
        (b"", "no HTTP response begins with b''"),
        (b"<html>", "no HTTP response begins with b'<html>'"),
        (b"HTTP/1.1 abc\r\n\r\n", "no HTTP response"),
        (b"HTTP/1.1 200 OK\r\nContent-Type: text/html", "the HTTP header has no end"),
        (b"HTTP/1.1 200 OK\r\nX: " + b"x" * 70_000 + b"\r\n\r\n", "has no end"),
    ],
)
def test_what_is_no_response_is_refused(block, reason):
    with pytest.raises(DataError, match=reason):
        parse_http(block)


@pytest.mark.parametrize("line", [b"HTTP/2 404\r\n", b"http/1.0 404 Not\xff\n"])
def test_status_and_fields_are_read_from_short_and_old_headers(line):
    found = parse_http(line + b"A: b\n\nrest")
    assert (found.status, found.fields, found.content) == (404, {"a": "b"}, b"rest")


@pytest.mark.parametrize(
    ("value", "found"),
    [
        ("text/html", ("text/html", "")),
        ("text/html;charset='utf-8'", ("text/html", "utf-8")),
        ("TEXT/HTML ; x=y; Charset = Shift_JIS", ("text/html", "shift_jis")),
        ("", ("", "")),
        (";charset=", ("", "")),
    ],
)
def test_type_and_charset_are_told_apart(value, found):
    assert content_type(value) == found
