"""Records of JSON: a line each, or the items of one array, read piece by piece."""

from __future__ import annotations

import io
import json
import re
from collections.abc import Iterable, Iterator
from typing import Any

from mlpkg.articles.decoding import wide_codec
from mlpkg.articles.text_lines import MAX_LINE, Line
from mlpkg.exceptions import DataError

__all__ = ["Record", "read_json_lines", "read_json_values"]

# Place (line, row or record number, from 1) and content, or what is wrong with it.
Record = tuple[int, dict[str, Any] | DataError]

_STEP = 65_536
_GAP = re.compile(r"[ \t\n\r,]*")
SHOWN = 60


def read_json_lines(lines: Iterable[Line]) -> Iterator[Record]:
    """Yield the object of each line; blank lines are passed over.

    A line that is not a JSON object is a `DataError` in its place.
    """
    for number, line in lines:
        if isinstance(line, DataError):
            yield number, line
        elif line.strip():
            try:
                yield number, _object(_value(line), line)
            except DataError as error:
                yield number, error


def read_json_values(
    stream: io.BufferedReader, encoding: str | None = None
) -> Iterator[Record]:
    """Yield the items of one array, or objects that follow each other.

    Parameters
    ----------
    stream
        The bytes of a JSON document; no more of it is held than one record.
    encoding
        Its codec, None for UTF-8 or what a byte order mark says.

    Yields
    ------
    number : int
        Of the record, from 1.
    record : dict or DataError
        What is well-formed but no object is an error in its place.

    Raises
    ------
    DataError
        The document is not JSON from here on.
    """
    codec = encoding or wide_codec(stream.peek(4)) or "utf-8-sig"
    text = io.TextIOWrapper(stream, codec)
    try:
        for number, (value, source) in enumerate(_values(text), start=1):
            try:
                yield number, _object(value, source)
            except DataError as error:
                yield number, error
    except UnicodeError as error:
        raise DataError(f"not {codec} ({error}); name the encoding") from None
    finally:
        text.detach()


def _values(text: io.TextIOBase) -> Iterator[tuple[Any, str]]:
    """Yield each top-level value, or each item of an array, with its beginning."""
    decoder = json.JSONDecoder()
    buffer, place, opened = text.read(_STEP).lstrip(), 0, False
    if buffer.startswith("["):
        place, opened = 1, True
    while True:
        place = _after_gap(buffer, place)
        if opened and buffer[place : place + 1] == "]":
            place, opened = place + 1, False
            continue
        try:
            value, end = decoder.raw_decode(buffer, place)
        except RecursionError as error:
            raise _not_json(error, buffer[place:]) from None
        except ValueError as error:
            rest = buffer[place:]
            more = text.read(max(_STEP, len(rest))) if len(rest) <= MAX_LINE else ""
            if not more:
                _check_end(rest, opened, error)
                return
            buffer, place = rest + more, 0
            continue
        yield value, buffer[place : place + SHOWN]
        place = end


def _after_gap(buffer: str, place: int) -> int:
    """Pass over what stands between values."""
    gap = _GAP.match(buffer, place)
    return gap.end() if gap else place


def _check_end(rest: str, opened: bool, error: ValueError) -> None:
    """Refuse a document that does not end where it may."""
    if rest:
        raise _not_json(error, rest)
    if opened:
        raise DataError("not whole JSON: the array has no end")


def _value(line: str) -> Any:
    """Read the JSON value of a line."""
    try:
        return json.loads(line)
    except (ValueError, RecursionError) as error:
        raise _not_json(error, line) from None


def _object(value: Any, source: str) -> dict[str, Any]:
    """Return an object or refuse another value."""
    if not isinstance(value, dict):
        raise DataError(f"expected a JSON object, got {source[:SHOWN]!r}")
    return value


def _not_json(error: Exception, source: str) -> DataError:
    """Say that a text is not JSON; its place in a long text means little."""
    reason = "nested too deep" if isinstance(error, RecursionError) else str(error)
    return DataError(f"not JSON ({reason}), got {source[:SHOWN]!r}")
