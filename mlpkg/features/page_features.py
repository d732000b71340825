"""Feature vectors of pages and of bare strings, in one layout with names."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from mlpkg.features.cues import CUE_NAMES, MAX_CHARACTERS, cue_counts
from mlpkg.features.markup import MARKUP, markup_values
from mlpkg.features.measured_texts import MeasuredTexts
from mlpkg.features.place import PLACE, place_values
from mlpkg.features.quotation import (
    QuotationState,
    quotation_state,
    quotation_states,
)
from mlpkg.features.shape import SHAPE, shape_values
from mlpkg.records import Page

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = [
    "CONTEXT_FREE",
    "FEATURE_NAMES",
    "has_markup",
    "lone_features",
    "page_features",
    "without_context",
    "without_markup",
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

# By count: a tenth of the time that the logarithms of a page's counts take.
_LOG_COUNTS = np.log1p(np.arange(MAX_CHARACTERS + 1, dtype=np.float32))
_HAS_MARKUP = FEATURE_NAMES.index("has_markup")
_OF_MARKUP = [FEATURE_NAMES.index(name) for name in (*MARKUP, "title_overlap")]


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
    measured = MeasuredTexts(page.texts)
    states = quotation_states(page.segments)
    context = [(state.open_before, state.open_after, state.share) for state in states]
    # Where nothing is open before a segment, its state is that of the text alone.
    alone = [
        quotation_state(text) if state.open_before else state
        for text, state in zip(measured.texts, states, strict=True)
    ]
    return np.concatenate(
        [
            np.zeros((len(page), 1), np.float32),
            _of_texts(measured, alone),
            _matrix(context, len(_QUOTATION_CONTEXT)),
            markup_values(page),
            place_values(page, measured),
        ],
        axis=1,
    )


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
    matrix[:, 0] = 1.0
    states = [quotation_state(text) for text in texts]
    matrix[:, 1:CONTEXT_FREE] = _of_texts(MeasuredTexts(texts), states)
    return matrix


def without_context(features: NDArray[np.float32]) -> NDArray[np.float32]:
    """Turn rows of `page_features` into what `lone_features` gives for their texts."""
    bare = features.copy()
    bare[:, 0] = 1.0
    bare[:, CONTEXT_FREE:] = 0.0
    return bare


def has_markup(features: NDArray[np.float32]) -> bool:
    """Tell whether the rows of a page were read with markup around them."""
    return bool(features[:, _HAS_MARKUP].any())


def without_markup(features: NDArray[np.float32]) -> NDArray[np.float32]:
    """Turn rows of `page_features` into what the page's text alone would give.

    Lines are cut alike in both forms; what plain text lacks is the markup and the
    title of the document.
    """
    plain = features.copy()
    plain[:, _OF_MARKUP] = 0.0
    return plain


def _of_texts(
    measured: MeasuredTexts, states: Sequence[QuotationState]
) -> NDArray[np.float32]:
    """Columns that need the text alone, without the first; shape (n_texts, …)."""
    counts = cue_counts(measured.texts)
    # The last cue is a flag, the others are counts.
    cues = _LOG_COUNTS[counts]
    cues[:, -1] = counts[:, -1]
    quotation = [(s.share, s.starts, s.spans) for s in states]
    return np.concatenate(
        [shape_values(measured), cues, _matrix(quotation, len(_QUOTATION))], axis=1
    )


def _matrix(rows: Sequence[Sequence[float]], width: int) -> NDArray[np.float32]:
    """Make a matrix of rows; of none, too."""
    return np.array(rows, dtype=np.float32).reshape(len(rows), width)
