"""Axes of a benchmark's figures: data in, places and ticks in drawing units out."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

__all__ = [
    "BELOW",
    "BOTTOM",
    "LEFT",
    "TOP",
    "Axis",
    "listed",
    "log_axis",
    "pages_axis",
    "score_axis",
]

# The plot inside a drawing, in the drawing's units, and what is left under it.
TOP, BOTTOM, LEFT, BELOW = 14.0, 264.0, 48.0, 46.0

Tick = tuple[float, str]
_STEPS = (0.01, 0.02, 0.05, 0.1, 0.2)
_MOST_TICKS = 6
# Room around the outermost points, so that their marks stay inside the plot.
_PADDING = 0.06
# A screen reader gets the first of many names, and the table has them all.
_MOST_SAID = 8


@dataclass(frozen=True, slots=True)
class Axis:
    """A straight axis from `low` to `high` between two places on the drawing.

    A logarithmic one holds logarithms in `low` and `high`.
    """

    low: float
    high: float
    start: float
    end: float
    logarithmic: bool
    ticks: tuple[Tick, ...] = ()

    def place(self, value: float) -> float:
        """Return where a value stands on the drawing."""
        if self.logarithmic:
            value = math.log10(value)
        share = (value - self.low) / (self.high - self.low)
        return round(self.start + share * (self.end - self.start), 2)

    def ticked(self, values: Iterable[tuple[float, str]]) -> Axis:
        """Return the axis with ticks at these values, where it reaches them."""
        ticks = [(self.place(value), text) for value, text in values]
        low, high = sorted((self.start, self.end))
        return Axis(
            self.low,
            self.high,
            self.start,
            self.end,
            self.logarithmic,
            tuple(tick for tick in ticks if low - 0.01 <= tick[0] <= high + 0.01),
        )


def score_axis(values: Iterable[float], start: float, end: float) -> Axis:
    """Make an axis of scores that begins and ends on a tick around the values."""
    known = list(values)
    lowest, highest = min(known), max(known)
    step = next(
        (s for s in _STEPS if (highest - lowest) / s <= _MOST_TICKS - 2), _STEPS[-1]
    )
    first, last = math.floor(lowest / step), math.ceil(highest / step)
    last += last == first
    axis = Axis(first * step, last * step, start, end, logarithmic=False)
    ticks = (number * step for number in range(first, last + 1))
    return axis.ticked((tick, f"{tick:.2f}") for tick in ticks)


def log_axis(values: Iterable[float], start: float, end: float) -> Axis:
    """Make a logarithmic axis around values above 0."""
    logs = [math.log10(value) for value in values]
    low, high = min(logs), max(logs)
    # A narrow cloud is not blown up: it would look like a wide one.
    room = max((high - low) * _PADDING, (0.6 - (high - low)) / 2)
    axis = Axis(low - room, high + room, start, end, logarithmic=True)
    decades = range(math.floor(axis.low), math.ceil(axis.high) + 1)
    for factors in ((1, 2, 5), (1, 3), (1,)):
        candidates = [factor * 10.0**decade for decade in decades for factor in factors]
        ticked = axis.ticked((value, _short(value)) for value in candidates)
        if len(ticked.ticks) <= _MOST_TICKS:
            return ticked
    every = len(ticked.ticks) // _MOST_TICKS + 1
    kept = ticked.ticks[::every]
    return Axis(axis.low, axis.high, start, end, logarithmic=True, ticks=kept)


def pages_axis(counts: Iterable[int], start: float, end: float) -> Axis:
    """Make a logarithmic axis with a tick at each number of pages."""
    known = sorted(set(counts))
    axis = log_axis(known, start, end)
    return axis.ticked((count, f"{count:,}") for count in known)


def listed(names: Sequence[str]) -> str:
    """Join names for a description; too many to listen to are counted."""
    more = len(names) - _MOST_SAID
    tail = [f"and {more} more"] if more > 0 else []
    return ", ".join([*names[:_MOST_SAID], *tail])


def _short(value: float) -> str:
    """Write a tick with few letters."""
    for size, letter in ((1e9, "G"), (1e6, "M"), (1e3, "k")):
        if value >= size:
            return f"{value / size:g}{letter}"
    return f"{value:g}"
