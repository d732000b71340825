"""Hostile records, one mechanism each: the bad one is told, its neighbours are read."""

from __future__ import annotations

import codecs
import json
import re

import pytest

from mlpkg.articles import text_lines

A, B = '{"id": "a", "text": "It rained."}', '{"id": "b", "text": "We left."}'
BOTH = ["a", "b"]


def between(*lines: str | bytes) -> bytes:
    """JSON lines with a good record before and after."""
    inside = (s if isinstance(s, bytes) else s.encode() for s in lines)
    return b"\n".join([A.encode(), *inside, B.encode(), b""])


def field(**values: object) -> bytes:
    return between(json.dumps(values))


# Mechanism: file name, content, ids that are read, what is told (nothing: "").
JSON = {
    "a line that is no JSON": (
        "r.jsonl",
        between("{text: 1}"),
        BOTH,
        "line 2: not JSON",
    ),
    "a Python dict": ("r.jsonl", between("{'text': 'x'}"), BOTH, "line 2: not JSON"),
    "a trailing comma": ("r.jsonl", between('{"a": 1,}'), BOTH, "line 2: not JSON"),
    "two objects on a line": ("r.jsonl", between(A + B), BOTH, "line 2: .*Extra data"),
    "a line that is cut": (
        "r.jsonl",
        between(A[:30]),
        BOTH,
        "line 2: not JSON .*Unter",
    ),
    "a list": ("r.jsonl", between("[1, 2]"), BOTH, "line 2: expected a JSON object"),
    "a number": (
        "r.jsonl",
        between("7"),
        BOTH,
        "line 2: expected a JSON object, got '7",
    ),
    "null": ("r.jsonl", between("null"), BOTH, "line 2: expected a JSON object"),
    "nesting 100,000 deep": (
        "r.jsonl",
        between('{"text": ' + "[" * 100_000),
        BOTH,
        "line 2: not JSON .nested too deep",
    ),
    "nesting 400 deep beside the text": (
        "r.jsonl",
        between('{"id": "d", "title": ' + "[" * 400 + "]" * 400 + ', "text": "x"}'),
        ["a", "d", "b"],
        "",
    ),
    "an integer of 5,000 digits": (
        "r.jsonl",
        between('{"id": ' + "9" * 5000 + ', "text": "x"}'),
        BOTH,
        "line 2: not JSON .Exceeds the limit",
    ),
    "NaN for an id": (
        "r.jsonl",
        between('{"id": NaN, "text": "x"}'),
        ["a", "r.jsonl#2", "b"],
        "",
    ),
    "infinity for an id": (
        "r.jsonl",
        between('{"id": -Infinity, "text": "x"}'),
        ["a", "-inf", "b"],
        "",
    ),
    "NaN for a text": ("r.jsonl", field(text=float("nan")), BOTH, "line 2: no text in"),
    "null for a text": ("r.jsonl", field(text=None), BOTH, "line 2: no text in 'text'"),
    "an empty text": ("r.jsonl", field(text=" \n"), BOTH, "line 2: no text in 'text'"),
    "a number for a text": (
        "r.jsonl",
        field(text=7),
        BOTH,
        "line 2: 'text' must be a t",
    ),
    "true for a text": ("r.jsonl", field(text=True), BOTH, "line 2: 'text' must be a"),
    "a list for a text": ("r.jsonl", field(text=["x"]), BOTH, "'text' must be a text"),
    "an object for a text": ("r.jsonl", field(text={}), BOTH, "'text' must be a text"),
    "no field with a text": (
        "r.jsonl",
        field(headline="x", n=1),
        BOTH,
        "line 2: no field with a text among 'headline', 'n'; name one with --text",
    ),
    "an empty object": ("r.jsonl", between("{}"), BOTH, "among none at all; name one"),
    "10,000 fields": (
        "r.jsonl",
        field(**{f"f{n}": n for n in range(10_000)}),
        BOTH,
        "line 2: no field .* …; name one",
    ),
    "a field twice": (
        "r.jsonl",
        between('{"id": "c", "text": "x", "text": "y"}'),
        ["a", "c", "b"],
        "",
    ),
    "a list for an id": (
        "r.jsonl",
        field(id=[1], text="x"),
        BOTH,
        "'id' must be a word",
    ),
    "an id that came before": (
        "r.jsonl",
        field(id="a", text="x"),
        ["a", "a#2", "b"],
        "",
    ),
    "an id with path parts": (
        "r.jsonl",
        field(id="../../etc/passwd", text="x"),
        ["a", "../../etc/passwd", "b"],
        "",
    ),
    "half a surrogate pair": (
        "r.jsonl",
        between('{"id": "\\ud800", "text": "\\udfff"}'),
        ["a", "\ufffd", "b"],
        "",
    ),
    "null bytes": (
        "r.jsonl",
        between('{"id": "n", "text": "\\u0000x"}'),
        ["a", "n", "b"],
        "",
    ),
    "sentences that are a text": (
        "r.jsonl",
        field(sentences="x"),
        BOTH,
        "'sentences' must be a list of texts, got 'x'",
    ),
    "a sentence that is a number": (
        "r.jsonl",
        field(sentences=["x", 5]),
        BOTH,
        "got 5 as number 2",
    ),
    "no sentences": ("r.jsonl", field(sentences=[]), BOTH, "'sentences' holds no text"),
    "sentences of white space": (
        "r.jsonl",
        field(sentences=[" ", "\n"]),
        BOTH,
        "'sentences' holds no text",
    ),
    "html without text": ("r.jsonl", field(html="<b></b>"), BOTH, "no visible text"),
    "empty html beside a text": (
        "r.jsonl",
        field(id="h", html="", text="x"),
        ["a", "h", "b"],
        "",
    ),
    "a line of another encoding": (
        "r.jsonl",
        between('{"id": "é", "text": "é"}'.encode("cp1252")),
        ["a", "é", "b"],
        "",
    ),
    "blank lines": ("r.jsonl", between("", " ", "\t"), BOTH, ""),
    "line ends of an old Mac": ("r.jsonl", between().replace(b"\n", b"\r"), BOTH, ""),
    "a mark before every line": (
        "r.jsonl",
        between().replace(b"{", codecs.BOM_UTF8 + b"{"),
        BOTH,
        "",
    ),
    "wide JSON lines": ("r.jsonl", between().decode().encode("utf-16"), BOTH, ""),
    "wide JSON lines, cut": (
        "r.jsonl",
        between().decode().encode("utf-16")[:-3],
        BOTH[:1],
        "after line 1: not utf-16",
    ),
    "lines that are binary": (
        "r.jsonl",
        bytes(range(256)) * 9,
        [],
        "not text .control",
    ),
    "an empty file of lines": ("r.jsonl", b"", [], "r.jsonl: holds no record"),
    "lines that are HTML": ("r.jsonl", b"<p>It rained.</p>", [], "line 1: not JSON"),
    "an array without an end": ("r.json", f"[{A}, {B}".encode(), BOTH, "has no end"),
    "an array with a broken item": (
        "r.json",
        f"[{A}, {{x}}, {B}]".encode(),
        ["a"],
        "after record 1: not JSON",
    ),
    "an array of other things": ("r.json", b"[1]", [], "record 1: expected a JSON obj"),
    "an array of arrays": ("r.json", b"[[{}]]", [], "record 1: expected a JSON object"),
    "an array nested deep": ("r.json", b"[" * 100_000, [], "not JSON .nested too deep"),
    "an empty array": ("r.json", b"[]", [], "r.json: holds no record"),
    "an object of another shape": ("r.json", b'{"data": []}', [], "among 'data'; name"),
    "bytes that are not UTF-8": (
        "r.json",
        b'[{"text": "\xff"}]',
        [],
        "not utf-8-sig .*; name the encoding",
    ),
    "objects that follow each other": ("r.json", (A + B).encode(), BOTH, ""),
    "text after an array": (
        "r.json",
        f"[{A}, {B}] x".encode(),
        BOTH,
        "after record 2: n",
    ),
}

HEAD = "id,text\na,It rained.\n"
TAIL = "b,We left.\n"
CSV = {
    "a quote inside a quoted cell": (
        "r.csv",
        f'{HEAD}c,"x" y\n{TAIL}',
        BOTH,
        "line 3: not CSV",
    ),
    "a quote that is never closed": (
        "r.csv",
        f'{HEAD}c,"x\n{TAIL}',
        BOTH,
        "line 3: not CSV .unexpected end",
    ),
    "a quote in a cell without quotes": (
        "r.csv",
        f'{HEAD}c,5" pipe\n{TAIL}',
        ["a", "c", "b"],
        "",
    ),
    "a cell too many": (
        "r.csv",
        f"{HEAD}c,x,y\n{TAIL}",
        BOTH,
        "line 3: 3 fields where",
    ),
    "a cell too few": (
        "r.csv",
        f"{HEAD}c\n{TAIL}",
        BOTH,
        "line 3: 1 fields where the h",
    ),
    "a null byte": ("r.csv", f"{HEAD}c\0,x\n{TAIL}", ["a", "c\ufffd", "b"], ""),
    "a cell of 200,000 characters": (
        "r.csv",
        f"{HEAD}c,{'x' * 200_000}\n{TAIL}",
        ["a", "c", "b"],
        "",
    ),
    "line ends inside a cell": (
        "r.csv",
        f'{HEAD}c,"x\ny"\n{TAIL}',
        ["a", "c", "b"],
        "",
    ),
    "old line ends": ("r.csv", (HEAD + TAIL).replace("\n", "\r"), BOTH, ""),
    "blank rows": ("r.csv", f"{HEAD}\n\n{TAIL}", BOTH, ""),
    "an empty text cell": ("r.csv", f"{HEAD}c, \n{TAIL}", BOTH, "line 3: no text in"),
    "a header alone": ("r.csv", "id,text\n", [], "r.csv: holds no record"),
    "no header": ("r.csv", "", [], "r.csv: holds no record"),
    "a column twice": ("r.csv", "text,text\nx,y\n", [], "column 'text' more than once"),
    "a header that is broken": ("r.csv", 'id,"text" x\na,b\n', [], "no header to read"),
    "a header without a text": (
        "r.csv",
        "n,m\n1,2\n3,4\n",
        [],
        "^r.csv: no field with",
    ),
    "semicolons": ("r.csv", (HEAD + TAIL).replace(",", ";"), BOTH, ""),
    "tabs": ("r.tsv", (HEAD + TAIL).replace(",", "\t"), BOTH, ""),
    "commas under the name of tabs": ("r.tsv", HEAD, [], "no field .* among 'id,text'"),
    "a mark before the header": ("r.csv", f"\ufeff{HEAD}{TAIL}", BOTH, ""),
    "a place that is no number": (
        "r.csv",
        "doc,i,text\na,x,It rained.\na,1,We left.\n",
        ["a"],
        "line 2: 'i' must be a whole number, got 'x'",
    ),
    "a sentence of no article": (
        "r.csv",
        "doc,i,text\n,0,It rained.\na,1,We left.\n",
        ["a"],
        "line 2: 'doc' must name the article",
    ),
    "a sentence of white space": (
        "r.csv",
        "doc,i,text\na,0, \na,1,We left.\n",
        ["a"],
        "line 2: 'text' holds no text",
    ),
    "an article in two places": (
        "r.csv",
        "doc,i,text\na,0,It rained.\nb,0,We left.\na,1,Again.\n",
        ["a", "b", "a#2"],
        "",
    ),
    "a place that comes twice": (
        "r.csv",
        "doc,i,text\na,0,It rained.\na,0,We left.\n",
        ["a"],
        "",
    ),
}


@pytest.mark.parametrize(
    ("name", "content", "ids", "told"),
    [*JSON.values(), *CSV.values()],
    ids=[*JSON, *CSV],
)
def test_the_bad_record_is_told_and_the_others_are_read(
    crawl, outcome, name, content, ids, told
):
    data = content if isinstance(content, bytes) else content.encode()
    (crawl / name).write_bytes(data)
    articles, failures = outcome()
    assert [article.id for article in articles] == ids
    if not told:
        assert failures == []
        return
    (failure,) = failures
    assert re.search(told, failure)


@pytest.mark.parametrize(
    ("name", "place"), [("r.jsonl", "line 2"), ("r.csv", "line 3")]
)
def test_a_line_that_is_too_long_is_passed_over(
    crawl, outcome, monkeypatch, name, place
):
    monkeypatch.setattr(text_lines, "MAX_LINE", 100_000)
    long = "x" * 350_000
    content = {
        "r.jsonl": field(text=long),
        "r.csv": f"{HEAD}c,{long}\n{TAIL}".encode(),
    }
    (crawl / name).write_bytes(content[name])
    articles, failures = outcome()
    assert [article.id for article in articles] == BOTH
    assert failures == [f"{name}, {place}: a line of more than 0 MiB; not a record"]


def test_quotes_that_open_in_every_line_are_read_again_only_so_often(crawl, outcome):
    rows = "".join(f'{n},"x\n' for n in range(1000))
    (crawl / "r.csv").write_text(HEAD + rows, encoding="utf-8")
    articles, failures = outcome()
    assert [article.id for article in articles] == ["a"]
    assert 500 <= len(failures) <= 1000
    assert all("not CSV" in failure for failure in failures)
