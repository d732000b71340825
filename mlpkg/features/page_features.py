"""Feature vectors of pages and of bare strings, in one layout with names."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from mlpkg.features.cues import CUE_NAMES, cue_values
from mlpkg.features.layout import (
    MARKUP,
    PLACE,
    SHAPE,
    markup_values,
    place_values,
    shape_values,
)
from mlpkg.features.quotation import quotation_states
from mlpkg.records import Page, Segment

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = [
    "CONTEXT_FREE",
    "FEATURE_NAMES",
    "lone_features",
    "page_features",
    "without_context",
]

_QUOTATION = ("quoted_share", "quote_starts", "quote_spans")
_QUOTATION_CONTEXT = ("quote_open_before", "quote_open_after", "quoted_share_on_page")

FEATURE_NAMES: tuple[str, ...] = (
    "no_context",
    *SHAPE,
    *(f"cue_{name}" for name in CUE_NAMES),
    *_QUOTATION,
    *_QUOTATION_CONTEXT,
    *MARKUP,
    *PLACE,
)
# Columns up to here need the text alone; the others are zero without a page.
CONTEXT_FREE = 1 + len(SHAPE) + len(CUE_NAMES) + len(_QUOTATION)


def page_features(page: Page) -> NDArray[np.float32]:
    """Features of every segment of a page.

    Parameters
    ----------
    page
        The page; nothing outside it is looked at.

    Returns
    -------
    ndarray of shape (n_segments, len(FEATURE_NAMES)), float32
    """
    matrix = np.zeros((len(page), len(FEATURE_NAMES)), dtype=np.float32)
    states = quotation_states(page.segments)
    places = place_values(page)
    for row, (segment, state, place) in enumerate(
        zip(page.segments, states, places, strict=True)
    ):
        matrix[row] = [
            0.0,
            *shape_values(segment.text),
            *cue_values(segment.text),
            *_quotation_alone(segment.text),
            float(state.open_before),
            float(state.open_after),
            state.share,
            *markup_values(segment),
            *place,
        ]
    return matrix


def lone_features(texts: Sequence[str]) -> NDArray[np.float32]:
    """Features of strings that came without a page.

    Parameters
    ----------
    texts
        Any strings.

    Returns
    -------
    ndarray of shape (n_texts, len(FEATURE_NAMES)), float32
        The flag ``no_context`` is 1 and every context column 0.
    """
    matrix = np.zeros((len(texts), len(FEATURE_NAMES)), dtype=np.float32)
    for row, text in enumerate(texts):
        matrix[row, :CONTEXT_FREE] = [
            1.0,
            *shape_values(text),
            *cue_values(text),
            *_quotation_alone(text),
        ]
    return matrix


def without_context(features: NDArray[np.float32]) -> NDArray[np.float32]:
    """Turn rows of `page_features` into what `lone_features` gives for their texts."""
    bare = features.copy()
    bare[:, 0] = 1.0
    bare[:, CONTEXT_FREE:] = 0.0
    return bare


def _quotation_alone(text: str) -> tuple[float, float, float]:
    """Values of the quotation columns that need the text alone."""
    state = quotation_states([Segment("", 0, 0, len(text), text)])[0]
    return state.share, float(state.starts), float(state.spans)
