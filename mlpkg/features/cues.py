"""Lexical cues: words and frames that tell what a sentence does.

A cue is a set of words, an ending or a pattern; what counts is how often it is met.
"""

from __future__ import annotations

import re
from array import array
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np

from mlpkg.features.cue_patterns import BY_CASE, ENDINGS, FRAMES, PATTERNS
from mlpkg.features.cue_words import WORDS

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["CUE_NAMES", "MAX_CHARACTERS", "cue_counts"]

CUE_NAMES: tuple[str, ...] = (*WORDS, *ENDINGS, *PATTERNS, "reported")
_COLUMN = {name: column for column, name in enumerate(CUE_NAMES)}
_FRAME_COLUMNS = tuple(_COLUMN[name] for name in (*FRAMES, "diffuse"))
_ENDED = [(_COLUMN[name], end, re.compile(p)) for name, (end, p) in ENDINGS.items()]
# Longer texts are cut: a cue past this tells nothing, and hostile text stays cheap.
MAX_CHARACTERS = 2000
# Furniture comes back on every page of a site and is short: some 8 MB of memory at
# most. Long texts hardly ever come back.
KEPT_TEXTS = 20_000
KEPT_CHARACTERS = 120
# Letters beyond ASCII that match an ASCII letter where case does not count. Matching
# folded text is several times as fast as matching any case.
_ODD_LETTERS = str.maketrans("İıſK", "iisk")
_ODD_LETTER = re.compile("[İıſK]")


def _by_item(columns: Mapping[str, frozenset[str]]) -> dict[str, list[int]]:
    """Return the columns of each word or mark, given the items by cue."""
    found: dict[str, list[int]] = {}
    for name, items in columns.items():
        for item in items:
            found.setdefault(item, []).append(_COLUMN[name])
    return found


_COUNTED = _by_item(WORDS)
_SET_OFF = _by_item({name: first for name, (_, first, *_) in PATTERNS.items()})
_PATTERNS = {
    _COLUMN[name]: (re.compile(pattern), name in BY_CASE, tuple(needed))
    for name, (pattern, _, *needed) in PATTERNS.items()
}
_KNOWN = frozenset(_COUNTED).union(*(s for _, *sets in PATTERNS.values() for s in sets))
# The columns that count a word, and those of the patterns that it sets off.
_EFFECTS = {item: (_COUNTED.get(item, ()), _SET_OFF.get(item, ())) for item in _KNOWN}
_MARKS = "".join(sorted(item for item in _KNOWN if not item.isalpha()))
_TOKEN = re.compile(rf"[a-z]+|[{re.escape(_MARKS)}]")


def cue_counts(texts: Sequence[str]) -> NDArray[np.uint16]:
    """Count the cues of texts.

    Parameters
    ----------
    texts
        Texts of segments.

    Returns
    -------
    ndarray of shape (n_texts, len(CUE_NAMES)), uint16
        In the order of `CUE_NAMES`; the last one is 1 where any frame of reported
        speech matched, else 0.
    """
    packed = (
        _kept_counts(text) if len(text) <= KEPT_CHARACTERS else _packed_counts(text)
        for text in texts
    )
    # Rows of bytes are joined: making a matrix of 73 Python numbers a row costs 3 µs.
    found = np.frombuffer(bytearray().join(packed), np.uint16)
    counts = found.reshape(len(texts), len(CUE_NAMES))
    counts[:, -1] = counts[:, _FRAME_COLUMNS].any(axis=1)
    return counts


def _packed_counts(text: str) -> bytes:
    """Count the cues of one text, but for the last."""
    piece = text[:MAX_CHARACTERS]
    lower = folded = piece.lower()
    tokens = _TOKEN.findall(lower)
    present = _KNOWN.intersection(tokens)
    near = present
    if not piece.isascii() and _ODD_LETTER.search(piece):
        folded = piece.translate(_ODD_LETTERS).lower()
        near = present | _KNOWN.intersection(_TOKEN.findall(folded))
    counts = array("H", bytes(2 * len(CUE_NAMES)))
    set_off: set[int] = set()
    for item in present:
        counted, patterns = _EFFECTS[item]
        set_off.update(patterns)
        for column in counted:
            counts[column] += tokens.count(item)
    for column in set_off:
        pattern, by_case, needed = _PATTERNS[column]
        if not (needed and any(need.isdisjoint(near) for need in needed)):
            counts[column] = len(pattern.findall(piece if by_case else folded))
    for column, ending, pattern in _ENDED:
        if ending in lower:
            counts[column] = len(pattern.findall(lower))
    return counts.tobytes()


_kept_counts = lru_cache(maxsize=KEPT_TEXTS)(_packed_counts)
