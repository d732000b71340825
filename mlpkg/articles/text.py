"""Articles from plain text files: the decoded file itself is the text."""

from __future__ import annotations

from mlpkg.articles.decoding import decode
from mlpkg.exceptions import DataError
from mlpkg.records import Article

__all__ = ["read_text"]


def read_text(data: bytes, name: str, encoding: str | None = None) -> Article:
    """Read the bytes of one text file.

    Parameters
    ----------
    data
        Content of the file.
    name
        Id of the article and name for messages.
    encoding
        A codec, None to detect it.

    Raises
    ------
    DataError
        The bytes are not text, or hold nothing but white space.
    """
    text, codec = decode(data, name, encoding)
    if not text.strip():
        raise DataError("the file holds no text")
    return Article(name, text, meta={"encoding": codec})
