"""Shape features: length, letters and words of one text, whatever page it is from."""

from __future__ import annotations

import re
from functools import lru_cache
from math import log1p

__all__ = ["SHAPE", "FUNCTION_WORDS", "STOPPED", "WORD", "shape_values"]

SHAPE = (
    "characters",
    "words",
    "upper_share",
    "title_share",
    "digit_share",
    "mark_share",
    "stopped",
    "starts_lower",
    "starts_digit",
    "starts_mark",
    "mean_word",
    "all_capitals",
    "short",
    "function_share",
)
STOPPED = re.compile(r"[.!?…:][\"'”’»)\]]*$")
WORD = re.compile(r"[^\W_]+(?:['’-][^\W_]+)*")
FUNCTION_WORDS = frozenset(
    "a an and are as at be been but by for from had has have he her his if in into is "
    "it its more not of on one or our out she so than that the their them there they "
    "this to up was we were what when which who will with would you".split()
)
# Furniture comes back on every page of a site.
KEPT_TEXTS = 20_000


@lru_cache(maxsize=KEPT_TEXTS)
def shape_values(text: str) -> tuple[float, ...]:
    """Values of `SHAPE` for one text; they need no page."""
    words = WORD.findall(text)
    letters = sum(map(str.isalpha, text))
    upper = sum(map(str.isupper, text))
    digits = sum(map(str.isdigit, text))
    spaces = sum(map(str.isspace, text))
    size = max(1, len(text))
    count = max(1, len(words))
    first = text[:1]
    return (
        log1p(len(text)),
        log1p(len(words)),
        upper / max(1, letters),
        sum(word[0].isupper() for word in words) / count,
        digits / size,
        (size - letters - digits - spaces) / size,
        float(STOPPED.search(text) is not None),
        float(first.islower()),
        float(first.isdigit()),
        float(not first.isalnum()),
        sum(map(len, words)) / count / 10,
        float(letters > 0 and upper == letters),
        float(len(words) <= 4),
        sum(word.lower() in FUNCTION_WORDS for word in words) / count,
    )
