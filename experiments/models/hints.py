"""Hints at why a label was missed: what a segment's features and neighbours say of it.

They need no text beside them, so that they can be stored. A hint is no cause: it says
where a reader should look first.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from math import expm1

from mlpkg.data.gold import GoldPage
from mlpkg.evaluation import labels_by_cover
from mlpkg.features import FEATURE_NAMES, page_features

# Segments from the top that count as first lines.
FIRST_LINES = 5
Features = Mapping[str, float]

# By hint, what holds of the features of a segment that has it. Pages as text have no
# markup: there a bullet is all that tells an item of a list.
HINTS: dict[str, Callable[[Features], bool]] = {
    "in-list": lambda f: (
        f["in_list"] > 0 or (f["starts_mark"] > 0 and not f["quote_starts"])
    ),
    "first-lines": lambda f: round(expm1(f["from_top"])) < FIRST_LINES,
    "before-prose": lambda f: f["before_first_prose"] > 0,
    "after-prose": lambda f: f["after_last_prose"] > 0,
    "headline-like": lambda f: f["headline_like"] > 0,
    "below-headline": lambda f: f["after_headline"] > 0,
    "open-quotation": lambda f: f["quote_open_before"] > 0,
    "mostly-quoted": lambda f: f["quoted_share_on_page"] > 0.5,
    "speech-cue": lambda f: f["cue_reported"] > 0 or f["cue_says"] > 0,
    "judging-word": lambda f: f["cue_judges"] > 0,
    "first-person": lambda f: f["cue_first_singular"] > 0 or f["cue_first_plural"] > 0,
    "question": lambda f: f["cue_question"] > 0,
    "short": lambda f: f["short"] > 0,
    "copied": lambda f: f["copies"] > 0,
}
# Of the gold labels around: no neighbour shares the label; one has the predicted.
ALONE, BESIDE = "alone-in-label", "beside-predicted"
NAMES = (*HINTS, ALONE, BESIDE)


def page_hints(page: GoldPage) -> list[tuple[str, ...]]:
    """Return the hints of each decided span, from the segment that covers most of it.

    A span that no segment covers has none.
    """
    segments = page.page.segments
    features = page_features(page.page).tolist() if segments else []
    places = labels_by_cover(
        [page.spans[place] for place in page.decided],
        [(segment.start, segment.end) for segment in segments],
        [str(place) for place in range(len(segments))],
        "",
    )
    return [feature_hints(features[int(place)]) if place else () for place in places]


def feature_hints(values: Sequence[float]) -> tuple[str, ...]:
    """Return the hints of a row of features."""
    features = dict(zip(FEATURE_NAMES, values, strict=True))
    return tuple(name for name, holds in HINTS.items() if holds(features))


def neighbour_hints(
    gold: str, predicted: str, before: str, after: str
) -> tuple[str, ...]:
    """Return the hints of the gold labels around; empty beyond the page's ends."""
    found = {ALONE: gold not in (before, after), BESIDE: predicted in (before, after)}
    return tuple(name for name, holds in found.items() if holds)
