"""Gold labels of any origin: pages, rows, spans, datasets, Label Studio exports."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from mlpkg.data.corpus import PARTS, labelled_page, load_corpus
from mlpkg.data.dataset_folder import SPLIT, read_dataset
from mlpkg.data.gold_page import (
    GoldPage,
    SegmentTarget,
    data_fingerprint,
    segment_labels,
    segment_targets,
)
from mlpkg.data.label_map import Decision, LabelMap
from mlpkg.data.label_studio import read_label_studio
from mlpkg.data.page_format import read_page
from mlpkg.data.row_pages import pages_of_rows
from mlpkg.data.rows import Columns, checked_rows, read_labelled_rows
from mlpkg.data.source_form import CORPUS, Form, SourceForm, source_form
from mlpkg.data.spans import SpannedArticle, read_spans
from mlpkg.exceptions import DataError
from mlpkg.labels import DEFAULT_SCHEME, LabelScheme
from mlpkg.records import LabelledPage
from mlpkg.segmentation import Segmenter

__all__ = [
    "CORPUS",
    "GoldPage",
    "SegmentTarget",
    "data_fingerprint",
    "load_gold",
    "segment_labels",
    "segment_targets",
]

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class _Reading:
    """How labels and columns are to be read."""

    columns: Columns = field(default_factory=Columns)
    scheme: LabelScheme = DEFAULT_SCHEME
    label_map: LabelMap = field(default_factory=LabelMap)


def load_gold(
    source: str | Path,
    *,
    columns: Columns | None = None,
    scheme: LabelScheme = DEFAULT_SCHEME,
    label_map: LabelMap | None = None,
    source_weights: Mapping[str, float] | None = None,
) -> list[GoldPage]:
    """Load labelled data.

    Parameters
    ----------
    source
        ``corpus:PART`` for a part of the bundled corpus (``corpus:PART@html`` for its
        HTML form); a page file (``.page``) or
        a folder of them; JSON lines with ``doc``, ``start``, ``end`` and ``label``,
        the texts beside them, or a folder that holds such a ``labels.jsonl``; rows
        with a text and a label each (``.jsonl``, ``.csv``, also with ``.gz``,
        ``.parquet``); a folder that `datasets` saved, ``FOLDER::SPLIT`` where it has
        splits; or a Label Studio export (``.json``).
    columns
        Column names of labelled rows.
    scheme
        The labels.
    label_map
        What other labels in the data mean; not for page files, whose letters are the
        scheme's.
    source_weights
        A factor of at least 0 by `GoldPage.source`, for the weights of its spans.

    Returns
    -------
    list of GoldPage
        Rows with an article column make a page an article, ordered by their index
        column or else as in the file; rows without one are pages of one segment,
        without context.

    Raises
    ------
    DataError
        The source does not exist, has no known form, or its labels are not known; of
        labelled rows every wrong one is listed with its line.
    """
    reading = _Reading(columns or Columns(), scheme, label_map or LabelMap())
    reading.label_map.check(scheme)
    found = source_form(source)
    pages = _READERS[found.form](found, reading)
    if source_weights:
        unused = sorted(set(source_weights).difference(page.source for page in pages))
        if unused:
            logger.warning(
                "%s: no row has the source %s, which has a weight",
                source,
                " or ".join(map(repr, unused)),
            )
        pages = [_weighted(page, source_weights.get(page.source, 1)) for page in pages]
    return pages


def _from_corpus(source: SourceForm, reading: _Reading) -> list[GoldPage]:
    """Take a part of the bundled corpus, whose labels must be known."""
    part = source.part
    if part not in PARTS:
        raise DataError(f"unknown corpus part {part!r}; known: {', '.join(PARTS)}")
    scheme, label_map = reading.scheme, reading.label_map
    known = {*scheme.names, *label_map.mapping, *label_map.allowed}
    lacking = [name for name in DEFAULT_SCHEME.names if name not in known]
    if lacking:
        raise DataError(
            f"{CORPUS}{part} has the labels {', '.join(DEFAULT_SCHEME.names)}, but the "
            f"scheme ({', '.join(scheme.names)}) lacks {', '.join(lacking)}; name them "
            "under data.labels, translate them under data.mapping or take other data"
        )
    return [_mapped(page, reading) for page in load_corpus(part, source.pages)]


def _mapped(labelled: LabelledPage, reading: _Reading) -> GoldPage:
    """Make a gold page of a labelled page, its labels translated."""
    gold = GoldPage.of(labelled)
    decisions = [
        reading.label_map.decide(label, reading.scheme) for label in gold.labels
    ]
    return _decided(gold, decisions)


def _decided(
    gold: GoldPage, decisions: Sequence[Decision], weight: float = 1
) -> GoldPage:
    """Take what raw labels mean over into a gold page."""
    allowed = tuple(decision.allowed for decision in decisions)
    weights = tuple(decision.weight * weight for decision in decisions)
    return replace(
        gold,
        labels=tuple(decision.label for decision in decisions),
        allowed=allowed if any(allowed) else None,
        weights=weights if any(weight != 1 for weight in weights) else None,
    )


def _weighted(page: GoldPage, factor: float) -> GoldPage:
    """Multiply the weights of a page."""
    if factor == 1:
        return page
    weights = page.weights or (1.0,) * len(page.spans)
    return replace(page, weights=tuple(factor * weight for weight in weights))


def _from_folder(source: SourceForm, reading: _Reading) -> list[GoldPage]:
    """Read a folder of page files."""
    files = sorted(source.path.rglob("*.page"))
    pages = [_page_of(file, reading.scheme) for file in files]
    first: dict[str, Path] = {}
    for file, page in zip(files, pages, strict=True):
        if first.setdefault(page.id, file) != file:
            raise DataError(
                f"{file}: id={page.id!r} is that of {first[page.id]} too; give each "
                "page an id of its own"
            )
    return pages


def _from_page_file(source: SourceForm, reading: _Reading) -> list[GoldPage]:
    """Read one page file."""
    return [_page_of(source.path, reading.scheme)]


def _page_of(path: Path, scheme: LabelScheme) -> GoldPage:
    """Read a page file in its text form."""
    page = labelled_page(
        read_page(path, scheme), source=str(path), furniture=scheme.furniture or ""
    )
    return GoldPage.of(page)


def _from_spans(source: SourceForm, reading: _Reading) -> list[GoldPage]:
    """Segment the texts that a span file labels."""
    return [
        _segmented(spanned)
        for spanned in read_spans(source.path, reading.scheme, reading.label_map)
    ]


def _segmented(spanned: SpannedArticle, weight: float = 1) -> GoldPage:
    """Lay the spans of an article over its segments."""
    page = Segmenter().segment(spanned.article)
    labels = tuple(decision.label for decision in spanned.decisions)
    gold = GoldPage(page, spanned.spans, labels, spanned.hard)
    return _decided(gold, spanned.decisions, weight)


def _from_dataset(source: SourceForm, reading: _Reading) -> list[GoldPage]:
    """Read the rows of a saved dataset."""
    suffix = "" if source.part is None else f"{SPLIT}{source.part}"
    place = f"{source.path}{suffix}, row"
    records = read_dataset(source.path, source.part, reading.columns)
    rows = checked_rows(
        records, place, reading.columns, reading.scheme, reading.label_map
    )
    return pages_of_rows(rows, f"{source.path.name}{suffix}", place)


def _from_tasks(source: SourceForm, reading: _Reading) -> list[GoldPage]:
    """Read texts with spans and texts with a choice from a Label Studio export."""
    path = source.path
    export = read_label_studio(path, reading.columns, reading.scheme, reading.label_map)
    spanned = [
        replace(_segmented(task.spanned, task.weight), source=task.source)
        for task in export.tasks
    ]
    return spanned + pages_of_rows(export.rows, path.name, f"{path}, task number")


def _from_rows(source: SourceForm, reading: _Reading) -> list[GoldPage]:
    """Read a file of rows."""
    path = source.path
    rows = read_labelled_rows(path, reading.columns, reading.scheme, reading.label_map)
    return pages_of_rows(rows, path.name, f"{path}, line")


_READERS: dict[Form, Callable[[SourceForm, _Reading], list[GoldPage]]] = {
    "corpus": _from_corpus,
    "dataset": _from_dataset,
    "spans": _from_spans,
    "pages": _from_folder,
    "page": _from_page_file,
    "tasks": _from_tasks,
    "rows": _from_rows,
}
