"""What form a file has: by its suffix, else by how its content begins."""

from __future__ import annotations

import codecs
import re

from mlpkg.articles.record_fields import CARRIERS
from mlpkg.exceptions import DataError

__all__ = [
    "FORMS",
    "HEAD",
    "PACKED",
    "SUFFIXES",
    "check_form",
    "form_of_content",
    "form_of_name",
]

SUFFIXES = {
    ".txt": "text",
    ".text": "text",
    ".md": "text",
    ".html": "html",
    ".htm": "html",
    ".xhtml": "html",
    ".jsonl": "jsonl",
    ".ndjson": "jsonl",
    ".json": "json",
    ".csv": "csv",
    ".tsv": "tsv",
    ".parquet": "parquet",
    ".warc": "warc",
    ".wet": "warc",  # the text of pages, in WARC records
}
# The forms that a caller may state; a datasets folder is known by its files.
FORMS = tuple(dict.fromkeys(SUFFIXES.values()))
# Suffix that may stand behind any of the others.
PACKED = {".gz": "gzip", ".zst": "zstd"}

# Bytes or characters of the beginning that show the form.
HEAD = 4096
# After a declaration and comments an HTML document begins so.
_MARKUP = re.compile(
    rb"(?:<\?xml[^>]*>|<!--.*?-->|\s)*<(?:!doctype html|html)\b",
    re.IGNORECASE | re.DOTALL,
)
_PARQUET = b"PAR1"
_WARC = b"WARC/"
_JSON_LINE = re.compile(rb"\{[ \t]*\"")
_JSON = re.compile(rb"\[\s*[\[{]|\{\s*\"")
_COLUMN = re.compile(r"\w[\w .-]{0,40}")


def form_of_name(name: str) -> str:
    """Return the form that a file name states, empty where it states none.

    Examples
    --------
    >>> form_of_name("crawl/News.JSONL.gz")
    'jsonl'
    """
    stem, dot, suffix = name.lower().rpartition(".")
    if dot + suffix in PACKED:
        stem, dot, suffix = stem.rpartition(".")
    return SUFFIXES.get(dot + suffix, "")


def form_of_content(head: bytes) -> str:
    """Return the form that the first bytes show; what shows none is text."""
    head = head.removeprefix(codecs.BOM_UTF8)
    if head.startswith(_PARQUET):
        return "parquet"
    if head.startswith(_WARC):
        return "warc"
    if _MARKUP.match(head):
        return "html"
    head = head.lstrip()
    if _JSON_LINE.match(head):
        return "jsonl"
    if _JSON.match(head):
        return "json"
    return _table(head) or "text"


def check_form(form: str | None) -> str:
    """Return a stated form, empty for none, or refuse it."""
    if form and form not in FORMS:
        raise DataError(f"unknown format {form!r}; known: {', '.join(FORMS)}")
    return form or ""


def _table(head: bytes) -> str:
    """Know CSV by its header: plain names, one of them that of a text."""
    first, newline, _ = head.partition(b"\n")
    line = first.decode("utf-8", errors="replace").rstrip("\r")
    if not newline:
        return ""
    for form, delimiter in (("csv", ","), ("csv", ";"), ("tsv", "\t")):
        cells = [cell.strip('"') for cell in line.split(delimiter)]
        named = any(cell in CARRIERS for cell in cells)
        if len(cells) > 1 and named and all(map(_COLUMN.fullmatch, cells)):
            return form
    return ""
