"""Bounds on markup: what would keep the parser busy for minutes is refused before."""

from __future__ import annotations

import re

from mlpkg.exceptions import DataError

__all__ = ["check_markup"]

# News pages have thousands. Measured with resiliparse 2.0.1: each costs some 400 bytes
# of memory, and 200,000 of the worst kind (links in links) 3 s, four times that 53 s.
MAX_TAGS = 200_000
# Attributes are compared each with each: 20,000 take 0.7 s, 80,000 take 12 s. Pictures
# written into a tag make it long, too, but hold no white space.
MAX_ATTRIBUTES = 20_000
_LONG_TAG = re.compile(rf"<[A-Za-z][^<>]{{{MAX_ATTRIBUTES},}}")


def check_markup(markup: str) -> None:
    """Refuse markup with more tags, or attributes in a tag, than any page has.

    Raises
    ------
    DataError
        It has.
    """
    tags = markup.count("<")
    if tags > MAX_TAGS:
        raise DataError(
            f"{tags:,} tags, at most {MAX_TAGS:,} are read as one page; not a news page"
        )
    for tag in _LONG_TAG.finditer(markup):
        attributes = len(tag[0].split())
        if attributes > MAX_ATTRIBUTES:
            raise DataError(
                f"a tag with {attributes:,} attributes at character {tag.start():,}; "
                "not a news page"
            )
