import pytest

from mlpkg.report.benchmark_boards import boards_of
from mlpkg.report.benchmark_curve import few_shot_figure
from mlpkg.report.benchmark_heat import heat_maps
from mlpkg.report.benchmark_rows import read_benchmark


@pytest.fixture(scope="module")
def benchmark(benchmark_folder):
    return boards_of(read_benchmark(benchmark_folder))


@pytest.fixture(scope="module")
def figure(benchmark):
    return few_shot_figure([b for b in benchmark.boards if b.kind == "few-shot"])


def test_a_curve_has_a_point_a_number_of_pages_and_a_dot_a_draw(figure):
    assert [text for _, text in figure.x_ticks] == ["4", "16", "64"]
    assert all(len(curve.points) == 3 for curve in figure.curves)
    assert all(len(curve.draws) == 9 for curve in figure.curves)


def test_curves_are_numbered_from_the_best_and_numbers_stand_apart(figure):
    assert figure.curves[0].name == "tuned-encoder"
    heights = [curve.label_y for curve in figure.curves]
    steps = [b - a for a, b in zip(heights, heights[1:], strict=False)]
    assert min(steps) >= 14.9
    assert heights[-1] <= figure.bottom


def test_more_pages_help_upwards(figure):
    (x, y), *_, (last_x, last_y) = figure.curves[0].points
    assert last_x > x
    assert last_y < y


def test_boards_without_scores_give_no_curve():
    assert few_shot_figure([]) is None


def test_a_heat_map_holds_own_and_other_corpora(benchmark):
    maps = heat_maps(benchmark.boards)
    assert [(x.classifier, x.part) for x in maps] == [
        ("minilm-features", "test"),
        ("page-head", "test"),
        ("tfidf-words-logistic", "test"),
    ]
    heat = maps[0]
    assert [task for task, _ in heat.tasks] == ["corpus", "polnear", "newsdiscourse"]
    own = {
        train: [cell.own if cell else None for cell in row] for train, row in heat.rows
    }
    assert own["corpus:train"] == [True, False, False]
    assert own["newsdiscourse:train"] == [False, False, None]


def test_a_heat_map_holds_the_scores_of_the_tables(benchmark):
    board = next(b for b in benchmark.boards if b.kind == "cross-corpus")
    line = next(x for x in board.lines if x.classifier == "page-head")
    heat = next(x for x in heat_maps(benchmark.boards) if x.classifier == "page-head")
    column = [task for task, _ in heat.tasks].index(board.task)
    assert dict(heat.rows)[line.train][column].value == line.main.value
