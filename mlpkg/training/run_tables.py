"""The tables that a run stores: predictions of every part, and the split."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from mlpkg.data.gold import GoldPage
from mlpkg.training.evaluate import Judged

if TYPE_CHECKING:
    from mlpkg.labels import LabelScheme
    from mlpkg.models import SentenceClassifier

__all__ = ["FACTS", "fold_of_pages", "split_table", "write_predictions"]

# What the source states of an article, kept with its rows for slices.
FACTS = ("outlet", "genre", "register", "english", "year")
NO_FOLD = -1


def fold_of_pages(
    classifier: SentenceClassifier, pages: Sequence[GoldPage]
) -> list[int]:
    """Return the calibration fold of each training page; its rows share one.

    Parameters
    ----------
    classifier
        Fitted on the segments of these pages, in order.
    pages
        The training pages; one without segments has no fold (-1).
    """
    folds = classifier.crossfit_folds_
    if folds is None:
        return [NO_FOLD] * len(pages)
    found = []
    begin = 0
    for page in pages:
        found.append(int(folds[begin]) if len(page.page) else NO_FOLD)
        begin += len(page.page)
    return found


def split_table(
    pages: Sequence[GoldPage], folds: Sequence[int], held_out: Sequence[GoldPage]
) -> dict[str, Any]:
    """Return which article stood where, by id."""
    return {
        "train": [page.id for page in pages],
        "validation": [page.id for page in held_out],
        "folds": {page.id: fold for page, fold in zip(pages, folds, strict=True)},
    }


def write_predictions(
    path: Path,
    judged: Mapping[str, Judged],
    pages: Mapping[str, Sequence[GoldPage]],
    folds: Mapping[str, Sequence[int]],
    scheme: LabelScheme,
    *,
    with_text: bool = True,
) -> None:
    """Write predictions beside gold labels, a row a span with a decided label.

    Parameters
    ----------
    path
        A Parquet file.
    judged, pages, folds
        By part: what was judged, its pages in the same order, and a fold a page;
        a part without folds may be missing from the last.
    scheme
        The labels, stored in the metadata in the order of the columns.
    with_text
        Whether the words are stored.
    """
    import pyarrow as pa
    import pyarrow.parquet as pq

    tables = [
        pa.table(
            _columns(
                part,
                rows,
                pages[part],
                folds.get(part, [NO_FOLD] * len(pages[part])),
                scheme,
                with_text=with_text,
            )
        )
        for part, rows in judged.items()
    ]
    labels = json.dumps(list(scheme.names), ensure_ascii=False)
    table = pa.concat_tables(tables).replace_schema_metadata({"mlpkg.labels": labels})
    pq.write_table(table, path)


def _columns(
    part: str,
    judged: Judged,
    pages: Sequence[GoldPage],
    folds: Sequence[int],
    scheme: LabelScheme,
    *,
    with_text: bool,
) -> dict[str, Any]:
    """Build the columns of one part."""
    spans = [
        (page, fold, place)
        for page, fold in zip(pages, folds, strict=True)
        for place in page.decided
    ]
    offsets = [page.spans[place] for page, _, place in spans]
    articles = [page.page.article for page, _, _ in spans]
    facts = [
        {**article.meta, "outlet": article.outlet, "year": article.published[:4]}
        for article in articles
    ]
    return {
        "part": [part] * len(spans),
        "fold": [fold for _, fold, _ in spans],
        "article_id": judged.articles,
        "index": [place for _, _, place in spans],
        "start": [start for start, _ in offsets],
        "end": [end for _, end in offsets],
        "text": [
            article.text[start:end] if with_text else ""
            for article, (start, end) in zip(articles, offsets, strict=True)
        ],
        "gold": judged.y_true,
        "label": judged.y_pred,
        "confidence": judged.probabilities.max(axis=1),
        **{
            f"p_{name}": judged.probabilities[:, column]
            for column, name in enumerate(scheme.names)
        },
        "hard": [page.hard[place] for page, _, place in spans],
        **{key: [str(row.get(key, "")) for row in facts] for key in FACTS},
    }
