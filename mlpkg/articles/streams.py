"""Bytes of a file or of standard input, unpacked on the way and kept in bounds."""

from __future__ import annotations

import gzip
import io
import stat
import sys
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, TYPE_CHECKING, BinaryIO, cast

from mlpkg.articles.forms import PACKED
from mlpkg.exceptions import DataError

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer

__all__ = [
    "FREE_EXPANSION",
    "MAX_BYTES",
    "MAX_EXPANSION",
    "STDIN",
    "STEP",
    "larger_than",
    "open_raw",
    "open_stream",
    "packing_of",
    "read_whole",
    "unpacked",
    "unpacked_head",
]

STDIN = "-"
# A news page is far smaller; a larger file is some other thing under a wrong name.
MAX_BYTES = 64 * 1024 * 1024
# News text packs to a third or a tenth, a table of one repeated row to a hundredth;
# gzip can reach 1,000 and zstd 30,000, with nothing but padding.
MAX_EXPANSION = 200
# What may come of any packed file, however small.
FREE_EXPANSION = 16 * 1024 * 1024
# Small, so that a file that is cut loses no more than this of what came before.
STEP = 4096
_MAGIC = {
    b"\x1f\x8b": "gzip",
    b"\x28\xb5\x2f\xfd": "zstd",
    b"\x5d\x2a\x4d\x18": "zstd",  # a dictionary for what follows
}


@contextmanager
def open_raw(path: str, offset: int = 0) -> Iterator[io.BufferedReader]:
    """Open a file or standard input for reading its bytes as they stand.

    Parameters
    ----------
    path
        A regular file, or ``-``.
    offset
        Byte of the file to begin at.

    Raises
    ------
    OSError
        The file cannot be opened.
    DataError
        It is no regular file.
    """
    if path == STDIN:
        # Its own buffer would be closed together with a reader around it.
        yield io.BufferedReader(_Counted(sys.stdin.buffer))
        return
    _check_regular(path)
    with Path(path).open("rb") as file:
        file.seek(offset)
        yield file


@contextmanager
def open_stream(path: str, offset: int = 0) -> Iterator[io.BufferedReader]:
    """Open a file or standard input for reading.

    Parameters
    ----------
    path
        A regular file, or ``-``. What gzip or zstd has packed is unpacked,
        whatever its name.
    offset
        Byte of the file to begin at.

    Yields
    ------
    io.BufferedReader
        The plain bytes. A read raises `DataError` where packed bytes are damaged or
        expand out of all proportion.

    Raises
    ------
    OSError
        The file cannot be opened.
    DataError
        It is no regular file, or its name says packed and its content does not.
    """
    with open_raw(path, offset) as raw:
        yield unpacked(raw, path)


def packing_of(head: bytes) -> str:
    """Say what has packed the bytes that begin so: gzip, zstd, or empty for nothing."""
    return next((kind for magic, kind in _MAGIC.items() if head.startswith(magic)), "")


def unpacked(raw: io.BufferedReader, path: str = "") -> io.BufferedReader:
    """Put an unpacker before bytes that begin as packed ones do.

    Parameters
    ----------
    raw
        The bytes as `open_raw` gives them.
    path
        Name of their file, which may say that they are packed.

    Raises
    ------
    DataError
        The name says packed and the content does not.
    """
    kind = packing_of(raw.peek(8))
    stated = PACKED.get(Path(path).suffix.lower(), "")
    if stated and not kind:
        raise DataError(
            f"not a whole {stated} file (it does not begin like one); leave "
            f"{Path(path).suffix!r} out of its name if it is not packed"
        )
    if not kind:
        return raw
    counted = _Counted(raw)
    return io.BufferedReader(_Unpacking(_unpacker(counted, kind), counted, kind))


def unpacked_head(head: bytes, count: int) -> bytes:
    """Unpack no more than the first bytes; empty where they are not whole."""
    kind = packing_of(head)
    if not kind:
        return head[:count]
    try:
        if kind == "gzip":
            return zlib.decompressobj(wbits=31).decompress(head, count)
        return _unpacker(_Counted(io.BytesIO(head)), kind).read(count)
    except (OSError, zlib.error):
        return b""


def read_whole(stream: IO[bytes], limit: int | None = None) -> bytes:
    """Read a page to its end; `DataError` when it has more than `limit` bytes."""
    limit = MAX_BYTES if limit is None else limit
    data = stream.read(limit + 1)
    if len(data) > limit:
        raise DataError(
            f"{larger_than(limit)}; cut it into pages, a file or a JSON line each"
        )
    return data


def larger_than(limit: int) -> str:
    """Say that a page has too many bytes."""
    size = f"{limit:,} bytes" if limit % 2**20 else f"{limit >> 20} MiB"
    return f"larger than {size}, the most that is read as one page"


def _check_regular(path: str) -> None:
    """Refuse pipes and devices, which may block for ever or never end."""
    mode = Path(path).stat().st_mode
    if stat.S_ISDIR(mode):
        raise DataError("a folder, expected a file")
    if not stat.S_ISREG(mode):
        raise DataError(
            "not a regular file but a pipe, socket or device; pipe its content in and "
            "name - instead"
        )


class _Counted(io.RawIOBase):
    """Passes bytes on and counts them."""

    def __init__(self, inner: IO[bytes]) -> None:
        self._inner = inner
        self.total = 0

    def readable(self) -> bool:
        return True

    def tell(self) -> int:
        return self.total

    def readinto(self, buffer: WriteableBuffer) -> int:
        view = memoryview(buffer).cast("B")
        data = self._inner.read(len(view))
        view[: len(data)] = data
        self.total += len(data)
        return len(data)


class _Unpacking(io.RawIOBase):
    """Unpacked bytes, refused when they are damaged or out of all proportion."""

    def __init__(self, unpacker: IO[bytes], packed: _Counted, kind: str) -> None:
        self._unpacker = unpacker
        self._packed = packed
        self._kind = kind
        self._total = 0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: WriteableBuffer) -> int:
        view = memoryview(buffer).cast("B")
        try:
            data = self._unpacker.read(min(STEP, len(view)))
        except (OSError, EOFError, zlib.error) as error:
            raise DataError(
                f"not a whole {self._kind} file ({error}); pack it again"
            ) from None
        self._total += len(data)
        if self._total > max(FREE_EXPANSION, MAX_EXPANSION * self._packed.total):
            raise DataError(
                f"{self._kind} bytes that expand more than {MAX_EXPANSION}-fold, to "
                f"over {self._total >> 20} MiB; unpack the file if that is what it "
                "should hold"
            )
        view[: len(data)] = data
        return len(data)


def _unpacker(packed: _Counted, kind: str) -> IO[bytes]:
    """Return what unpacks a stream piece by piece."""
    if kind == "gzip":
        return cast("IO[bytes]", _EagerGzip(fileobj=io.BufferedReader(packed)))
    from fastwarc.stream_io import ZstdReader

    # Unlike Arrow's, it takes the dictionary that crawls put before their records.
    return cast("IO[bytes]", ZstdReader(cast("BinaryIO", packed)))


class _EagerGzip(gzip.GzipFile):
    """Gives what it has before it fails on what comes next."""

    def read(self, size: int | None = -1) -> bytes:
        return self.read1(-1 if size is None else size)
