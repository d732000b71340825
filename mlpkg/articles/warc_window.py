"""The part of a WARC file that is looked at: read on, gone back in, left behind."""

from __future__ import annotations

import re
from collections import deque
from dataclasses import dataclass

from mlpkg.articles.warc_bytes import WarcBytes
from mlpkg.exceptions import DataError

__all__ = ["END_OF_HEADER", "MAX_HEADER", "Start", "Window"]

# Longer than any header that a crawler writes.
MAX_HEADER = 65_536
# Going back to look for records inside one that says a false length takes a read of the
# file each time; a hostile file could ask for it at every record.
MAX_RESTARTS = 20
END_OF_HEADER = re.compile(rb"\r?\n\r?\n")
_NEXT = re.compile(rb"\nWARC/\d\.\d{1,3}\r?\n")
# What may be the beginning of a match at the end of what was read.
_PART = 16


@dataclass(frozen=True, slots=True)
class Start:
    """Where a record begins.

    Parameters
    ----------
    offset
        Byte of the file, or of the gzip member that holds the record.
    into
        Bytes of the unpacked member before it; where there are none, reading can begin
        at `offset`.
    """

    offset: int
    into: int


class Window:
    """What was read of the bytes and not used yet, with the places of its members."""

    def __init__(self, source: WarcBytes) -> None:
        self._source = source
        self._bytes = bytearray()
        self._place = 0  # of the first byte, counted in plain bytes
        self._members: deque[tuple[int, int]] = deque()  # plain place, offset
        self._restarts = 0
        self._ended = False
        self.damage: DataError | None = None

    def __len__(self) -> int:
        return len(self._bytes)

    def is_damaged_in(self, start: Start) -> bool:
        """Tell whether the damage lies in the member that `start` names."""
        return self._source.packed and self._source.offset == start.offset

    def start(self) -> Start:
        """Tell where the first byte stands."""
        self.has(1)
        while len(self._members) > 1 and self._members[1][0] <= self._place:
            self._members.popleft()
        place, offset = self._members[0] if self._members else (self._place, 0)
        into = self._place - place
        return Start(offset, into) if self._source.packed else Start(offset + into, 0)

    def has(self, count: int) -> bool:
        """Read on until there are so many bytes; False where they end before."""
        while len(self._bytes) < count and not self._ended:
            try:
                piece = self._source.read()
                self._ended = not piece
            except DataError as error:
                self.damage, self._ended, piece = error, True, b""
            offset = self._source.offset
            if not self._members or (
                self._source.packed and offset != self._members[-1][1]
            ):
                self._members.append((self._place + len(self._bytes), offset))
            self._bytes += piece
        return len(self._bytes) >= count

    def slice(self, start: int, end: int) -> bytes:
        """Return bytes that were read."""
        return bytes(memoryview(self._bytes)[start:end])

    def leading(self, signs: bytes, start: int = 0) -> int:
        """Count the bytes from `start` on that are among `signs`."""
        number = start
        while self.has(number + 1) and self._bytes[number] in signs:
            number += 1
        return number - start

    def header_end(self) -> int:
        """Return where the header before the first empty line ends; 0 for nowhere."""
        size = 0
        while size < MAX_HEADER and self.has(size + 1):
            size = min(len(self._bytes), MAX_HEADER)
            if found := END_OF_HEADER.search(self._bytes, 0, size):
                return found.end()
        return 0

    def drop(self, count: int) -> None:
        """Use bytes that were read."""
        del self._bytes[:count]
        self._place += count

    def skip(self, count: int) -> bool:
        """Use bytes that need not be held; False where they end before."""
        while count and self.has(1):
            step = min(count, len(self._bytes))
            self.drop(step)
            count -= step
        return not count

    def recover(self) -> bool:
        """Go on behind the damage; False where nothing is left."""
        self.damage = None
        self._ended = not self._source.recover()
        return not self._ended

    def go_back(self, start: Start) -> None:
        """Stand at an earlier place again, if the file lets us and it is not too often.

        Where it does not, what was passed over stays lost.
        """
        self._restarts += 1
        if self._restarts > MAX_RESTARTS or not self._source.restart(start.offset):
            return
        self._bytes.clear()
        self._members.clear()
        self._ended, self.damage = False, None
        self.skip(start.into)

    def seek_record(self) -> None:
        """Drop all before the next record, or before damage."""
        while not (found := _NEXT.search(self._bytes)):
            self.drop(max(0, len(self._bytes) - _PART))
            if not self.has(len(self._bytes) + 1):
                self.drop(len(self._bytes))
                return
        self.drop(found.start() + 1)
