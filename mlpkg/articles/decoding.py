"""From bytes to text: which encoding, and the little that is normalised."""

from __future__ import annotations

import codecs
import logging

from mlpkg.exceptions import DataError

__all__ = ["decode", "normalise"]

logger = logging.getLogger(__name__)

_MARKS = (
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
# A text file holds next to no control characters; a binary file is full of them.
MAX_CONTROL_SHARE = 0.02
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
    if _looks_binary(data):
        raise DataError("the bytes are not text (control characters); not read")
    try:
        return normalise(data.decode("utf-8")), "utf-8"
    except UnicodeDecodeError as error:
        return _detected(data, name, error)


def normalise(text: str) -> str:
    """Make line ends newlines and drop a byte order mark.

    Lone surrogates and NUL, which no encoder takes, become U+FFFD, so that offsets
    stay as they are.
    """
    text = text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")
    if "\0" in text:
        text = text.replace("\0", "\ufffd")
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        text = "".join("\ufffd" if "\ud800" <= c <= "\udfff" else c for c in text)
    return text


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


def _looks_binary(data: bytes) -> bool:
    """Tell whether the first bytes hold more control characters than text does."""
    probe = data[:PROBE]
    controls = len(probe) - len(probe.translate(None, _CONTROL))
    return controls > MAX_CONTROL_SHARE * len(probe)
