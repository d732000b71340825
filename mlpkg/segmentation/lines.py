"""Blocks of a plain text: its lines, with hard-wrapped prose joined again.

Only for articles whose reader knew no blocks; markup brings its own.
"""

from __future__ import annotations

import re
from itertools import pairwise

from mlpkg.records import Block

__all__ = ["line_blocks"]

# A line this long was broken by a paragraph, not by a wrapping program.
MAX_WRAP_WIDTH = 120
# Below this a "width" is a column of furniture.
MIN_WRAP_WIDTH = 45

_LINE = re.compile(r"[^\n]+")
_SENTENCE_END = re.compile(r"[.!?…:;][\"'”’»)\]]*$")


def line_blocks(text: str) -> list[Block]:
    """Cut a text into blocks.

    Parameters
    ----------
    text
        The whole text, line ends normalised to newlines.

    Returns
    -------
    list of Block
        One a line that holds more than white space; consecutive lines that a
        program wrapped at a fixed width make one block. Blocks exclude the white
        space around them.

    Notes
    -----
    Linear in the length of the text. A run of lines counts as wrapped when no line
    had room for the first word of the next one, except where a sentence ended, and
    at least one sentence runs over a line's end.
    """
    blocks: list[Block] = []
    run: list[tuple[int, int]] = []
    for match in _LINE.finditer(text):
        span = _stripped(text, match.start(), match.end())
        if span is None:
            blocks.extend(_join_wrapped(text, run))
            run = []
            continue
        if run and "\n\n" in text[run[-1][1] : span[0]]:
            blocks.extend(_join_wrapped(text, run))
            run = []
        run.append(span)
    blocks.extend(_join_wrapped(text, run))
    return blocks


def _stripped(text: str, start: int, end: int) -> tuple[int, int] | None:
    """Shrink a span to what is not white space; None when nothing is left."""
    piece = text[start:end]
    left = len(piece) - len(piece.lstrip())
    if left == len(piece):
        return None
    return start + left, start + len(piece.rstrip())


def _join_wrapped(text: str, run: list[tuple[int, int]]) -> list[Block]:
    """Make blocks of a run of lines that no blank line interrupts."""
    single = [Block(start, end) for start, end in run]
    if len(run) < 2:
        return single
    width = max(end - start for start, end in run)
    if not MIN_WRAP_WIDTH <= width <= MAX_WRAP_WIDTH:
        return single
    joined: list[list[tuple[int, int]]] = [[run[0]]]
    runs_over = 0
    for line, following in pairwise(run):
        full = _is_full(text, line, following, width)
        ended = _SENTENCE_END.search(text, line[0], line[1]) is not None
        if full:
            joined[-1].append(following)
            runs_over += not ended
        elif ended:
            joined.append([following])
        else:
            return single
    if not runs_over:
        return single
    return [Block(lines[0][0], lines[-1][1]) for lines in joined]


def _is_full(
    text: str, line: tuple[int, int], following: tuple[int, int], width: int
) -> bool:
    """Tell whether the next line's first word would not have fitted on this line."""
    first_word = text[following[0] : following[1]].split(None, 1)[0]
    return line[1] - line[0] + 1 + len(first_word) > width
