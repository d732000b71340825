"""An HTTP response as a crawler stored it: status, type, charset and plain content."""

from __future__ import annotations

import re
import zlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial

from mlpkg.articles.decoding import looks_binary
from mlpkg.articles.streams import larger_than
from mlpkg.articles.warc_records import header_fields
from mlpkg.articles.warc_window import END_OF_HEADER, MAX_HEADER
from mlpkg.exceptions import DataError

__all__ = ["HttpMessage", "content_type", "parse_http", "plain_content"]

_STATUS = re.compile(rb"HTTP/\d(?:\.\d)?[ \t]+(\d{3})\b", re.IGNORECASE)
_CHARSET = re.compile(r"charset\s*=\s*[\"']?\s*([\w.:-]+)", re.IGNORECASE)
_CHUNK = re.compile(rb"\s*([0-9a-fA-F]{1,8})[ \t]*(?:;[^\n]{0,1000})?\r?\n")


@dataclass(frozen=True, slots=True)
class HttpMessage:
    """A response.

    Parameters
    ----------
    status
        Its code.
    fields
        Its header by lower-case names.
    content
        What follows the header, as it was sent.
    """

    status: int
    fields: Mapping[str, str]
    content: bytes


def parse_http(block: bytes) -> HttpMessage:
    """Take a response apart; `DataError` where the bytes begin like none."""
    status = _STATUS.match(block)
    end = END_OF_HEADER.search(block, 0, MAX_HEADER)
    if status is None:
        raise DataError(f"no HTTP response begins with {block[:40]!r}")
    if end is None:
        raise DataError("the HTTP header has no end")
    _, _, header = block[: end.end()].partition(b"\n")
    return HttpMessage(int(status[1]), header_fields(header), block[end.end() :])


def content_type(value: str) -> tuple[str, str]:
    """Return type and charset that a header states, lower case, empty for none.

    Examples
    --------
    >>> content_type('Text/HTML; charset="ISO-8859-1"')
    ('text/html', 'iso-8859-1')
    """
    charset = _CHARSET.search(value)
    kind = value.partition(";")[0].strip().lower()
    return kind, charset[1].lower() if charset else ""


def plain_content(message: HttpMessage, limit: int) -> bytes:
    """Return the content without its transfer and content codings.

    Parameters
    ----------
    message
        The response.
    limit
        The most bytes that may come of it.

    Raises
    ------
    DataError
        The content is damaged, larger, or in a coding that is not known. What bears
        the name of a coding and is plain text, since many crawlers unpack before they
        store, is returned as it is.
    """
    data = message.content
    for field in ("transfer-encoding", "content-encoding"):
        names = message.fields.get(field, "").lower().split(",")
        for name in reversed([name.strip() for name in names if name.strip()]):
            data = _decoded(data, name, limit)
    return data


def _decoded(data: bytes, name: str, limit: int) -> bytes:
    """Take one coding away."""
    if name in _PLAIN or not data:
        return data
    try:
        if name not in _CODINGS:
            raise DataError(f"{name!r:.40} is no coding that can be read")
        decoded = _CODINGS[name](data, limit + 1)
    except (DataError, OSError, zlib.error) as error:
        if not looks_binary(data) and not _begins_coded(data, name):
            return data
        raise DataError(f"the content is not whole {name!r:.40} ({error})") from None
    if len(decoded) > limit:
        raise DataError(larger_than(limit))
    return decoded


def _begins_coded(data: bytes, name: str) -> bool:
    """Tell content that begins in its coding, damaged as it may be later."""
    if name == "chunked":
        return _CHUNK.match(data) is not None
    return data.startswith((b"\x1f\x8b", b"\x28\xb5\x2f\xfd"))


def _joined(data: bytes, limit: int) -> bytes:
    """Join the chunks of a message."""
    parts: list[bytes] = []
    place = 0
    while chunk := _CHUNK.match(data, place):
        length = int(chunk[1], 16)
        if not length:
            return b"".join(parts)
        place = chunk.end() + length
        parts.append(data[chunk.end() : place])
        if place > len(data):
            break
    raise DataError(f"no chunk begins at byte {min(place, len(data)):,}")


def _inflated(data: bytes, limit: int, wbits: int = 31) -> bytes:
    """Unpack gzip members or deflated bytes."""
    parts, size = [], 0
    while data and size < limit:
        inflater = zlib.decompressobj(wbits)
        parts.append(inflater.decompress(data, limit - size))
        size += len(parts[-1])
        if not inflater.eof and size < limit:
            raise DataError("its end is missing")
        data = inflater.unused_data.lstrip(b"\0")
    return b"".join(parts)


def _deflated(data: bytes, limit: int) -> bytes:
    """Unpack deflated bytes with the envelope that they should have or without."""
    try:
        return _inflated(data, limit, 15)
    except zlib.error:
        return _inflated(data, limit, -15)


def _through(reader: str, data: bytes, limit: int) -> bytes:
    """Unpack with one of fastwarc's readers."""
    import io

    from fastwarc import stream_io

    stream = getattr(stream_io, reader)(io.BytesIO(data))
    parts, size = [], 0
    while size < limit and (part := stream.read(min(65_536, limit - size))):
        parts.append(part)
        size += len(part)
    return b"".join(parts)


_PLAIN = ("identity", "none", "utf-8", "binary")
_CODINGS: dict[str, Callable[[bytes, int], bytes]] = {
    "chunked": _joined,
    "gzip": _inflated,
    "x-gzip": _inflated,
    "deflate": _deflated,
    "br": partial(_through, "BrotliReader"),
    "zstd": partial(_through, "ZstdReader"),
}
