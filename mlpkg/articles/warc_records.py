"""Records of a WARC file: what begins where, whether it is whole, where the next is.

fastwarc's own iterator takes a record that is cut for a whole one and ends at the first
that is damaged; here both are told and the next record is looked for.
"""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from mlpkg.articles.decoding import normalise
from mlpkg.articles.streams import MAX_BYTES, open_raw
from mlpkg.articles.warc_bytes import MARK, WarcBytes, warc_bytes
from mlpkg.articles.warc_window import MAX_HEADER, Start, Window
from mlpkg.exceptions import DataError

__all__ = [
    "WarcRecord",
    "header_fields",
    "read_records",
    "record_starts",
]

_END = b"\r\n\r\n"
_LENGTH = re.compile(r"\d{1,18}")
_DIGESTS = {"sha1": hashlib.sha1, "sha256": hashlib.sha256, "md5": hashlib.md5}
SHOWN = 40


@dataclass(frozen=True, slots=True)
class WarcRecord:
    """A record as it stands in the file.

    Parameters
    ----------
    fields
        Its header by lower-case names.
    block
        Its content, no more of it than was asked for.
    length
        How many bytes its content has.
    """

    fields: Mapping[str, str]
    block: bytes
    length: int

    @property
    def kind(self) -> str:
        """Type of the record, such as response or request."""
        return self.fields.get("warc-type", "").lower()


def read_records(
    source: WarcBytes, limit: int
) -> Iterator[tuple[Start, WarcRecord | DataError]]:
    """Yield the records of a WARC file, and what is wrong where there is none.

    Parameters
    ----------
    source
        The bytes, from where a record begins.
    limit
        Bytes of a record's content to hold; the rest is passed over.

    Yields
    ------
    start : Start
        Where it begins.
    record : WarcRecord or DataError
        After a damaged one, the next that begins like a record goes on.
    """
    window = Window(source)
    told: DataError | None = None
    while True:
        window.drop(window.leading(b"\r\n"))
        start = window.start()
        if not window.has(1):
            if window.damage is None:
                return
            if window.damage is not told:
                yield start, window.damage
            if not window.recover():
                return
            continue
        try:
            yield start, _record(window, start, limit)
        except DataError as error:
            yield start, error
            told = window.damage if error.__cause__ is not None else None
            window.seek_record()


def record_starts(path: str, page_bytes: int = MAX_BYTES) -> Iterator[tuple[int, int]]:
    """Yield the records of a file at which a reader can begin.

    Parameters
    ----------
    path
        A WARC file.
    page_bytes
        As `mlpkg.open_articles` takes it, which then counts to the same numbers.

    Yields
    ------
    number : int
        Of the record, from 1, damaged ones counted.
    offset : int
        Byte of the file. A file packed as a whole has one such record, the first.
    """
    with open_raw(path) as raw:
        records = read_records(warc_bytes(raw), page_bytes + MAX_HEADER)
        for number, (start, _) in enumerate(records, start=1):
            if not start.into:
                yield number, start.offset


def header_fields(header: bytes) -> dict[str, str]:
    """Read the lines ``name: value`` of a header; the first of a name counts."""
    fields: dict[str, str] = {}
    text = normalise(header.decode("utf-8", errors="replace"))
    for line in re.sub(r"\n[ \t]+", " ", text).split("\n"):
        name, sign, value = line.partition(":")
        if sign:
            fields.setdefault(name.strip().lower(), value.strip())
    return fields


def _record(window: Window, start: Start, limit: int) -> WarcRecord | DataError:
    """Take the record that begins with the window."""
    if not window.has(len(MARK)) or window.slice(0, len(MARK)) != MARK:
        raise DataError(f"no WARC record begins with {window.slice(0, SHOWN)!r}")
    body = window.header_end()
    if not body:
        raise DataError("the header of the record has no end") from window.damage
    fields = header_fields(window.slice(0, body))
    stated = fields.get("content-length", "")
    if not _LENGTH.fullmatch(stated):
        raise DataError(f"Content-Length must be a number of bytes, got {stated!r:.60}")
    length = int(stated)
    held = min(length, limit)
    window.has(body + held)
    block = window.slice(body, body + held)
    if held == length:
        _check_end(window, start, body + length, length)
        window.drop(body + length)
        if not _fits(fields.get("warc-block-digest", ""), block):
            return DataError("its content is not that of its WARC-Block-Digest")
    else:
        _pass_over(window, start, body, length)
    return WarcRecord(fields, block, length)


def _check_end(window: Window, start: Start, end: int, length: int) -> None:
    """Refuse a record that is cut, or whose length is not what it says."""
    if not window.has(end):
        raise _cut(window, length)
    after = end + window.leading(b"\r\n", end)
    window.has(after + len(MARK))
    following = window.slice(after, after + len(MARK))
    # Behind a proper end stands another record, or what is damaged is not this one.
    if after - end < len(_END) and not MARK.startswith(following):
        raise DataError(
            f"its Content-Length, {length:,}, is wrong: its content does not end there"
        )
    if not following and window.damage and window.is_damaged_in(start):
        raise DataError(str(window.damage)) from window.damage


def _pass_over(window: Window, start: Start, body: int, length: int) -> None:
    """Use a record that is too large to be held; go back where it ends wrongly."""
    window.skip(body + length - 1)  # all but a byte, for the check to end at
    try:
        _check_end(window, start, 1, length)
    except DataError:
        window.go_back(start)
        raise
    window.drop(1)


def _cut(window: Window, length: int) -> DataError:
    """Say that a record is not there as a whole, and why where that is known."""
    reason = f" ({window.damage})" if window.damage else ""
    error = DataError(f"cut short: its {length:,} bytes are not all there{reason}")
    error.__cause__ = window.damage
    return error


def _fits(digest: str, block: bytes) -> bool:
    """Tell whether a digest is that of the content; one of another kind may be."""
    name, _, stated = digest.partition(":")
    algorithm = _DIGESTS.get(name.strip().lower())
    if algorithm is None:
        return True
    found = algorithm(block, usedforsecurity=False).digest()
    return stated.strip().lower().rstrip("=") in (
        base64.b32encode(found).decode().lower().rstrip("="),
        found.hex(),
    )
