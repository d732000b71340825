"""Values of records as words and whole numbers: tables hold nothing in many ways."""

from __future__ import annotations

import math
from datetime import date
from typing import Any

from mlpkg.articles.decoding import normalise
from mlpkg.exceptions import DataError

__all__ = ["is_nothing", "whole_number", "word"]


def is_nothing(value: Any) -> bool:
    """Tell null, empty text and NaN, which tables hold for nothing."""
    if isinstance(value, str):
        return not value.strip()
    return value is None or (isinstance(value, float) and math.isnan(value))


def word(value: Any) -> str:
    """Spell an id, a name or a date; empty for nothing, `DataError` for a list.

    Examples
    --------
    >>> word(17.0), word(" a "), word(float("nan"))
    ('17', 'a', '')
    """
    if is_nothing(value):
        return ""
    if isinstance(value, list | dict):
        raise DataError(f"must be a word or a number, got a {type(value).__name__}")
    if isinstance(value, float) and value.is_integer():
        value = int(value)  # a column of numbers with gaps in it
    if isinstance(value, bytes):
        value = value.decode("utf-8", errors="replace")
    text = value.isoformat() if isinstance(value, date) else str(value)
    return normalise(text).strip()


def whole_number(value: Any) -> int | None:
    """Read a whole number, None for nothing; `DataError` for anything else."""
    if is_nothing(value):
        return None
    try:
        number = math.nan if isinstance(value, bool) else float(value)
    except (TypeError, ValueError, OverflowError):
        number = math.nan
    if not number.is_integer():
        raise DataError(f"must be a whole number, got {value!r:.60}")
    return int(number)
