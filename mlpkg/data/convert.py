"""Labelled data from any form to another: rows, page files, Label Studio tasks."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from mlpkg.data.gold import GoldPage
from mlpkg.data.label_studio_tasks import TaskSpan, choice_task, span_task, write_tasks
from mlpkg.data.page_files import write_page_files
from mlpkg.data.record_writer import RECORD_SUFFIXES, empty_folder, write_records
from mlpkg.data.rows import Columns
from mlpkg.data.whole_file import whole_file
from mlpkg.exceptions import DataError
from mlpkg.labels import DEFAULT_SCHEME, LabelScheme
from mlpkg.records import LabelledPage

__all__ = ["convert", "open_labels", "row_records", "write_split"]

# These columns are there even where they are empty throughout.
_REQUIRED = ("text", "label")


def convert(
    pages: Sequence[GoldPage],
    target: Path,
    scheme: LabelScheme = DEFAULT_SCHEME,
    *,
    header: Mapping[str, str] | None = None,
    columns: Columns | None = None,
) -> None:
    """Write labelled data in another form.

    Parameters
    ----------
    pages
        What `mlpkg.data.gold.load_gold` gave.
    target
        The suffix decides: rows (``.jsonl``, ``.csv``, ``.parquet``), Label Studio
        tasks with annotations (``.json``), or page files in a new folder (no suffix).
    scheme
        The labels.
    header
        Of page files: header values that the data do not state.
    columns
        Of rows: the names of their columns, as in `mlpkg.data.rows.Columns`.

    Raises
    ------
    DataError
        The suffix is not known, or the form cannot hold the pages.

    Notes
    -----
    Rows keep ids, texts, labels, weights and an article's outlet, date and source;
    not the layout of the page, the text between spans, and marks of hard rows. Tasks
    keep the whole text; of weights those that are the same throughout a page. A
    partial label is written as its names joined by ``|``, see `open_labels`.
    """
    suffix = target.suffix.lower()
    if suffix in RECORD_SUFFIXES:
        write_records(target, row_records(pages, scheme, columns))
    elif suffix == ".json":
        write_tasks(target, _tasks(pages, scheme))
    elif not suffix:
        labelled = [_labelled(page) for page in pages]
        write_page_files(labelled, target, scheme, header)
    else:
        raise DataError(
            f"{target}: unknown form {target.suffix!r}; expected "
            f"{', '.join(RECORD_SUFFIXES)} for rows, .json for Label Studio tasks or a "
            "folder without suffix for page files"
        )


def row_records(
    pages: Sequence[GoldPage],
    scheme: LabelScheme = DEFAULT_SCHEME,
    columns: Columns | None = None,
) -> list[dict[str, Any]]:
    """Return a record a span, under the given names or those of `Columns()`.

    Columns that would be empty throughout are left out.
    """
    records = []
    for page in pages:
        article = page.page.article
        for place, (start, end) in enumerate(page.spans):
            weight = page.weights[place] if page.weights else 1.0
            records.append(
                {
                    "article": page.id if page.has_context else None,
                    "index": place if page.has_context else None,
                    "text": article.text[start:end],
                    "label": _raw_label(page, place, scheme),
                    "weight": None if weight == 1 else weight,
                    "outlet": article.outlet or None,
                    "published": article.published or None,
                    "source": page.source or None,
                }
            )
    names = _written_columns(records, columns or Columns())
    return [{name: record[key] for key, name in names.items()} for record in records]


def _written_columns(
    records: Sequence[Mapping[str, Any]], columns: Columns
) -> dict[str, str]:
    """Return the columns to write, from their keys to their names.

    A column that shares its name with the text or the label gives way.
    """
    taken = {getattr(columns, key) for key in _REQUIRED}
    return {
        key: getattr(columns, key)
        for key in (records[0] if records else _REQUIRED)
        if key in _REQUIRED
        or (
            getattr(columns, key) not in taken
            and any(record[key] is not None for record in records)
        )
    }


def open_labels(
    pages: Sequence[GoldPage], scheme: LabelScheme = DEFAULT_SCHEME
) -> dict[str, list[str]]:
    """Return what ``data.allowed`` must say of the partial labels in written data."""
    return {
        str(_raw_label(page, place, scheme)): list(names)
        for page in pages
        for place, names in enumerate(page.allowed or ())
        if names is not None and _raw_label(page, place, scheme) is not None
    }


def write_split(
    parts: Mapping[str, Sequence[GoldPage]],
    folder: Path,
    scheme: LabelScheme,
    facts: Mapping[str, Any],
    columns: Columns | None = None,
) -> None:
    """Write a split: ``PART.jsonl`` a part and ``split.json``.

    Parameters
    ----------
    parts
        Pages by the name of their part.
    folder
        A folder that is not there or empty.
    scheme
        The labels.
    facts
        What ``split.json`` says beside the ids: seed, key, source.
    columns
        The names of the columns; None for the default ones.

    Raises
    ------
    DataError
        The folder holds something, or a part's name is no file name.
    """
    for name in parts:
        if Path(name).name != name or name.startswith("."):
            raise DataError(f"the part {name!r} names a file; use letters and digits")
    empty_folder(folder)
    for name, pages in parts.items():
        records = row_records(pages, scheme, columns)
        write_records(folder / f"{name}.jsonl", records)
    ids = {name: [page.id for page in pages] for name, pages in parts.items()}
    with whole_file(folder / "split.json") as temporary:
        text = json.dumps({**facts, "parts": ids}, ensure_ascii=False, indent=1)
        temporary.write_text(text + "\n", encoding="utf-8", newline="\n")


def _raw_label(page: GoldPage, place: int, scheme: LabelScheme) -> str | None:
    """Spell the label of a span; None for a row that was left unlabelled."""
    allowed = page.allowed[place] if page.allowed else None
    if allowed is None:
        return page.labels[place]
    weight = page.weights[place] if page.weights else 1.0
    if weight == 0 and set(allowed) == set(scheme.names):
        return None
    return "|".join(allowed)


def _tasks(pages: Sequence[GoldPage], scheme: LabelScheme) -> list[dict[str, Any]]:
    """Make a task a page or bare row; unlabelled spans are left out."""
    tasks = []
    for number, page in enumerate(pages, start=1):
        article = page.page.article
        spans = [
            TaskSpan(start, end, label)
            for place, (start, end) in enumerate(page.spans)
            if (label := _raw_label(page, place, scheme)) is not None
        ]
        if not spans:
            continue
        data = {"source": page.source, "weight": _one_weight(page)}
        if page.has_context:
            tasks.append(span_task(number, article, spans, "annotations", data))
            continue
        facts = {"outlet": article.outlet, "published": article.published}
        data |= {"text": article.text, **facts}
        tasks.append(choice_task(number, spans[0].label, "annotations", data))
    return tasks


def _one_weight(page: GoldPage) -> float | None:
    """Return the weight of a whole page; None for 1."""
    weights = {page.weights[place] for place in page.decided} if page.weights else {1.0}
    if len(weights) > 1:
        raise DataError(
            f"page {page.id!r}: its rows have different weights, which a Label Studio "
            "task cannot hold; convert it to rows, or give the page one weight"
        )
    weight = weights.pop()
    return None if weight == 1 else weight


def _labelled(page: GoldPage) -> LabelledPage:
    """Take the spans of a page for the labels of its segments."""
    segments = tuple((segment.start, segment.end) for segment in page.page.segments)
    reason = (
        "is a row without its page"
        if not page.has_context
        else "has labelled spans that are not its segments"
        if segments != page.spans
        else "has partial or missing labels"
        if page.allowed
        else "has weights"
        if page.weights
        else ""
    )
    if reason:
        raise DataError(
            f"page {page.id!r} {reason}, which a page file cannot hold; convert it to "
            "rows or a Label Studio file"
        )
    return LabelledPage(page.page, page.labels, hard=page.hard, source=page.source)
