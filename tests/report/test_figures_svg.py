import pytest
from hypothesis import given
from hypothesis import strategies as st

from mlpkg.report.figures_svg import Series, interval_figure, xy_figure

WORDS = {"title": "T", "description": "D"}
AXES = {"x_label": "x", "y_label": "y"}
shares = st.floats(0, 1)


def lines(*points, **options):
    return xy_figure([Series("a", points)], **WORDS, **AXES, **options)


def test_corners_of_the_data_are_corners_of_the_plot():
    figure = lines((0, 0), (1, 1))
    assert figure.lines[0].points == (
        (figure.left, figure.bottom),
        (figure.right, figure.top),
    )


@given(st.lists(st.tuples(shares, shares), max_size=30), st.booleans())
def test_nothing_is_drawn_outside_the_plot(points, small):
    figure = lines(*points, small=small)
    for x, y in figure.lines[0].points:
        assert figure.left <= x <= figure.right
        assert figure.top <= y <= figure.bottom


def test_points_that_fall_together_are_drawn_once_but_the_ends_stay():
    points = [(i / 1e5, 0.5) for i in range(100_001)]
    drawn = lines(*points).lines[0].points
    assert 300 < len(drawn) < 600
    assert (drawn[0], drawn[-1]) == lines(points[0], points[-1]).lines[0].points


def test_marked_points_are_all_drawn():
    series = Series("a", ((0.5, 0.5), (0.5001, 0.5)), marked=True)
    assert len(xy_figure([series], **WORDS, **AXES).lines[0].points) == 2


@pytest.mark.parametrize(
    ("highest", "tick"), [(0.0, "2%"), (0.15, "20%"), (0.41, "60%"), (1.0, "100%")]
)
def test_a_small_axis_ends_just_above_the_highest_value(highest, tick):
    assert lines((0, 0), (1, highest), small=True).y_ticks[-1][1] == tick


def test_an_interval_lies_around_its_value():
    rows = [("claim", [(0.5, 0.25, 0.75), None]), ("opinion", [(0.9, None, None)])]
    figure = interval_figure(rows, ["one", "two"], **WORDS)
    (name, _, (mark,)), (_, _, (bare,)) = figure.groups
    ticks = [x for x, _ in figure.ticks]
    assert (name, [mark.low, mark.x, mark.high]) == ("claim", ticks[1:4])
    assert (bare.low, bare.high, bare.value) == (None, None, "0.90")


def test_a_long_name_leaves_room_for_the_plot():
    figure = interval_figure([("x" * 200, [(0.5, 0.4, 0.6)])], ["one"], **WORDS)
    assert figure.groups[0][0] == "x" * 17 + "…"
    assert figure.right - figure.left > 200
