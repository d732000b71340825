"""Whole pages with labels by offsets: a file of spans with the texts beside it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from typing import Any, NamedTuple

from mlpkg.articles import open_articles
from mlpkg.data.label_map import Decision, LabelMap
from mlpkg.exceptions import DataError
from mlpkg.labels import LabelScheme
from mlpkg.records import Article, ReadFailure

__all__ = ["SPAN_KEYS", "SpannedArticle", "read_spans"]

# Where the text of a document may lie, relative to the span file.
_PLACES = ("{doc}", "{doc}.txt", "text/{doc}", "text/{doc}.txt")
SPAN_KEYS = {"doc": str, "start": int, "end": int}


class SpannedArticle(NamedTuple):
    """An article and what its spans, in order, are labelled.

    Parameters
    ----------
    article
        The article.
    spans
        Characters of each piece.
    decisions
        What the label of each says.
    hard
        A flag a span.
    """

    article: Article
    spans: tuple[tuple[int, int], ...]
    decisions: tuple[Decision, ...]
    hard: tuple[bool, ...]


def read_spans(
    path: Path, scheme: LabelScheme, label_map: LabelMap | None = None
) -> Iterator[SpannedArticle]:
    """Read a span file and the texts that it labels.

    Parameters
    ----------
    path
        JSON lines with ``doc`` (name of a text beside the file or in its ``text``
        folder), ``start``, ``end`` (characters) and ``label``; ``text`` and ``hard``
        are optional, and ``text`` is checked where present.
    scheme, label_map
        The labels, and what other labels in the file mean.

    Yields
    ------
    SpannedArticle
        One a document.

    Raises
    ------
    DataError
        A row is wrong or a text is missing; file and line are named.
    """
    documents = _documents(path, scheme, label_map or LabelMap())
    for doc, rows in documents.items():
        article = _article(path, doc, rows[0][0])
        rows.sort(key=lambda item: item[1]["start"])
        for number, row in rows:
            _check_span(article, row, f"{path}, line {number}")
        _check_overlaps(rows, path)
        yield SpannedArticle(
            article,
            tuple((row["start"], row["end"]) for _, row in rows),
            tuple(row["decision"] for _, row in rows),
            tuple(bool(row.get("hard", False)) for _, row in rows),
        )


def _documents(
    path: Path, scheme: LabelScheme, label_map: LabelMap
) -> dict[str, list[tuple[int, dict[str, Any]]]]:
    """Read the rows with their lines, by document."""
    documents: dict[str, list[tuple[int, dict[str, Any]]]] = {}
    try:
        with path.open(encoding="utf-8-sig") as stream:
            for number, line in enumerate(stream, start=1):
                if line.strip():
                    place = f"{path}, line {number}"
                    row = _parse(line, place, scheme, label_map)
                    documents.setdefault(row["doc"], []).append((number, row))
    except UnicodeDecodeError as error:
        raise DataError(
            f"{path}: not UTF-8 ({error.reason}); save the file as UTF-8"
        ) from None
    if not documents:
        raise DataError(f"{path}: holds no row")
    return documents


def _parse(
    line: str, place: str, scheme: LabelScheme, label_map: LabelMap
) -> dict[str, Any]:
    """Parse one row, check its keys and add what its label means."""
    try:
        row = json.loads(line)
    except (ValueError, RecursionError) as error:
        raise DataError(f"{place}: not JSON ({error})") from None
    for key, kind in SPAN_KEYS.items():
        value = row.get(key) if isinstance(row, dict) else None
        if type(value) is not kind:  # bool is an int, but no offset
            raise DataError(f"{place}: {key!r} must be {kind.__name__}, got {value!r}")
    checked: dict[str, Any] = row
    try:
        decision = label_map.decide(checked.get("label"), scheme)
    except DataError as error:
        raise DataError(f"{place}: {error}") from None
    return checked | {"decision": decision}


def _article(path: Path, doc: str, number: int) -> Article:
    """Read the text of a document from its place beside the span file.

    Its id is the name in the span file: texts of two folders may share a file name.
    """
    folder = path.parent.resolve()
    if "\0" in doc:
        raise DataError(f"{path}, line {number}: doc {doc!r} is no file name")
    for pattern in _PLACES:
        file = (folder / pattern.format(doc=doc)).resolve()
        if not file.is_relative_to(folder):
            raise DataError(f"{path}, line {number}: doc {doc!r} leaves the folder")
        if file.is_file():
            article = next(open_articles(file))
            if isinstance(article, ReadFailure):
                raise DataError(str(article))
            return replace(article, id=doc)
    raise DataError(
        f"{path}, line {number}: no text for doc {doc!r} (looked for "
        f"{', '.join(p.format(doc=doc) for p in _PLACES)}); lines with "
        f"{', '.join(SPAN_KEYS)} label spans of texts: where they are rows with texts "
        "of their own, leave these keys out"
    )


def _check_span(article: Article, row: dict[str, Any], place: str) -> None:
    """Compare a span with its text."""
    start, end = row["start"], row["end"]
    if not 0 <= start < end <= len(article.text):
        raise DataError(
            f"{place}: span {start}-{end} leaves the text of {len(article.text)} "
            "characters"
        )
    text = row.get("text")
    if text is not None and article.text[start:end] != text:
        raise DataError(
            f"{place}: the text at {start}-{end} is {article.text[start:end]!r:.80}, "
            f"the row says {text!r:.80}"
        )


def _check_overlaps(rows: list[tuple[int, dict[str, Any]]], path: Path) -> None:
    """Refuse characters that two rows label."""
    for (before, first), (number, row) in pairwise(rows):
        if row["start"] < first["end"]:
            raise DataError(
                f"{path}, line {number}: span {row['start']}-{row['end']} overlaps "
                f"{first['start']}-{first['end']} of line {before}; a character has "
                "one label"
            )
