"""Whose quotation is open: quotation state carried through a page.

A sentence in the middle of a quotation carries no mark of its own; the state that
the sentences before it left open is what a reader sees.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from mlpkg.records import Segment

__all__ = ["QuotationState", "quotation_states"]

# A mark opens before a word and closes after one; apostrophes do neither.
_MARK = re.compile(
    r"[“„«](?=\S)|[”»]|\"|(?<!\w)‘(?=\w)|(?<=[.,!?…])’(?!\w)|(?<!\w)'(?=\w)"
    r"|(?<=[.,!?…])'(?!\w)"
)
_OPENING = "“„«‘"
_CLOSING = "”»’"


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
    is_open = False
    block = None
    for segment in segments:
        if segment.block is not block:
            is_open = False
            block = segment.block
        state = _state(segment.text, is_open)
        states.append(state)
        is_open = state.open_after
    return states


def _state(text: str, open_before: bool) -> QuotationState:
    """Follow the marks of one segment."""
    is_open = open_before
    begin = 0
    inside = spans = 0
    for match in _MARK.finditer(text):
        opens = _opens(text, match, is_open)
        if opens and not is_open:
            begin = match.start()
            is_open = True
            spans += 1
        elif not opens and is_open:
            inside += match.end() - begin
            is_open = False
    if is_open:
        inside += len(text) - begin
    return QuotationState(
        open_before,
        is_open,
        inside / max(1, len(text)),
        _MARK.match(text) is not None and text[0] not in _CLOSING,
        spans,
    )


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
