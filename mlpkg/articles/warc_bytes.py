"""Plain bytes of a WARC file, each with its place in the file, and a way past damage.

`mlpkg.articles.streams` unpacks too, but one stream to its first damage: a crawl packs
each record on its own, so that what follows a damaged one can still be read, and a
reader can begin in the middle.
"""

from __future__ import annotations

import io
import zlib
from typing import Protocol

from mlpkg.articles.streams import (
    FREE_EXPANSION,
    MAX_EXPANSION,
    STEP,
    packing_of,
    unpacked,
    unpacked_head,
)
from mlpkg.exceptions import DataError

__all__ = ["GzipMembers", "PlainBytes", "WarcBytes", "begins_as_warc", "warc_bytes"]

MARK = b"WARC/"
# Read at once. Small: what zlib has not taken yet is copied at each STEP.
CHUNK = 16_384
_GZIP = b"\x1f\x8b\x08"
# Bytes of a member that show what it holds.
LOOK = 1024


class WarcBytes(Protocol):
    """Bytes in pieces that lie in one member of the file each."""

    packed: bool  # whether `offset` is that of the member, not of the piece

    @property
    def offset(self) -> int:
        """Where in the file the last piece stands, or its member."""

    def read(self) -> bytes:
        """Return the next piece, empty at the end; `DataError` where it is damaged."""

    def restart(self, offset: int) -> bool:
        """Go to a member or byte; False where the file cannot be gone about in."""

    def recover(self) -> bool:
        """Go past damage to the next member with records; False where none is."""


def begins_as_warc(raw: io.BufferedReader) -> bool:
    """Tell by its first bytes, packed or not, whether a stream is WARC."""
    return unpacked_head(raw.peek(LOOK), len(MARK)) == MARK


def warc_bytes(raw: io.BufferedReader, start: int = 0) -> WarcBytes:
    """Return the bytes of a WARC file from where it stands.

    Parameters
    ----------
    raw
        The file as it is stored.
    start
        Where in it `raw` stands: at a gzip member or, where nothing is packed, at a
        record.
    """
    packing = packing_of(raw.peek(4))
    if packing == "gzip":
        return GzipMembers(raw, start)
    return PlainBytes(unpacked(raw), start, packed=bool(packing))


class PlainBytes:
    """Bytes that nothing has packed, or that are unpacked as one stream."""

    def __init__(
        self, stream: io.BufferedReader, start: int = 0, *, packed: bool = False
    ) -> None:
        self._stream = stream
        self.packed = packed
        self.offset = self._next = start

    def read(self) -> bytes:
        """Return the next piece."""
        piece = self._stream.read1(CHUNK)
        if not self.packed:
            self.offset = self._next
        self._next += len(piece)
        return piece

    def restart(self, offset: int) -> bool:
        """Go to a byte."""
        if self.packed or not self._stream.seekable():
            return False
        self._next = self._stream.seek(offset)
        return True

    def recover(self) -> bool:
        """Say that there is no way past damage in one stream."""
        return False


class GzipMembers:
    """Bytes of gzip members, which begin and end a record each in most crawls."""

    packed = True

    def __init__(self, raw: io.BufferedReader, start: int = 0) -> None:
        self._raw = raw
        self._begin_at(start)

    def _begin_at(self, offset: int) -> None:
        """Forget what was read; the file stands at `offset`."""
        self._buffer = b""
        self._next = self.offset = offset  # of the buffer, of the member
        self._inflater: zlib._Decompress | None = None
        self._taken = self._given = 0

    def read(self) -> bytes:
        """Return the next piece of a member."""
        while True:
            more = bool(self._buffer) or self._fill()
            if self._inflater is None:
                if not more:
                    return b""
                self._open_member()
            if piece := self._inflate():
                return piece
            if not more and self._inflater is not None:
                raise DataError("the gzip bytes end before their time")

    def restart(self, offset: int) -> bool:
        """Go to the member at an offset."""
        if not self._raw.seekable():
            return False
        self._raw.seek(offset)
        self._begin_at(offset)
        return True

    def recover(self) -> bool:
        """Go to the next member that begins as WARC does."""
        if not self.restart(self.offset + 1):
            self._inflater = None
            self._drop(min(1, len(self._buffer)))
        while True:
            place = self._buffer.find(_GZIP)
            if place < 0:
                self._drop(max(0, len(self._buffer) - len(_GZIP) + 1))
                if not self._fill():
                    return False
                continue
            self._drop(place)
            while len(self._buffer) < LOOK and self._fill():
                pass
            if unpacked_head(self._buffer[:LOOK], len(MARK)) == MARK:
                return True
            self._drop(1)

    def _fill(self) -> bool:
        """Read on; False at the end of the file."""
        chunk = self._raw.read1(CHUNK)
        self._buffer += chunk
        return bool(chunk)

    def _drop(self, count: int) -> None:
        """Pass over bytes of the buffer."""
        self._buffer = self._buffer[count:]
        self._next += count

    def _open_member(self) -> None:
        """Begin a member."""
        self._inflater = zlib.decompressobj(wbits=31)
        self.offset = self._next
        self._taken = self._given = 0

    def _inflate(self) -> bytes:
        """Unpack a step of the member."""
        inflater = self._inflater
        assert inflater is not None  # noqa: S101 (for mypy; `read` has opened it)
        try:
            piece = inflater.decompress(self._buffer, STEP)
        except zlib.error as error:
            raise DataError(f"damaged gzip bytes ({error})") from None
        rest = inflater.unused_data if inflater.eof else inflater.unconsumed_tail
        taken = len(self._buffer) - len(rest)
        self._buffer = rest
        self._next += taken
        self._taken += taken
        self._given += len(piece)
        if self._given > max(FREE_EXPANSION, MAX_EXPANSION * self._taken):
            raise DataError(
                f"gzip bytes that expand more than {MAX_EXPANSION}-fold, to over "
                f"{self._given >> 20} MiB"
            )
        if inflater.eof:
            self._inflater = None
        return piece
