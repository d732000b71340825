"""Shape features: length, letters and words of one text, whatever page it is from."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from mlpkg.features.measured_texts import MeasuredTexts

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["SHAPE", "shape_values"]

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


def shape_values(measured: MeasuredTexts) -> NDArray[np.float32]:
    """Values of `SHAPE`, shape (n_texts, len(SHAPE)); they need no page."""
    texts, words = measured.texts, measured.words
    size, count = np.maximum(1, measured.sizes), np.maximum(1, words)
    letters, upper, digits = measured.letters, measured.upper, measured.digits
    first = [text[:1] for text in texts]
    columns = (
        np.log1p(measured.sizes),
        np.log1p(words),
        upper / np.maximum(1, letters),
        measured.title_words / count,
        digits / size,
        (size - letters - digits - measured.spaces) / size,
        measured.stopped,
        [character.islower() for character in first],
        [character.isdigit() for character in first],
        [not character.isalnum() for character in first],
        measured.word_characters / count / 10,
        (letters > 0) & (upper == letters),
        words <= 4,
        measured.function_words / count,
    )
    values = np.empty((len(texts), len(SHAPE)), np.float32)
    for number, column in enumerate(columns):
        values[:, number] = column
    return values
