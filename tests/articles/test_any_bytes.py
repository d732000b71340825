"""Whatever the bytes: articles with valid blocks or failures, and nothing else."""

from __future__ import annotations

import csv
import gzip
import io
import json
from types import SimpleNamespace
from unittest import mock

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mlpkg.articles import open_articles
from mlpkg.articles.forms import FORMS
from mlpkg.records import Article, ReadFailure
from mlpkg.segmentation import Segmenter

MARKUP = st.text(st.sampled_from("<>/=\"'& abphtmldiv!-[];#x\n\0é"), max_size=200)
# Bytes at random, and bytes dense in what the readers look at.
PIECES = st.sampled_from(
    [b'{"text": "', b'"}', b"text,id\n", b'"', b",", b"\n", b"\r", b"\0", b"[", b"]"]
    + [b"\xff\xfe", b"\xef\xbb\xbf", b"\xc3", b"PAR1", b"\x1f\x8b\x08", b"<p>", b"</"]
    + [b"\x28\xb5\x2f\xfd", b"\\ud800", b'"html": "<b>x', b"It rained. We left."]
)
BYTES = st.binary(max_size=300) | st.lists(PIECES, max_size=30).map(b"".join)
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner),
    max_leaves=5,
)
NAMES = st.sampled_from(["text", "html", "sentences", "id", "doc", "i", "url", "n"])
RECORDS = st.lists(st.dictionaries(NAMES, VALUES, max_size=5), min_size=1, max_size=5)


def read(data: bytes, form: str | None = None) -> list[Article | ReadFailure]:
    """Read standard input; segment what is read."""
    stream = SimpleNamespace(buffer=io.BytesIO(data))
    with mock.patch("sys.stdin", stream):
        items = list(open_articles("-", format=form))
    for item in items:
        if isinstance(item, ReadFailure):
            assert item.reason
            continue
        item.text.encode("utf-8")
        text, last = item.text, 0
        for segment in Segmenter().segment(item).segments:
            assert not text[last : segment.start].strip()
            assert segment.text == text[segment.start : segment.end].strip()
            last = segment.end
        assert not text[last:].strip()
    return items


@given(BYTES, st.sampled_from([None, *FORMS]))
def test_any_bytes_under_any_form_are_read_or_refused(data, form):
    assert read(data, form)


@given(BYTES, st.integers(0, 400))
def test_any_packed_bytes_are_read_or_refused(data, end):
    assert read(gzip.compress(data)[:end])
    assert read(pa.compress(data, codec="zstd", asbytes=True)[:end])


@given(MARKUP)
def test_any_markup_is_read_or_refused(markup):
    assert len(read(markup.encode(), "html")) == 1


@given(RECORDS)
def test_every_record_is_an_article_a_sentence_or_a_failure(records):
    lines = "\n".join(map(json.dumps, records)).encode()
    items = read(lines, "jsonl")
    whole = read(json.dumps(records).encode(), "json")
    assert 1 <= len(items) <= len(records)
    assert [type(item) for item in whole] == [type(item) for item in items]
    texts = [getattr(item, "text", None) for item in items]
    assert [getattr(item, "text", None) for item in whole] == texts


CELLS = st.text(st.characters(exclude_categories=["Cc", "Cs"]), max_size=9)


@given(st.lists(st.lists(CELLS, min_size=2, max_size=2), min_size=1, max_size=9))
def test_every_csv_row_that_a_program_wrote_is_told_or_read(cells):
    stream = io.StringIO(newline="")
    csv.writer(stream).writerows([["text", "n"], *cells])
    items = read(stream.getvalue().encode("utf-8", "replace"), "csv")
    assert len(items) == len(cells)


@pytest.mark.parametrize("form", FORMS)
def test_nothing_is_a_failure_under_every_form(form):
    (failure,) = read(b"", form)
    assert isinstance(failure, ReadFailure)
