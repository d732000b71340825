"""Hostile text and HTML files, one mechanism each: read or refused, with the reason."""

from __future__ import annotations

import codecs
import re

import pytest

LINE = "The café’s rent rose by £400, the owner said on Monday.\n"
TEXT = LINE.strip()
UTF8 = LINE.encode()
BOM16 = codecs.BOM_UTF16_LE

# What is read: the beginning of the text.
READ = {
    "a stray null byte": ("a.txt", b"It\0rained.", "It\ufffdrained."),
    "stray control characters": ("a.txt", UTF8 * 9 + b"\x07\x1b[31m", TEXT),
    "bidi marks": ("a.txt", "\u202eIt rained.\u202c".encode(), "\u202eIt rained."),
    "zero-width characters alone": ("a.txt", "\u200b\u2060".encode(), "\u200b"),
    "windows-1252": ("a.txt", LINE.encode("cp1252") * 9, TEXT),
    "cut inside a character": ("a.txt", UTF8 * 9 + "é".encode()[:1], TEXT),
    "overlong UTF-8": ("a.txt", UTF8 * 9 + b"\xc0\xaf", TEXT),
    "surrogates in UTF-8": ("a.txt", UTF8 * 9 + b"\xed\xa0\x80", TEXT),
    "two encodings in a file": (
        "a.txt",
        UTF8 * 9 + LINE.encode("latin-1", "ignore"),
        "",
    ),
    "two byte order marks": ("a.txt", codecs.BOM_UTF8 * 2 + UTF8, TEXT),
    "a mark in the middle": ("a.txt", UTF8 + codecs.BOM_UTF8 + UTF8, TEXT),
    "line ends of an old Mac": (
        "a.txt",
        b"It rained.\rWe left.",
        "It rained.\nWe left.",
    ),
    "mixed line ends": ("a.txt", b"A.\r\nB.\rC.\n", "A.\nB.\nC.\n"),
    "an endless line": ("a.txt", b"word " * 100_000, "word word"),
    "a text without white space": ("a.txt", b"x" * 200_000, "xxx"),
    "nothing but full stops": ("a.txt", b"." * 100_000, "..."),
    "a million line ends": ("a.txt", b"\n" * 1_000_000 + b"It rained.", "\n"),
    "an upper-case suffix": ("a.TXT", b"It rained.", "It rained."),
    "markup nested 100,000 deep": ("a.html", b"<div>" * 100_000 + b"Hi", "Hi"),
    "inline markup nested deep": ("a.html", b"<b><i>" * 50_000 + b"Hi", "Hi"),
    "end tags without a start": ("a.html", b"</p></div>" * 9_000 + b"Hi", "Hi"),
    "a tag of a megabyte": (
        "a.html",
        b"<p>Hi</p><p title=" + b"a" * 1_000_000 + b">Ho",
        "Hi\nHo",
    ),
    "a tag that never ends": ("a.html", b"<p>Hi</p><p title='" + b"a" * 99, "Hi"),
    "a comment that never ends": ("a.html", b"<p>Hi</p><!-- " + b"a" * 99, "Hi"),
    "entities by the hundred thousand": (
        "a.html",
        b"<p>" + b"&amp;" * 100_000,
        "&&&",
    ),
    "entities that define each other": (
        "a.xhtml",
        b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;">'
        b"<!ENTITY c '&b;&b;&b;'>]><html><body><p>Hi &c;</p></body></html>",
        "",
    ),
    "an entity outside Unicode": ("a.html", b"<p>Hi &#x110000;&#xD800;&#0;", "Hi"),
    "null bytes in markup": ("a.html", b"<p>H\0i</p>", "H\ufffdi"),
    "a charset that is not so": (
        "a.html",
        b'<meta charset="utf-8"><p>' + LINE.encode("cp1252") * 9,
        TEXT,
    ),
    "a charset that does not exist": (
        "a.html",
        b'<meta charset="utf-88"><p>' + UTF8,
        TEXT,
    ),
    "a suffix of HTML on plain text": ("a.html", b"It rained.", "It rained."),
    "wide HTML": ("a.html", BOM16 + "<p>It rained.".encode("utf-16-le"), "It rained."),
}

# What is refused: the reason.
REFUSED = {
    "an empty file": ("a.txt", b"", "holds no text"),
    "white space": ("a.txt", b" \r\n\t\f" * 99, "holds no text"),
    "wide white space": ("a.txt", "\u00a0\u2003\u3000".encode(), "holds no text"),
    "a byte order mark alone": ("a.txt", codecs.BOM_UTF8, "holds no text"),
    "a program": ("a.txt", b"\x7fELF" + bytes(500), "not text .control characters"),
    "a picture": ("a.txt", b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR" + bytes(99), "not text"),
    "a PDF": ("a.md", b"%PDF-1.7\n" + bytes(range(256)) * 9, "not text"),
    "UTF-16 without a mark": ("a.txt", LINE.encode("utf-16-le"), "not text"),
    "UTF-16 cut inside a character": (
        "a.txt",
        BOM16 + LINE.encode("utf-16-le")[:-1],
        "not utf-16-le at byte",
    ),
    "half a surrogate pair": ("a.txt", BOM16 + b"\x3d\xd8", "not utf-16-le at byte 0"),
    "UTF-32 cut": ("a.txt", codecs.BOM_UTF32_LE + b"A\0\0", "not utf-32-le at byte"),
    "UTF-32 beyond Unicode": (
        "a.txt",
        codecs.BOM_UTF32_LE + b"\xff\xff\xff\x7f",
        "not utf-32-le at byte 0",
    ),
    "HTML without a body": ("a.html", b"<html><head></head></html>", "no visible text"),
    "a page of scripts": (
        "a.html",
        b"<script>x()</script><style>p{}</style>",
        "no vis",
    ),
    "a page of frames": (
        "a.html",
        b'<frameset><frame src="a.html"><frame src="b.html"></frameset>',
        "no visible text",
    ),
    "hidden text alone": ("a.html", b'<p style="display:none">Hi</p>', "no visible"),
    "a tag of nothing but its name": ("a.html", b"<" + b"a" * 500_000, "no visible"),
    "a picture called HTML": ("a.html", b"\x89PNG\r\n\x1a\n" + bytes(99), "not text"),
    "more tags than a page has": ("a.html", b"<p>" * 200_001 + b"Hi", "200,001 tags"),
    "more attributes than a tag has": (
        "a.html",
        b"<p " + b" ".join(b"a%d=1" % n for n in range(20_001)) + b">Hi",
        "a tag with 20,00. attributes at character 0",
    ),
}


@pytest.mark.parametrize(("name", "content", "text"), READ.values(), ids=READ)
def test_is_read(crawl, outcome, name, content, text):
    (crawl / name).write_bytes(content)
    (article,), failures = outcome()
    assert article.text.startswith(text)
    assert failures == []


@pytest.mark.parametrize(("name", "content", "reason"), REFUSED.values(), ids=REFUSED)
def test_is_refused_with_the_file_and_the_reason(crawl, outcome, name, content, reason):
    (crawl / name).write_bytes(content)
    articles, (failure,) = outcome()
    assert articles == []
    path, _, why = failure.partition(": ")
    assert path == name
    assert re.search(reason, why)
