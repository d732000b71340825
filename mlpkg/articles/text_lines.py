"""Lines of a stream, decoded one by one, so that a bad one costs only itself."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from typing import AnyStr

from mlpkg.articles.decoding import (
    PROBE,
    decode_line,
    looks_binary,
    normalise,
    wide_codec,
)
from mlpkg.exceptions import DataError

__all__ = ["MAX_LINE", "Line", "read_lines"]

# Number from 1 and text without its line end, or what is wrong with it.
Line = tuple[int, str | DataError]
# A record of a page with its markup has some hundred kilobytes; JSON of this many
# bytes can take forty times as much memory.
MAX_LINE = 16 * 1024 * 1024


def read_lines(
    stream: io.BufferedReader, name: str, encoding: str | None = None
) -> Iterator[Line]:
    """Yield the lines of a stream, whatever their line ends.

    Parameters
    ----------
    stream
        The bytes.
    name
        Its name, for the log.
    encoding
        A codec, None to detect it for each line.

    Yields
    ------
    number : int
        From 1.
    text : str or DataError
        The text is empty for a blank line. A line that is too long or is not text in
        `encoding` is an error, and the next one goes on.

    Raises
    ------
    DataError
        The stream is binary, or damaged from here on.
    """
    head = stream.peek(PROBE)
    codec = wide_codec(head, encoding)
    if codec is None and looks_binary(head):
        raise DataError("the bytes are not text (control characters); not read")
    number = 0
    pieces = _bytes(stream, name, encoding) if codec is None else _wide(stream, codec)
    for piece in pieces:
        if isinstance(piece, DataError):
            number += 1
            yield number, piece
            continue
        for text in piece.removesuffix("\n").split("\n"):
            number += 1
            yield number, text


def _bytes(
    stream: io.BufferedReader, name: str, encoding: str | None
) -> Iterator[str | DataError]:
    """Yield the lines of a codec in which a newline is one byte."""
    for line in _bounded(stream.readline, b"\n"):
        if isinstance(line, DataError):
            yield line
            continue
        if line == b"\n":  # a packed file can hold millions
            yield ""
            continue
        try:
            yield decode_line(line, name, encoding)
        except DataError as error:
            yield error


def _wide(stream: io.BufferedReader, codec: str) -> Iterator[str | DataError]:
    """Yield the lines of UTF-16 and UTF-32, whose newline is several bytes."""
    text = io.TextIOWrapper(stream, codec, newline="\n")
    try:
        for line in _bounded(text.readline, "\n"):
            yield line if isinstance(line, DataError) else normalise(line)
    except UnicodeError as error:
        raise DataError(f"not {codec} ({error}); the rest is not read") from None
    finally:
        text.detach()


def _bounded(
    readline: Callable[[int], AnyStr], newline: AnyStr
) -> Iterator[AnyStr | DataError]:
    """Yield lines that fit and an error for each that does not."""
    while line := readline(MAX_LINE + 1):
        if len(line) <= MAX_LINE:
            yield line
            continue
        while len(line) > MAX_LINE and not line.endswith(newline):
            line = readline(MAX_LINE + 1)
        yield DataError(f"a line of more than {MAX_LINE >> 20} MiB; not a record")
