"""Geometry of quality against a cost, with the Pareto front.

Marks bear numbers and the legend names them, so that nothing rests on colour and long
names find room on a phone. The template ``benchmark_figures.svg`` draws them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from math import cos, dist, pi, sin

from mlpkg.evaluation.report_table import metric_title
from mlpkg.report.benchmark_axes import (
    BELOW,
    BOTTOM,
    LEFT,
    TOP,
    Axis,
    listed,
    log_axis,
    score_axis,
)
from mlpkg.report.benchmark_boards import Board
from mlpkg.report.benchmark_cells import number
from mlpkg.report.benchmark_lines import Cost, Line
from mlpkg.report.figures_svg import WIDTH

__all__ = ["Dot", "ScatterFigure", "cost_figure", "pareto_front"]

_RIGHT = WIDTH - 12.0
# Up to here every mark bears its number; in a larger cloud only those of the front.
_MOST_NUMBERED = 24
# Numbers are looked a place for on rings of so many steps around their dots, so far
# from each other's middles and from dots that none is covered.
_RINGS, _STEPS = (13.0, 20.0, 28.0, 37.0, 47.0), 16
_APART, _CLEAR = 16.5, 11.5


@dataclass(frozen=True, slots=True)
class Dot:
    """A classifier in a cloud.

    `number` is its place in the table; it stands beside the dot, where there is room.
    """

    number: int | None
    name: str
    words: str
    x: float
    y: float
    low: float | None
    high: float | None
    front: bool
    number_x: float = 0.0
    number_y: float = 0.0


@dataclass(frozen=True, slots=True)
class ScatterFigure:
    """Quality against a cost, with the Pareto front, in drawing units."""

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
    dots: tuple[Dot, ...]
    front: str
    names: tuple[str, ...] = ()

    @property
    def legend(self) -> tuple[Dot, ...]:
        """The dots that bear numbers, by their place in the table."""
        numbered = [dot for dot in self.dots if dot.number is not None]
        return tuple(sorted(numbered, key=lambda dot: (dot.number or 0, dot.name)))


def pareto_front(
    points: Sequence[tuple[float, float]], more_is_better: bool
) -> list[int]:
    """Find the points that no other beats at one and equals at the other.

    Parameters
    ----------
    points
        Pairs of cost and quality; more quality is better.
    more_is_better
        Whether a higher cost is the better one, as with speed.

    Returns
    -------
    list of int
        Their positions, the best quality first. Equal points stay together.

    Examples
    --------
    >>> pareto_front([(10, 0.9), (5, 0.8), (7, 0.7)], more_is_better=False)
    [0, 1]
    """
    sign = -1.0 if more_is_better else 1.0
    order = sorted(
        range(len(points)), key=lambda i: (-points[i][1], sign * points[i][0])
    )
    front: list[int] = []
    for position in order:
        cost, quality = points[position]
        last = points[front[-1]] if front else None
        if last is None or sign * cost < sign * last[0] or (cost, quality) == last:
            front.append(position)
    return front


def cost_figure(board: Board, cost: Cost) -> ScatterFigure | None:
    """Draw the lines of a board by main score and a cost.

    Returns
    -------
    ScatterFigure or None
        None where fewer than two lines have both.
    """
    lines = [line for line in board.lines if line.rank and line.costs[cost.key]]
    if len(lines) < 2:
        return None
    points = [(line.costs[cost.key] or 0.0, line.main.value or 0.0) for line in lines]
    x_axis = log_axis([x for x, _ in points], LEFT, _RIGHT)
    y_axis = score_axis(_reach(lines), BOTTOM, TOP)
    front = pareto_front(points, cost.more_is_better)
    dots = [
        _dot(
            line,
            board.name_of(line),
            point,
            (x_axis, y_axis),
            unit=cost.unit,
            front=i in front,
            numbered=i in front or len(lines) <= _MOST_NUMBERED,
        )
        for i, (line, point) in enumerate(zip(lines, points, strict=True))
    ]
    score = metric_title(board.main_score)
    return ScatterFigure(
        title=f"{score} against {cost.title}",
        description=_front_words(board, cost, [lines[i] for i in front]),
        x_label=f"{cost.title}, {cost.unit} (logarithmic"
        + ("; right is better)" if cost.more_is_better else "; left is better)"),
        y_label=score,
        height=BOTTOM + BELOW,
        left=LEFT,
        right=_RIGHT,
        top=TOP,
        bottom=BOTTOM,
        x_ticks=x_axis.ticks,
        y_ticks=y_axis.ticks,
        dots=_with_numbers(sorted(dots, key=lambda dot: dot.front)),
        front=_steps([dots[i] for i in front]),
    )


def _reach(lines: Sequence[Line]) -> list[float]:
    """Collect all scores and ends of intervals."""
    ends = ((line.main.value, line.main.low, line.main.high) for line in lines)
    return [value for row in ends for value in row if value is not None]


def _dot(
    line: Line,
    name: str,
    point: tuple[float, float],
    axes: tuple[Axis, Axis],
    *,
    unit: str,
    front: bool,
    numbered: bool,
) -> Dot:
    """Place a line in the cloud."""
    (x, y), (x_axis, y_axis) = point, axes
    low, high = line.main.low, line.main.high
    return Dot(
        number=line.rank if numbered else None,
        name=name,
        words=f"{name}: {y:.3f} at {number(x)} {unit}",
        x=x_axis.place(x),
        y=y_axis.place(y),
        low=None if low is None else y_axis.place(low),
        high=None if high is None else y_axis.place(high),
        front=front,
    )


def _front_words(board: Board, cost: Cost, front: Sequence[Line]) -> str:
    """Name the front, and the lines that could not be drawn."""
    better = "faster" if cost.more_is_better else f"lower in {cost.title}"
    words = (
        f"The steps are the Pareto front: nothing is both better and {better} than "
        f"{listed([board.name_of(line) for line in front])}. Upright strokes are "
        "intervals."
    )
    missing = [
        board.name_of(x) for x in board.lines if x.rank and not x.costs[cost.key]
    ]
    if missing:
        words += f" Not drawn, for want of a figure above 0: {listed(missing)}."
    return words


def _with_numbers(dots: Sequence[Dot]) -> tuple[Dot, ...]:
    """Find each number a place beside its dot that covers no dot and no number."""
    taken: list[tuple[float, float]] = []
    placed = []
    for dot in dots:
        if dot.number is not None:
            place = _room(dot, dots, taken)
            taken.append(place)
            dot = replace(dot, number_x=place[0], number_y=place[1])
        placed.append(dot)
    return tuple(placed)


def _room(
    dot: Dot, dots: Sequence[Dot], taken: Sequence[tuple[float, float]]
) -> tuple[float, float]:
    """Try rings around a dot; where all is taken the first place must do."""
    rings = [(radius, step) for radius in _RINGS for step in range(_STEPS)]
    places = [
        (
            round(dot.x + radius * cos(2 * pi * (step / _STEPS - 0.125)), 2),
            round(dot.y + radius * sin(2 * pi * (step / _STEPS - 0.125)), 2),
        )
        for radius, step in rings
    ]
    free = (
        place
        for place in places
        if LEFT + 9 < place[0] < _RIGHT - 2
        and TOP - 4 < place[1] < BOTTOM - 9
        and all(dist(place, other) >= _APART for other in taken)
        and all(dist(place, (other.x, other.y)) >= _CLEAR for other in dots)
    )
    return next(free, places[0])


def _steps(front: Sequence[Dot]) -> str:
    """Write the path of the front, which runs in steps: nothing lies between points."""
    path = f"M{front[0].x} {front[0].y}"
    for dot in front[1:]:
        path += f"V{dot.y}H{dot.x}"
    return path
