"""Geometry of the few-shot curve: main score over the number of training pages.

As in the scatter, numbers at the ends of the lines stand for the names.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from mlpkg.evaluation.report_table import metric_title
from mlpkg.report.benchmark_axes import (
    BELOW,
    BOTTOM,
    LEFT,
    TOP,
    Axis,
    listed,
    pages_axis,
    score_axis,
)
from mlpkg.report.benchmark_boards import Board
from mlpkg.report.benchmark_lines import Line
from mlpkg.report.figures_svg import WIDTH

__all__ = ["Curve", "CurveFigure", "few_shot_figure"]

# Numbers at the ends of curves have a column of their own, at least this far apart.
_RIGHT = WIDTH - 40.0
_NUMBER_HEIGHT = 15.0


@dataclass(frozen=True, slots=True)
class Curve:
    """A classifier over numbers of pages, in drawing units.

    `points` are means, `draws` the single draws; `label_y` is where its number stands.
    """

    number: int
    name: str
    words: str
    points: tuple[tuple[float, float], ...]
    draws: tuple[tuple[float, float], ...]
    label_y: float


@dataclass(frozen=True, slots=True)
class CurveFigure:
    """Main score over the number of training pages, in drawing units."""

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
    curves: tuple[Curve, ...]
    names: tuple[str, ...] = ()


def few_shot_figure(boards: Sequence[Board]) -> CurveFigure | None:
    """Draw main score over the number of pages that classifiers learned from.

    Parameters
    ----------
    boards
        The few-shot boards of one task and part, one a number of pages.

    Returns
    -------
    CurveFigure or None
        None where no line has a score.
    """
    found: dict[str, dict[int, Line]] = {}
    for board in boards:
        for line in board.lines:
            if line.rank and board.n_train_pages:
                found.setdefault(line.classifier, {})[board.n_train_pages] = line
    if not found:
        return None
    lines = [line for by_pages in found.values() for line in by_pages.values()]
    counts = [count for by_pages in found.values() for count in by_pages]
    x_axis = pages_axis(counts, LEFT, _RIGHT)
    y_axis = score_axis([y for line in lines for y in line.draws], BOTTOM, TOP)
    score = metric_title(boards[0].main_score)
    curves = _curves(found, x_axis, y_axis)
    return CurveFigure(
        title=f"{score} by number of training pages, {boards[0].task}",
        description="Lines join the means over draws of pages; each small dot is one "
        "draw. At the end: " + listed([curve.words for curve in curves]) + ".",
        x_label="training pages (logarithmic)",
        y_label=score,
        height=BOTTOM + BELOW,
        left=LEFT,
        right=_RIGHT,
        top=TOP,
        bottom=BOTTOM,
        x_ticks=x_axis.ticks,
        y_ticks=y_axis.ticks,
        curves=curves,
    )


def _curves(
    found: dict[str, dict[int, Line]], x_axis: Axis, y_axis: Axis
) -> tuple[Curve, ...]:
    """Place the curves, the best at its last number of pages in front."""
    ends = {name: by_pages[max(by_pages)] for name, by_pages in found.items()}
    order = sorted(found, key=lambda name: (-(ends[name].main.value or 0.0), name))
    heights = _apart([y_axis.place(ends[name].main.value or 0.0) for name in order])
    return tuple(
        Curve(
            number=position,
            name=name,
            words=f"{name} {ends[name].main.value:.3f}",
            points=tuple(
                (x_axis.place(count), y_axis.place(line.main.value or 0.0))
                for count, line in sorted(found[name].items())
            ),
            draws=tuple(
                (x_axis.place(count), y_axis.place(draw))
                for count, line in sorted(found[name].items())
                for draw in line.draws
            ),
            label_y=height,
        )
        for position, (name, height) in enumerate(
            zip(order, heights, strict=True), start=1
        )
    )


def _apart(places: Sequence[float]) -> list[float]:
    """Move places that grow down the drawing until none covers another.

    They are pushed down first, then up from the plot's lower edge; more than fit share
    the room that there is.
    """
    step = min(_NUMBER_HEIGHT, (BOTTOM - TOP) / max(len(places) - 1, 1))
    moved: list[float] = []
    for place in places:
        moved.append(max(place, moved[-1] + step) if moved else place)
    limit = BOTTOM
    for i in reversed(range(len(moved))):
        moved[i] = min(moved[i], limit)
        limit = moved[i] - step
    return [round(place, 2) for place in moved]
