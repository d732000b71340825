"""Labelled rows: records with a text and a label each, checked one by one."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from mlpkg.articles import normalise
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
]

# More faults than this are counted, not shown.
SHOWN_FAULTS = 20


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
    rows: list[LabelledRow] = []
    faults: list[str] = []
    for line, record in records:
        try:
            if isinstance(record, DataError):
                raise record
            rows.append(checked_row(line, record, columns, scheme, label_map))
        except DataError as error:
            faults.append(f"{place} {line}: {error}")
    raise_faults(faults)
    if not rows:
        raise DataError(f"{place.rpartition(', ')[0]}: holds no row")
    return rows


def raise_faults(faults: Sequence[str]) -> None:
    """Raise one `DataError` for all faults, if there are any."""
    if faults:
        shown = list(faults[:SHOWN_FAULTS])
        if len(faults) > len(shown):
            shown.append(f"… and {len(faults) - len(shown)} more rows are wrong")
        raise DataError("\n".join(shown))


def require_columns(found: Iterable[object], columns: Columns) -> None:
    """Refuse records without a text or a label column."""
    names = [str(name) for name in found]
    for name in (columns.text, columns.label):
        if name not in names:
            near = get_close_matches(name, names, n=1)
            hint = f"; did you mean {near[0]!r}?" if near else ""
            raise DataError(
                f"no column {name!r} among {', '.join(names)}{hint} "
                "(column names are set under data.columns)"
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
        _word(record.get(columns.article)),
        decision.allowed,
        decision.weight * _weight(record.get(columns.weight), columns.weight),
        _word(record.get(columns.outlet)),
        _word(record.get(columns.published)),
        _index(record.get(columns.index), columns.index),
        _word(record.get(columns.source)),
    )


def _word(value: Any) -> str:
    """Spell an id, a name or a date; empty for nothing."""
    if _is_nothing(value):
        return ""
    if isinstance(value, float) and value.is_integer():
        value = int(value)  # a column of numbers with gaps in it
    text = value.isoformat() if isinstance(value, date) else str(value)
    return normalise(text).strip()


def _weight(value: Any, column: str) -> float:
    """Read a weight."""
    if _is_nothing(value):
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
    if _is_nothing(value):
        return None
    try:
        number = math.nan if isinstance(value, bool) else float(value)
    except (TypeError, ValueError, OverflowError):
        number = math.nan
    if not number.is_integer():
        raise DataError(
            f"{column!r} must be a whole number, got {value!r} (another column is "
            "named under data.columns.index)"
        )
    return int(number)


def _is_nothing(value: Any) -> bool:
    """Tell null, empty text and NaN, which tables hold for nothing."""
    if isinstance(value, str):
        return not value.strip()
    return value is None or (isinstance(value, float) and math.isnan(value))
