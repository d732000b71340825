import pytest
from hypothesis import given
from hypothesis import strategies as st

from mlpkg.report.benchmark_axes import log_axis, pages_axis, score_axis
from mlpkg.report.benchmark_boards import boards_of
from mlpkg.report.benchmark_lines import COSTS
from mlpkg.report.benchmark_rows import read_benchmark
from mlpkg.report.benchmark_scatter import cost_figure, pareto_front

SPEED = next(cost for cost in COSTS if cost.key == "segments_per_second")
SIZE = next(cost for cost in COSTS if cost.key == "size_mb")
points = st.tuples(st.integers(1, 8), st.integers(0, 8))


def beats(one, other, sign):
    no_worse = sign * one[0] <= sign * other[0] and one[1] >= other[1]
    return no_worse and one != other


@given(st.lists(points, min_size=1, max_size=12), st.booleans())
def test_the_front_is_what_nothing_beats(cloud, more_is_better):
    sign = -1 if more_is_better else 1
    expected = {
        i
        for i, point in enumerate(cloud)
        if not any(beats(other, point, sign) for other in cloud)
    }
    assert set(pareto_front(cloud, more_is_better)) == expected


@given(st.lists(st.floats(1e-6, 1e9), min_size=1, max_size=20))
def test_a_logarithmic_axis_holds_its_values_and_few_ticks(values):
    axis = log_axis(values, 48, 388)
    assert all(48 <= axis.place(value) <= 388 for value in values)
    assert 1 <= len(axis.ticks) <= 7
    assert all(48 <= place <= 388 for place, _ in axis.ticks)


@given(st.lists(st.floats(0, 1), min_size=1, max_size=20))
def test_an_axis_of_scores_begins_and_ends_on_a_tick(values):
    axis = score_axis(values, 264, 14)
    assert all(14 <= axis.place(value) <= 264 for value in values)
    places = [place for place, _ in axis.ticks]
    assert (places[0], places[-1]) == (264, 14)
    assert len(places) <= 8


def test_pages_have_a_tick_each():
    axis = pages_axis([64, 4, 16, 16], 48, 360)
    assert [text for _, text in axis.ticks] == ["4", "16", "64"]


@pytest.fixture(scope="module")
def board(benchmark_folder):
    return boards_of(read_benchmark(benchmark_folder)).boards[0]


@pytest.mark.parametrize("cost", [SPEED, SIZE], ids=["speed", "size"])
def test_numbers_cover_neither_each_other_nor_dots(board, cost):
    dots = cost_figure(board, cost).dots
    numbers = [(dot.number_x, dot.number_y) for dot in dots]

    def far(a, b, least):
        return (a[0] - b[0]) ** 2 + (a[1] - b[1]) ** 2 >= least**2

    assert len(dots) == 10
    assert all(far(a, b, 16) for i, a in enumerate(numbers) for b in numbers[:i])
    assert all(far(a, (dot.x, dot.y), 11) for a in numbers for dot in dots)


def test_the_front_is_named_and_better_is_to_the_right_for_speed(board):
    figure = cost_figure(board, SPEED)
    front = {dot.name for dot in figure.dots if dot.front}
    assert {"tuned-encoder", "tfidf-words-logistic", "majority"} <= front
    assert not {"setfit", "cue-rules"} & front
    assert "better and faster than tuned-encoder, page-head" in figure.description
    assert "right is better" in figure.x_label


def test_what_has_no_cost_is_named_as_not_drawn(tmp_path, benchmark_builder):
    rows = [benchmark_builder.row(name, size_mb=size) for name, size in SIZES]
    (board,) = boards_of(read_benchmark(benchmark_builder.write(tmp_path, rows))).boards
    figure = cost_figure(board, SIZE)
    assert {dot.name for dot in figure.dots} == {"a", "b"}
    assert "Not drawn, for want of a figure above 0:" in figure.description
    assert set(figure.description.split("0: ")[1].strip(".").split(", ")) == {"c", "d"}


SIZES = (("a", 3), ("b", 30), ("c", 0), ("d", None))


def test_one_line_is_no_cloud(tmp_path, benchmark_builder):
    folder = benchmark_builder.write(tmp_path, [benchmark_builder.row()])
    assert cost_figure(boards_of(read_benchmark(folder)).boards[0], SIZE) is None


def test_a_large_cloud_bears_numbers_on_its_front_only(tmp_path, benchmark_builder):
    rows = [
        benchmark_builder.row(f"c{i}", quality=0.3 + i / 200, size_mb=1 + i % 7)
        for i in range(60)
    ]
    (board,) = boards_of(read_benchmark(benchmark_builder.write(tmp_path, rows))).boards
    figure = cost_figure(board, SIZE)
    assert len(figure.dots) == 60
    assert all(dot.front for dot in figure.legend)
