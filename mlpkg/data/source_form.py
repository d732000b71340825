"""Which form labelled data have: by their place, their suffix, and what stands in them.

Both who reads the data (`mlpkg.data.gold`) and who lists their faults
(`mlpkg.data.placed_rows`) ask here, so that the two cannot differ.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Literal, NamedTuple

from mlpkg.data.dataset_folder import SPLIT, is_dataset_folder
from mlpkg.data.spans import SPAN_KEYS
from mlpkg.exceptions import DataError

__all__ = [
    "CORPUS",
    "SPAN_FILE",
    "CorpusPart",
    "Form",
    "PageForm",
    "SourceForm",
    "corpus_part",
    "source_form",
]

Form = Literal["corpus", "dataset", "spans", "pages", "page", "tasks", "rows"]

PageForm = Literal["text", "html"]

CORPUS = "corpus:"
# After a part of the corpus: its pages as HTML, each in the template of its id.
AS_HTML = "@html"
# In a folder, the file that labels the texts beside it.
SPAN_FILE = "labels.jsonl"


class CorpusPart(NamedTuple):
    """A part of the bundled corpus, and the form that its pages are wanted in."""

    name: str
    pages: PageForm


class SourceForm(NamedTuple):
    """What a source is.

    Parameters
    ----------
    form
        ``corpus``, ``dataset`` (a folder that `datasets` saved), ``spans``, ``pages``
        (a folder of page files), ``page``, ``tasks`` (Label Studio) or ``rows``.
    path
        The file or folder; of spans always the file.
    part
        Part of the corpus, or split of the dataset.
    pages
        The form that the corpus's pages are wanted in.
    """

    form: Form
    path: Path
    part: str | None = None
    pages: PageForm = "text"


def corpus_part(source: str) -> CorpusPart | None:
    """Return the part of the bundled corpus that a source names; None for a path."""
    if not source.startswith(CORPUS):
        return None
    name = source.removeprefix(CORPUS)
    plain = name.removesuffix(AS_HTML)
    return CorpusPart(plain, "text" if plain == name else "html")


def source_form(source: str | Path) -> SourceForm:
    """Tell the form of a source, as `mlpkg.data.gold.load_gold` takes it.

    A ``.jsonl`` file whose lines have ``doc``, ``start`` and ``end`` labels spans of
    texts, whatever it is called; any other holds rows.

    Raises
    ------
    DataError
        There is no such file or folder, or the folder holds no labelled data.
    """
    name = str(source)
    part = corpus_part(name)
    if part is not None:
        return SourceForm("corpus", Path(), *part)
    path, split = Path(source), None
    if SPLIT in name and not path.exists():
        folder, _, split = name.rpartition(SPLIT)
        path = Path(folder)
    if not path.exists():
        raise DataError(f"{path}: no such file or folder")
    found = _folder_form(path, split) if path.is_dir() else _file_form(path)
    if split is not None and found.form != "dataset":
        raise DataError(
            f"{path}: not a folder that datasets saved, so it has no split {split!r}"
        )
    return found


def _folder_form(path: Path, split: str | None) -> SourceForm:
    """Tell what a folder holds."""
    spans = path / SPAN_FILE
    if spans.is_file() and _holds_spans(spans):
        return SourceForm("spans", spans)
    if is_dataset_folder(path):
        return SourceForm("dataset", path, split)
    if next(path.rglob("*.page"), None) is not None:
        return SourceForm("pages", path)
    raise DataError(
        f"{path}: holds neither page files (*.page) nor a {SPAN_FILE} with "
        f"{', '.join(SPAN_KEYS)} and label in each line nor a saved dataset; rows are "
        "named by their file"
    )


def _file_form(path: Path) -> SourceForm:
    """Tell what a file holds; what is none of the others is taken for rows."""
    suffix = path.suffix.lower()
    if suffix == ".page":
        return SourceForm("page", path)
    if suffix == ".json":
        return SourceForm("tasks", path)
    if suffix == ".jsonl" and _holds_spans(path):
        return SourceForm("spans", path)
    return SourceForm("rows", path)


def _holds_spans(path: Path) -> bool:
    """Look at the keys of the first object; where there is none, the name decides."""
    try:
        with path.open(encoding="utf-8-sig") as stream:
            for line in stream:
                row = _parsed(line)
                if isinstance(row, dict):
                    return row.keys() >= SPAN_KEYS.keys()
    except UnicodeDecodeError:  # its reader will tell
        pass
    return path.name == SPAN_FILE


def _parsed(line: str) -> object:
    """Read a line of JSON; None where it is none."""
    try:
        return json.loads(line)
    except (ValueError, RecursionError):
        return None
