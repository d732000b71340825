"""Answers of annotators from Label Studio, kept as texts and a file of spans."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

from mlpkg.data.label_map import LabelMap
from mlpkg.data.label_studio import read_label_studio
from mlpkg.data.record_writer import empty_folder, write_records
from mlpkg.data.rows import Columns
from mlpkg.data.source_form import SPAN_FILE
from mlpkg.data.spans import SpannedArticle
from mlpkg.exceptions import DataError
from mlpkg.labels import DEFAULT_SCHEME, LabelScheme

__all__ = ["Imported", "import_answers"]

SKIP = LabelMap(unlabelled="skip")


class Imported(NamedTuple):
    """How much was imported."""

    texts: int
    spans: int


def import_answers(
    path: Path,
    folder: Path,
    *,
    columns: Columns | None = None,
    scheme: LabelScheme = DEFAULT_SCHEME,
    label_map: LabelMap = SKIP,
) -> Imported:
    """Bring annotated texts into a folder that `mlpkg.data.gold.load_gold` reads.

    Parameters
    ----------
    path
        A Label Studio export (JSON).
    folder
        A folder that is not there or empty; gets ``labels.jsonl`` and ``text/``.
    columns, scheme, label_map
        As `load_gold` takes them. Tasks without an annotation are left out unless the
        map says otherwise.

    Returns
    -------
    Imported
        Texts and spans written.

    Raises
    ------
    DataError
        The export is wrong or labels texts by choices; ids cannot be file names, or
        become one.

    Notes
    -----
    Ids, texts, spans and labels are kept; outlet, date, source and weight are not,
    since a file of spans has no place for them.
    """
    export = read_label_studio(path, columns or Columns(), scheme, label_map)
    if export.rows:
        raise DataError(
            f"{path}: task number {export.rows[0].line} has one choice for its text, "
            "not spans; such exports are read as they are (or `mlpkg data convert`)"
        )
    articles = [task.spanned for task in export.tasks]
    files = _files(path, articles)
    empty_folder(folder)
    for spanned, name in zip(articles, files, strict=True):
        file = folder / "text" / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(spanned.article.text, encoding="utf-8", newline="\n")
    rows = [row for spanned in articles for row in _rows(spanned)]
    write_records(folder / SPAN_FILE, rows)
    return Imported(len(articles), len(rows))


def _files(path: Path, articles: Sequence[SpannedArticle]) -> list[str]:
    """Return the file name of each text; ids are the names, with ``.txt``."""
    owner: dict[str, str] = {}
    names = []
    for spanned in articles:
        doc = spanned.article.id
        parts = doc.split("/")
        if not all(part.strip(". ") for part in parts) or set(doc) & set('\\:*?"<>|\0'):
            raise DataError(
                f"{path}: article {doc!r} cannot be the name of a file; give it an id "
                "of letters, digits, hyphens and dots"
            )
        name = doc if doc.endswith(".txt") else f"{doc}.txt"
        # Case too, since some file systems fold it.
        other = owner.setdefault(name.casefold(), doc)
        if other != doc:
            raise DataError(
                f"{path}: articles {other!r} and {doc!r} would be the one file {name}; "
                "give one of them another id"
            )
        names.append(name)
    return names


def _rows(spanned: SpannedArticle) -> list[dict[str, Any]]:
    """Return a row a span."""
    article = spanned.article
    return [
        {
            "doc": article.id,
            "start": start,
            "end": end,
            "label": "|".join(decision.allowed or (decision.label,)),
            "text": article.text[start:end],
        }
        for (start, end), decision in zip(spanned.spans, spanned.decisions, strict=True)
    ]
