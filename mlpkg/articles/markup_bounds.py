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
    if not _has_long_run(markup):
        return
    for tag in _LONG_TAG.finditer(markup):
        attributes = len(tag[0].split())
        if attributes > MAX_ATTRIBUTES:
            raise DataError(
                f"a tag with {attributes:,} attributes at character {tag.start():,}; "
                "not a news page"
            )


def _has_long_run(markup: str) -> bool:
    """Tell whether no bracket follows an opening one for as long as half a long tag.

    No long tag is without such a gap. Looking for brackets in a handful of places costs
    a hundredth of reading the whole page with the pattern.
    """
    size = MAX_ATTRIBUTES // 2
    return any(
        markup.find("<", start, start + size) < 0
        and markup.find(">", start, start + size) < 0
        and markup.rfind("<", 0, start) > markup.rfind(">", 0, start)
        for start in range(0, len(markup) - size + 1, size)
    )
