"""Geometry of a report's figures: values in, places on a drawing out.

The template ``figures.svg`` draws them with the page's own colours and letters, which
a picture made by a plotting library would not follow into dark mode or print.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

__all__ = [
    "IntervalFigure",
    "IntervalMark",
    "Series",
    "XYFigure",
    "interval_figure",
    "xy_figure",
]

Point = tuple[float, float]
Interval = tuple[float, float | None, float | None]

# A drawing is this wide in its own units, close to the pixels of a phone's screen, so
# that its letters stay legible there.
WIDTH = 400.0
_TOP, _RIGHT, _BOTTOM, _LEFT = 12.0, 12.0, 44.0, 52.0
_PLOT_HEIGHT = 240.0
_ROW, _GROUP_GAP = 17.0, 10.0
_VALUE_WIDTH = 40.0
_NAME_CHARACTERS = 18
_CHARACTER_WIDTH = 7.0
_UNIT_TICKS = (0.0, 0.25, 0.5, 0.75, 1.0)
# Upper ends of an axis of small shares, each with ticks that read well.
_CEILINGS = (0.02, 0.04, 0.08, 0.2, 0.4, 0.6, 1.0)
# Points closer than this on the drawing cannot be told apart.
_RESOLUTION = 0.75


@dataclass(frozen=True, slots=True)
class Series:
    """A named line of a figure.

    Parameters
    ----------
    name
        What the legend calls it.
    points
        Pairs of x and y in data units, from left to right.
    marked
        Whether each point gets a mark.
    """

    name: str
    points: tuple[Point, ...]
    marked: bool = False


@dataclass(frozen=True, slots=True)
class XYFigure:
    """Lines on two axes, in drawing units.

    Parameters
    ----------
    title, description
        What a screen reader says.
    x_label, y_label
        Names of the axes.
    height, left, right, top, bottom
        Size of the drawing and edges of the plot in it.
    x_ticks, y_ticks
        Place and text of each tick.
    lines
        The series, in drawing units.
    diagonal
        Whether the line y = x is drawn.
    """

    title: str
    description: str
    x_label: str
    y_label: str
    height: float
    left: float
    right: float
    top: float
    bottom: float
    x_ticks: tuple[tuple[float, str], ...]
    y_ticks: tuple[tuple[float, str], ...]
    lines: tuple[Series, ...]
    diagonal: bool

    @property
    def names(self) -> tuple[str, ...]:
        """Names of the legend."""
        return tuple(line.name for line in self.lines)


@dataclass(frozen=True, slots=True)
class IntervalMark:
    """One value with its interval, in drawing units; `row` numbers the series."""

    row: int
    y: float
    x: float
    low: float | None
    high: float | None
    value: str


@dataclass(frozen=True, slots=True)
class IntervalFigure:
    """Values with intervals, grouped by name, in drawing units."""

    title: str
    description: str
    names: tuple[str, ...]
    height: float
    left: float
    right: float
    bottom: float
    ticks: tuple[tuple[float, str], ...]
    groups: tuple[tuple[str, float, tuple[IntervalMark, ...]], ...]


def xy_figure(
    series: Sequence[Series],
    *,
    title: str,
    description: str,
    x_label: str,
    y_label: str,
    small: bool = False,
    diagonal: bool = False,
) -> XYFigure:
    """Lay out lines over two axes from 0 to 1.

    Parameters
    ----------
    series
        The lines; x and y are shares from 0 to 1.
    title, description
        What a screen reader says.
    x_label, y_label
        Names of the axes.
    small
        Whether the y axis ends just above its highest value.
    diagonal
        Whether the line y = x is drawn.
    """
    left, right = _LEFT, WIDTH - _RIGHT
    top, bottom = _TOP, _TOP + _PLOT_HEIGHT
    ceiling = 1.0
    if small:
        highest = max((y for line in series for _, y in line.points), default=0.0)
        ceiling = next(end for end in _CEILINGS if end >= min(highest, 1.0))

    def place(point: Point) -> Point:
        x, y = point
        return (
            round(left + x * (right - left), 2),
            round(bottom - y / ceiling * (bottom - top), 2),
        )

    lines = [
        Series(
            line.name,
            tuple(points) if line.marked else _thinned(points),
            line.marked,
        )
        for line in series
        for points in [[*map(place, line.points)]]
    ]
    return XYFigure(
        title=title,
        description=description,
        x_label=x_label,
        y_label=y_label,
        height=bottom + _BOTTOM,
        left=left,
        right=right,
        top=top,
        bottom=bottom,
        x_ticks=tuple((place((t, 0))[0], f"{t:.0%}") for t in _UNIT_TICKS),
        y_ticks=tuple(
            (place((0, t * ceiling))[1], _percent(t * ceiling)) for t in _UNIT_TICKS
        ),
        lines=tuple(lines),
        diagonal=diagonal,
    )


def interval_figure(
    values: Sequence[tuple[str, Sequence[Interval | None]]],
    names: Sequence[str],
    *,
    title: str,
    description: str,
) -> IntervalFigure:
    """Lay out values with intervals on one axis from 0 to 1.

    Parameters
    ----------
    values
        Name of a group and, for each series, (value, low, high), or None where the
        series has no value.
    names
        The series, for the legend.
    title, description
        What a screen reader says.
    """
    shown = [(_shortened(name), row) for name, row in values]
    left = _CHARACTER_WIDTH * max((len(name) for name, _ in shown), default=0) + 8
    right = WIDTH - _VALUE_WIDTH

    def place(value: float) -> float:
        return round(left + value * (right - left), 2)

    groups = []
    y = _GROUP_GAP
    for name, row in shown:
        marks = tuple(
            IntervalMark(
                number,
                y + _ROW * (number + 0.5),
                place(found[0]),
                None if found[1] is None else place(found[1]),
                None if found[2] is None else place(found[2]),
                f"{found[0]:.2f}",
            )
            for number, found in enumerate(row)
            if found is not None
        )
        groups.append((name, y + _ROW * len(row) / 2, marks))
        y += _ROW * len(row) + _GROUP_GAP
    return IntervalFigure(
        title=title,
        description=description,
        names=tuple(names),
        height=y + 24,
        left=left,
        right=right,
        bottom=y,
        ticks=tuple((place(t), f"{t:g}") for t in _UNIT_TICKS),
        groups=tuple(groups),
    )


def _thinned(points: Sequence[Point]) -> tuple[Point, ...]:
    """Leave out points that no eye could tell from the one before."""
    kept = list(points[:1])
    for x, y in points[1:]:
        if abs(x - kept[-1][0]) + abs(y - kept[-1][1]) >= _RESOLUTION:
            kept.append((x, y))
    if kept and kept[-1] != points[-1]:
        kept.append(points[-1])
    return tuple(kept)


def _shortened(name: str) -> str:
    """Cut a name that would leave no room for the plot."""
    if len(name) <= _NAME_CHARACTERS:
        return name
    return name[: _NAME_CHARACTERS - 1] + "…"


def _percent(share: float) -> str:
    """Write a tick of an axis of shares."""
    return f"{100 * share:g}%"
