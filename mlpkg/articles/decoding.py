"""From bytes to text: which encoding, and the little that is normalised."""

from __future__ import annotations

import codecs
import logging

from mlpkg.exceptions import DataError

__all__ = ["PROBE", "decode", "decode_line", "looks_binary", "normalise", "wide_codec"]

logger = logging.getLogger(__name__)

_MARKS = (
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
# A text file holds next to no control characters; a binary file is full of them.
MAX_CONTROL_SHARE = 0.02
# A short text may hold a few by accident.
FREE_CONTROLS = 4
PROBE = 65_536
_CONTROL = bytes(set(range(32)) - {9, 10, 12, 13, 27})


def decode(data: bytes, name: str, encoding: str | None = None) -> tuple[str, str]:
    """Decode the bytes of one file.

    Parameters
    ----------
    data
        Content of the file.
    name
        Its name, for messages.
    encoding
        A codec to use; None looks at the byte order mark, then tries UTF-8, then
        asks resiliparse's detector.

    Returns
    -------
    text : str
        The text; the byte order mark is gone, line ends are newlines, nothing else
        is changed.
    encoding : str
        The codec used.

    Raises
    ------
    DataError
        The bytes are not text, or not text in the encoding asked for.
    """
    if encoding is not None:
        return _with_codec(data, encoding), encoding
    data = data.removeprefix(codecs.BOM_UTF8)
    for mark, codec in _MARKS:
        if data.startswith(mark):
            return _with_codec(data[len(mark) :], codec), codec
    if looks_binary(data):
        raise DataError("the bytes are not text (control characters); not read")
    return _plain(data, name)


def decode_line(data: bytes, name: str, encoding: str | None = None) -> str:
    """Decode one line of a file, as `decode` does a file without a byte order mark.

    A line is too short to tell binary bytes from text: ask `looks_binary` of the
    beginning of the file.
    """
    if encoding is not None:
        return _with_codec(data, encoding)
    return _plain(data.removeprefix(codecs.BOM_UTF8), name)[0]


def wide_codec(head: bytes, encoding: str | None = None) -> str | None:
    """Return the codec of a file in which a newline is more than one byte.

    Parameters
    ----------
    head
        The first bytes of the file.
    encoding
        The codec where it is known, else a byte order mark tells.
    """
    if encoding is not None:
        try:
            return None if "\n".encode(encoding) == b"\n" else encoding
        except LookupError:
            raise DataError(f"unknown encoding {encoding!r}") from None
    # Unlike the names with an end, these read the mark and take it away.
    return next((codec[:6] for mark, codec in _MARKS if head.startswith(mark)), None)


def normalise(text: str) -> str:
    """Make line ends newlines and drop a byte order mark.

    Lone surrogates and NUL, which no encoder takes, become U+FFFD, so that offsets
    stay as they are.
    """
    text = _line_ends(text)
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        text = "".join("\ufffd" if "\ud800" <= c <= "\udfff" else c for c in text)
    return text


def looks_binary(head: bytes) -> bool:
    """Tell whether the first bytes hold more control characters than text does."""
    probe = head[:PROBE]
    controls = len(probe) - len(probe.translate(None, _CONTROL))
    return controls > max(FREE_CONTROLS, MAX_CONTROL_SHARE * len(probe))


def _line_ends(text: str) -> str:
    """Normalise all but surrogates; most texts need nothing and stay as they are."""
    text = text.removeprefix("\ufeff")
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    return text.replace("\0", "\ufffd")


def _plain(data: bytes, name: str) -> tuple[str, str]:
    """Decode bytes of an encoding in which ASCII is one byte a character."""
    try:
        # Strict UTF-8 holds no surrogates: no need to look for them.
        return _line_ends(data.decode("utf-8")), "utf-8"
    except UnicodeDecodeError as error:
        return _detected(data, name, error)


def _detected(data: bytes, name: str, error: UnicodeDecodeError) -> tuple[str, str]:
    """Decode with the detector's guess; say so in the log."""
    from resiliparse.parse.encoding import detect_encoding

    codec = detect_encoding(data) or "cp1252"
    if codec.lower().replace("-", "") == "utf8":
        text = data.decode("utf-8", errors="replace")
        logger.warning(
            "%s: broken UTF-8 from byte %d on; such bytes became U+FFFD",
            name,
            error.start,
        )
        return normalise(text), "utf-8"
    logger.info("%s: not UTF-8, read as %s", name, codec)
    return normalise(data.decode(codec, errors="replace")), codec


def _with_codec(data: bytes, codec: str) -> str:
    """Decode strictly with one codec."""
    try:
        return normalise(data.decode(codec))
    except LookupError:
        raise DataError(f"unknown encoding {codec!r}") from None
    except UnicodeDecodeError as error:
        raise DataError(
            f"not {codec} at byte {error.start} ({error.reason}); "
            "leave the encoding out to have it detected"
        ) from None
