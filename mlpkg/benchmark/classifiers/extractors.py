"""Extractors of article text from HTML: rows of the task that scores kept text.

Their options fit main texts: no readers' comments, no descriptions of pictures, no
bullets.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from html import unescape

from mlpkg.benchmark.classifiers.base import MissingClassifierError

__all__ = ["EXTRACTORS", "Extract", "make_extractor"]

Extract = Callable[[bytes], str]

_BLOCK_END = re.compile(r"</(?:p|div|li|h\d|tr|blockquote|section)>|<br\s*/?>", re.I)
_TAG = re.compile(r"<[^>]*>")


def make_extractor(name: str) -> Extract:
    """Return an extractor by name.

    Raises
    ------
    MissingClassifierError
        Its package is not installed.
    """
    try:
        return EXTRACTORS[name]()
    except ImportError as error:
        raise MissingClassifierError(
            f"missing: {error}; pip install 'mlpkg[benchmark]'"
        ) from error


def _resiliparse() -> Extract:
    """Return resiliparse's main content."""
    from resiliparse.extract.html2text import extract_plain_text
    from resiliparse.parse.encoding import detect_encoding
    from resiliparse.parse.html import HTMLTree

    def extract(html: bytes) -> str:
        tree = HTMLTree.parse_from_bytes(html, detect_encoding(html) or "utf-8")
        text: str = extract_plain_text(
            tree, main_content=True, alt_texts=False, list_bullets=False
        )
        return text

    return extract


def _trafilatura(**options: bool) -> Callable[[], Extract]:
    """Return what makes trafilatura with options."""

    def make() -> Extract:
        import trafilatura

        def extract(html: bytes) -> str:
            found = trafilatura.extract(html, include_comments=False, **options)
            return found or ""

        return extract

    return make


def _readability() -> Extract:
    """Return the text of what readability-lxml keeps."""
    from readability import Document

    def extract(html: bytes) -> str:
        kept = Document(html.decode("utf-8", "replace")).summary(html_partial=True)
        return unescape(_TAG.sub("", _BLOCK_END.sub("\n", kept)))

    return extract


EXTRACTORS: dict[str, Callable[[], Extract]] = {
    "resiliparse": _resiliparse,
    "trafilatura": _trafilatura(),
    "trafilatura-precision": _trafilatura(favor_precision=True),
    "trafilatura-recall": _trafilatura(favor_recall=True),
    "readability": _readability,
}
