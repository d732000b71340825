"""Cleaned articles as files: a text a page in a folder, or JSON lines."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path, PurePosixPath
from typing import Any

from mlpkg.articles.forms import PACKED, SUFFIXES
from mlpkg.data.file_names import plain_name
from mlpkg.data.record_writer import empty_folder
from mlpkg.data.whole_file import require_writable, whole_file
from mlpkg.exceptions import DataError
from mlpkg.models.extract import ExtractedArticle

__all__ = ["check_output", "extracted_row", "write_extracted"]


def extracted_row(extracted: ExtractedArticle) -> dict[str, Any]:
    """Return the row of one cleaned page: id, url, title, text and counts."""
    article = extracted.article
    return {
        "id": article.id,
        "url": article.url,
        "title": article.title,
        "text": extracted.text,
        "counts": dict(extracted.counts),
    }


def check_output(path: Path) -> None:
    """Refuse, before any work, a place that cannot be written.

    Raises
    ------
    DataError
        It is neither a ``.jsonl`` file in a folder that exists nor a folder that is
        new or empty.
    """
    if path.suffix.lower() == ".jsonl" and not path.is_dir():
        require_writable(path)
    elif path.suffix and not path.is_dir():
        raise DataError(
            f"{path}: texts are written to a folder, rows to a .jsonl file, not to "
            f"{path.suffix!r}"
        )
    else:
        empty_folder(path)


def write_extracted(path: Path, pages: Iterable[ExtractedArticle]) -> None:
    """Write cleaned pages.

    Parameters
    ----------
    path
        A ``.jsonl`` file to write or replace, or a new or empty folder, which gets
        one ``.txt`` a page, named after its id.
    pages
        The pages; written as they come.

    Raises
    ------
    DataError
        As `check_output` raises it.
    """
    check_output(path)
    if path.is_dir():
        _write_texts(path, pages)
        return
    with whole_file(path) as draft, draft.open("w", encoding="utf-8") as stream:
        for page in pages:
            row = json.dumps(extracted_row(page), ensure_ascii=False)
            stream.write(row + "\n")


def _write_texts(folder: Path, pages: Iterable[ExtractedArticle]) -> None:
    """Write a text a page."""
    taken: set[str] = set()
    for page in pages:
        path = folder / f"{_file_name(page.article.id, taken)}.txt"
        with whole_file(path) as draft:
            draft.write_text(page.text + "\n", encoding="utf-8", newline="\n")


def _file_name(article_id: str, taken: set[str]) -> str:
    """Make a name that every system takes and no other page has."""
    path = PurePosixPath(article_id)
    while path.suffix.lower() in SUFFIXES or path.suffix.lower() in PACKED:
        path = path.with_suffix("")
    stem = plain_name(str(path))
    name, number = stem, 1
    while name.casefold() in taken:
        number += 1
        name = f"{stem}-{number}"
    taken.add(name.casefold())
    return name
