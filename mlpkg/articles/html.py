"""Articles from HTML: every visible line in page order, with the markup around it.

resiliparse builds the tree; what is a line, what is hidden and what the page states of
itself is judged in `html_lines` and `html_head`.
"""

from __future__ import annotations

import re
from typing import Any

from mlpkg.articles.decoding import decode, normalise
from mlpkg.articles.html_head import head_facts
from mlpkg.articles.html_lines import visible_lines
from mlpkg.articles.markup_bounds import check_markup
from mlpkg.exceptions import DataError
from mlpkg.records import Article

__all__ = ["article_from_html", "read_html"]

# A page states its encoding near its beginning, in one of two ways.
_CHARSET = re.compile(rb"<meta[^>]{0,200}?charset\s*=\s*[\"']?\s*([\w.:-]+)", re.I)
PROBE = 4096


def read_html(
    data: bytes, name: str, encoding: str | None = None, *, charset: str = ""
) -> Article:
    """Read the bytes of one HTML file.

    Parameters
    ----------
    data
        Content of the file.
    name
        Id of the article and name for messages.
    encoding
        A codec; None takes the byte order mark, then UTF-8 where the bytes are, then
        `charset`, then what the page states, then what a detector says.
    charset
        What the server stated, which is wrong at times.

    Raises
    ------
    DataError
        The bytes are not text, or hold no visible text.
    """
    markup, codec = decode(data, name, encoding or _stated_encoding(data, charset))
    return article_from_html(markup, name, meta={"encoding": codec})


def article_from_html(
    markup: str, article_id: str, meta: dict[str, str] | None = None
) -> Article:
    """Make an article of markup.

    Parameters
    ----------
    markup
        An HTML document or fragment.
    article_id
        Id of the article.
    meta
        Anything to keep in `Article.meta`.

    Returns
    -------
    Article
        Its text is the visible lines joined by newlines; each line is a block.

    Raises
    ------
    DataError
        There is no visible text, or more markup than a page has.
    """
    from resiliparse.parse.html import HTMLTree

    check_markup(markup)
    tree = HTMLTree.parse(normalise(markup))
    text, blocks = visible_lines(tree.body.html if tree.body is not None else "")
    if not blocks:
        document: Any = tree.document
        frames = document.query_selector("frame, iframe")
        hint = "; it only shows other pages in frames" if frames is not None else ""
        raise DataError(f"the page holds no visible text{hint}")
    return Article(article_id, text, blocks, meta=meta or {}, **head_facts(tree))


def _stated_encoding(data: bytes, charset: str = "") -> str | None:
    """Return the first codec stated, by server or page, that fits the bytes."""
    if _is_unicode(data):
        return None
    stated = _CHARSET.search(data[:PROBE])
    from resiliparse.parse.encoding import map_encoding_to_html5

    for label in (charset, stated[1].decode("ascii") if stated else ""):
        codec = str(map_encoding_to_html5(label)) if label else ""
        if codec.startswith("utf-16") and data.count(0) * 4 < len(data):
            continue  # two bytes of any other encoding make a character of this one
        try:
            data.decode(codec)
        except (LookupError, UnicodeDecodeError):
            continue
        return codec
    return None


def _is_unicode(data: bytes) -> bool:
    """Tell bytes with a mark of UTF-16 and those that are UTF-8 throughout.

    ASCII is both UTF-8 and what every other encoding that the web uses begins with; a
    few of those, told by their escapes, write all else in ASCII too.
    """
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return True
    if data.isascii():
        return not (b"\x1b" in data or b"\0" in data)
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True
