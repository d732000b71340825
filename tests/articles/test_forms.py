from __future__ import annotations

from typing import get_args

import pytest

from mlpkg.articles.forms import FORMS, check_form, form_of_content, form_of_name
from mlpkg.cli.reading_options import Format
from mlpkg.exceptions import DataError


@pytest.mark.parametrize(
    ("name", "form"),
    [
        ("a.txt", "text"),
        ("a.MD", "text"),
        ("a.htm", "html"),
        ("a.b.jsonl", "jsonl"),
        ("a.ndjson.gz", "jsonl"),
        ("a.csv.ZST", "csv"),
        ("a.html.gz", "html"),
        ("a.parquet", "parquet"),
        ("CRAWL-0.warc.gz", "warc"),
        ("CRAWL-0.warc.wet.gz", "warc"),
        ("a.gz", ""),
        ("a.exe", ""),
        ("txt", ""),
        ("", ""),
    ],
)
def test_the_suffix_tells_the_form_packed_or_not(name, form):
    assert form_of_name(name) == form


@pytest.mark.parametrize(
    ("head", "form"),
    [
        (b"PAR1\x15", "parquet"),
        (b"WARC/1.0\r\n", "warc"),
        (b"\xef\xbb\xbf<!doctype html>", "html"),
        (b'\xef\xbb\xbf{"text": "x"}', "jsonl"),
        (b'{ "text": "' + b"x" * 5000, "jsonl"),
        (b'{\n  "text": "x"\n}', "json"),
        (b'[\n {"text": "x"}', "json"),
        (b"id,text\n1,It rained.", "csv"),
        (b"id;body\r\n1;It rained.", "csv"),
        (b'"id"\t"text"\n', "tsv"),
        (b"Home, News, Sport\nIt rained.", "text"),
        (b"[Updated] It rained.", "text"),
        (b"{It rained.}", "text"),
        (b"text\nIt rained.", "text"),
        (b"text, 100% new: html\nIt rained.", "text"),
        (b"id,text", "text"),
        (b"", "text"),
    ],
)
def test_the_beginning_of_the_content_tells_the_form(head, form):
    assert form_of_content(head) == form


def test_the_command_line_offers_the_forms_that_there_are():
    literal = get_args(get_args(Format)[0])[0]
    assert get_args(literal) == FORMS


def test_an_unknown_form_is_refused_with_those_known():
    assert check_form(None) == ""
    with pytest.raises(
        DataError, match=r"unknown format 'xlsx'; known: text, html, js"
    ):
        check_form("xlsx")
