"""Whose quotation is open: quotation state carried through a page.

A sentence in the middle of a quotation carries no mark of its own; the state that
the sentences before it left open is what a reader sees.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from mlpkg.records import Segment

__all__ = ["QuotationState", "quotation_state", "quotation_states"]

# A mark opens before a word and closes after one. Single marks are apostrophes too:
# inside a word, before a clipped one ('90s, '04), after a plural (the dogs' bowl).
# What it can be is asked first: most characters are none of these.
_MARK = re.compile(
    r"(?=[“”„«»\"‘’'])"
    r"(?:[“„«](?=\S)|[”»]|\"|(?<!\w)[‘'](?=\w)(?!(?:\d\ds?|n|em|til|tis|twas|cause)\b)"
    r"|(?<=[.,!?…])[’'](?!\w)|(?P<bare>(?<=\w)[’'](?!\w)))"
)
_OPENING = "“„«‘"
_CLOSING = "”»’"
_SINGLE = "‘’'"
_ANY_MARK = re.compile("[“”„«»\"‘’']")


@dataclass(frozen=True, slots=True)
class QuotationState:
    """Quotation around and inside one segment.

    Parameters
    ----------
    open_before, open_after
        Whether a quotation is open at its first and after its last character.
    share
        Share of its characters inside quotation marks, 0 to 1.
    starts
        Whether it begins with an opening mark.
    spans
        Quotations that begin inside it.
    """

    open_before: bool
    open_after: bool
    share: float
    starts: bool
    spans: int


_NO_QUOTATION = QuotationState(False, False, 0.0, False, 0)


def quotation_states(segments: Sequence[Segment]) -> list[QuotationState]:
    """Follow quotation marks through the segments of one page.

    Parameters
    ----------
    segments
        Segments of one page in order.

    Returns
    -------
    list of QuotationState
        One a segment.

    Notes
    -----
    A quotation left open at the end of a block goes on only when the next block
    begins with an opening mark, as newspapers print quotations of several
    paragraphs; otherwise a mark was forgotten and the state starts anew.
    """
    states = []
    opener = ""
    block = None
    for segment in segments:
        if segment.block is not block:
            opener = ""
            block = segment.block
        state, opener = _state(segment.text, opener)
        states.append(state)
    return states


def quotation_state(text: str) -> QuotationState:
    """Return the quotation state of a text that came without a page."""
    return _state(text, "")[0]


def _state(text: str, opener: str) -> tuple[QuotationState, str]:
    """Follow the marks of one segment, given the mark that is open before it.

    Marks of the other kind inside an open quotation are nested and change nothing.
    """
    if not opener and _ANY_MARK.search(text) is None:
        return _NO_QUOTATION, ""
    open_before = bool(opener)
    begin = 0
    inside = spans = 0
    for match in _MARK.finditer(text):
        if opener and (opener in _SINGLE) != (match[0] in _SINGLE):
            continue
        opens = match["bare"] is None and _opens(text, match, bool(opener))
        if opens and not opener:
            begin = match.start()
            opener = match[0]
            spans += 1
        elif not opens and opener:
            inside += match.end() - begin
            opener = ""
    if opener:
        inside += len(text) - begin
    state = QuotationState(
        open_before,
        bool(opener),
        inside / max(1, len(text)),
        _MARK.match(text) is not None and text[0] not in _CLOSING,
        spans,
    )
    return state, opener


def _opens(text: str, match: re.Match[str], is_open: bool) -> bool:
    """Tell whether a mark opens or closes a quotation."""
    mark = match[0]
    if mark in _OPENING:
        return True
    if mark in _CLOSING:
        return False
    before = text[match.start() - 1] if match.start() else " "
    after = text[match.end()] if match.end() < len(text) else " "
    if before.isspace() or before in "([—–":
        return not after.isspace()
    if after.isspace() or after in ")].,;:—–?!":
        return False
    return not is_open
