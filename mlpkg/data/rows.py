"""Labelled rows: records with a text and a label each, checked one by one."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from mlpkg.articles import normalise
from mlpkg.articles.cells import is_nothing, whole_number, word
from mlpkg.data.label_map import LabelMap
from mlpkg.data.row_files import Record, read_records
from mlpkg.exceptions import DataError
from mlpkg.labels import LabelScheme

__all__ = [
    "Columns",
    "LabelledRow",
    "checked_row",
    "checked_rows",
    "raise_faults",
    "read_labelled_rows",
    "require_columns",
    "sound_rows",
]

# More faults, or columns, than this are counted, not shown.
SHOWN_FAULTS = 20
_SPAN_HINT = "; lines that label spans of texts have doc, start, end and label"


@dataclass(frozen=True, slots=True)
class Columns:
    """Names of the columns of labelled rows; only `text` and `label` must be there.

    Parameters
    ----------
    text, label, article
        The segment's text, its raw label, the id of its article.
    weight
        How much the row counts in training: a number of at least 0, empty for 1.
    outlet, published, source
        Of the article: its outlet, its date, the name of the data it comes from.
    index
        Whole number that orders the rows of an article; without, file order does.
    """

    text: str = "text"
    label: str = "label"
    article: str = "article"
    weight: str = "weight"
    outlet: str = "outlet"
    published: str = "published"
    index: str = "index"
    source: str = "source"


@dataclass(frozen=True, slots=True)
class LabelledRow:
    """One row, checked; `line` is its line or number, from 1.

    `allowed` holds the labels that a partial label leaves open, `label` then means
    nothing. The rest is what the columns of the same name say, empty where they do
    not.
    """

    line: int
    text: str
    label: str
    article: str = ""
    allowed: tuple[str, ...] | None = None
    weight: float = 1.0
    outlet: str = ""
    published: str = ""
    index: int | None = None
    source: str = ""


def read_labelled_rows(
    path: Path,
    columns: Columns,
    scheme: LabelScheme,
    label_map: LabelMap | None = None,
) -> list[LabelledRow]:
    """Read every row of a file.

    Raises
    ------
    DataError
        The suffix is not known, a column is missing, or rows are wrong; all wrong
        rows are listed with file and line.
    """
    return checked_rows(
        read_records(path), f"{path}, line", columns, scheme, label_map or LabelMap()
    )


def checked_rows(
    records: Iterable[Record],
    place: str,
    columns: Columns,
    scheme: LabelScheme,
    label_map: LabelMap,
) -> list[LabelledRow]:
    """Check records; `place` and a record's number tell where it stands."""
    rows, faults = sound_rows(records, place, columns, scheme, label_map)
    raise_faults(faults)
    return rows


def sound_rows(
    records: Iterable[Record],
    place: str,
    columns: Columns,
    scheme: LabelScheme,
    label_map: LabelMap,
) -> tuple[list[LabelledRow], list[str]]:
    """Return the rows that are sound, and a line for each fault.

    A column that no record has is one fault of the whole file.
    """
    rows: list[LabelledRow] = []
    faults: list[str] = []
    names: dict[str, None] = {}  # of all columns, in order
    for line, record in records:
        try:
            if isinstance(record, DataError):
                raise record
            names |= dict.fromkeys(map(str, record))
            rows.append(checked_row(line, record, columns, scheme, label_map))
        except DataError as error:
            faults.append(f"{place} {line}: {error}")
    whole = place.rpartition(", ")[0]
    try:
        if names:
            require_columns(names, columns)
    except DataError as error:
        return [], [f"{whole}: {error}"]
    if not rows and not faults:
        faults.append(f"{whole}: holds no row")
    return rows, faults


def raise_faults(faults: Sequence[str]) -> None:
    """Raise one `DataError` for all faults, if there are any."""
    if faults:
        shown = list(faults[:SHOWN_FAULTS])
        if len(faults) > len(shown):
            shown.append(f"… and {len(faults) - len(shown)} more rows are wrong")
        raise DataError("\n".join(shown))


def require_columns(found: Iterable[object], columns: Columns) -> None:
    """Refuse records without a text or a label column; say which there are."""
    names = [str(name) for name in found]
    lacking = [name for name in (columns.text, columns.label) if name not in names]
    if not lacking:
        return
    near = [get_close_matches(name, names, n=1) for name in lacking]
    hint = " or ".join(repr(name) for found in near for name in found)
    shown = ", ".join(names[:SHOWN_FAULTS]) + (", …" if names[SHOWN_FAULTS:] else "")
    raise DataError(
        f"no column {' and no '.join(map(repr, lacking))} among {shown or 'none'}"
        f"{f'; did you mean {hint}?' if hint else ''} (name yours under data.columns, "
        "on the command line with --text, --label and --article"
        f"{_SPAN_HINT if 'start' in names else ''})"
    )


def checked_row(
    line: int,
    record: Mapping[str, Any],
    columns: Columns,
    scheme: LabelScheme,
    label_map: LabelMap,
) -> LabelledRow:
    """Check one record; `DataError` without the place where it is wrong."""
    require_columns(record, columns)
    text = record[columns.text]
    clean = normalise(text).strip() if isinstance(text, str) else ""
    if not clean:
        raise DataError(
            f"{columns.text!r} must be a text that is not empty, got {text!r}"
        )
    decision = label_map.decide(record[columns.label], scheme)
    return LabelledRow(
        line,
        clean,
        decision.label,
        word(record.get(columns.article)),
        decision.allowed,
        decision.weight * _weight(record.get(columns.weight), columns.weight),
        word(record.get(columns.outlet)),
        word(record.get(columns.published)),
        _index(record.get(columns.index), columns.index),
        word(record.get(columns.source)),
    )


def _weight(value: Any, column: str) -> float:
    """Read a weight."""
    if is_nothing(value):
        return 1.0
    try:
        weight = math.nan if isinstance(value, bool) else float(value)
    except (TypeError, ValueError, OverflowError):
        weight = math.nan
    if not 0 <= weight < math.inf:
        raise DataError(
            f"{column!r} must be a number of at least 0, got {value!r} (another column "
            "is named under data.columns.weight)"
        )
    return weight


def _index(value: Any, column: str) -> int | None:
    """Read a place in the article."""
    try:
        return whole_number(value)
    except DataError as error:
        raise DataError(
            f"{column!r} {error} (another column is named under data.columns.index)"
        ) from None
