import pytest

from mlpkg.exceptions import DataError
from mlpkg.report.benchmark_boards import boards_of
from mlpkg.report.benchmark_rows import read_benchmark


@pytest.fixture
def build(tmp_path, benchmark_builder):
    """Make the boards of rows."""

    def make(rows, **more):
        return boards_of(
            read_benchmark(benchmark_builder.write(tmp_path, rows, **more))
        )

    return make


@pytest.fixture
def row(benchmark_builder):
    return benchmark_builder.row


@pytest.fixture(scope="module")
def full(benchmark_folder):
    return boards_of(read_benchmark(benchmark_folder))


def exact(value, **more):
    """Scores of a row with one main score."""
    return {"scores": {"macro_f1": {"value": value, "low": 0.1, "high": 0.9} | more}}


def test_every_row_is_on_a_board_whatever_became_of_it(full, benchmark_folder):
    shown = sum(line.n_seeds for board in full.boards for line in board.lines)
    assert shown == len(list((benchmark_folder / "rows").glob("*.json")))


def test_a_board_holds_one_task_part_kind_and_number_of_few_pages(full):
    keys = [(b.task, b.part, b.kind, b.n_train_pages) for b in full.boards]
    assert len(set(keys)) == len(keys) == 10
    assert keys[:4] == [
        ("corpus", "test", "in-corpus", None),
        ("polnear", "test", "in-corpus", None),
        ("checkthat", "test", "in-corpus", None),
        ("babe", "development", "in-corpus", None),
    ]
    assert keys[-3:] == [("corpus", "development", "few-shot", n) for n in (4, 16, 64)]


def test_a_development_row_never_shares_a_table_with_a_test_row(build, row):
    parts = [row(), row("other", part="development"), row("third", part="user")]
    boards = build(parts).boards
    assert [board.part for board in boards] == ["test", "development", "user"]
    assert [len(board.lines) for board in boards] == [1, 1, 1]


def test_seeds_are_averaged_and_their_spread_is_kept(build, row):
    rows = [
        row(seed=0, train_seconds=2, **exact(0.6, low=0.5)),
        row(seed=1, train_seconds=4, **exact(0.8, low=0.6)),
        row(seed=2, train_seconds=3, **exact(0.7, low=0.55)),
    ]
    (line,) = build(rows).boards[0].lines
    assert (line.main.value, line.main.low) == pytest.approx((0.7, 0.55))
    assert line.spread == (0.6, 0.8)
    assert line.costs["train_seconds"] == 3


def test_a_single_seed_has_no_spread(build, row):
    (line,) = build([row()]).boards[0].lines
    assert line.spread is None


def test_a_seed_that_failed_is_told_and_not_averaged(build, row, benchmark_builder):
    bad = benchmark_builder.unwell(
        "tiny", "corpus", "failed", "out of memory", seed=1, n_train_pages=None
    )
    (line,) = build([row(**exact(0.6)), bad]).boards[0].lines
    assert (line.status, line.main.value, line.n_seeds, line.n_ok) == ("ok", 0.6, 2, 1)
    assert line.reason == "1 of 2 seeds failed: out of memory"


def test_lines_are_ranked_and_the_unwell_stand_last(build, row, benchmark_builder):
    rows = [
        benchmark_builder.unwell("a", "corpus", "skipped", "no extra"),
        row("b", **exact(0.5)),
        row("c", **exact(0.7)),
        row("d", **exact(0.5)),
    ]
    lines = build(rows).boards[0].lines
    assert [(x.classifier, x.rank) for x in lines] == [
        ("c", 1),
        ("b", 2),
        ("d", 2),
        ("a", None),
    ]


def test_a_newer_revision_takes_the_place_of_an_older_one(build, row):
    old = row(revision="old", date="2026-01-01", **exact(0.9))
    new = row(revision="new", date="2026-02-01", **exact(0.4))
    benchmark = build([new, old])
    assert [x.main.value for x in benchmark.boards[0].lines] == [0.4]
    assert "1 rows of earlier revisions are left out" in benchmark.notes[0]


def test_different_main_scores_on_one_table_are_refused(build, row):
    with pytest.raises(DataError, match=r"'macro_f1' \(tiny\), 'accuracy' \(other\)"):
        build([row(), row("other", main_score="accuracy")])


def test_rows_of_two_machines_are_told(build, row):
    notes = build([row(), row("other", machine={"processor": "Else"})]).notes
    assert "compare quality, not speed" in notes[0]


def test_marks_follow_the_stored_tests(full):
    marks = {line.classifier: line.mark for line in full.boards[0].lines}
    assert marks["tuned-encoder"] == "best"
    assert marks["page-head"] == "indistinguishable"
    assert marks["majority"] == "worse"
    assert marks["spacy-textcat"] == "untested"
    assert full.boards[0].notes == ()


def test_tests_against_another_best_are_left_out(build, row):
    comparison = {
        "task": "corpus",
        "part": "test",
        "kind": "in-corpus",
        "best": {"classifier": "b", "train": "corpus:train"},
        "rows": [
            {"classifier": "a", "train": "corpus:train", "indistinguishable": True}
        ],
    }
    rows = [row("a", **exact(0.8)), row("b", **exact(0.7))]
    (board,) = build(rows, comparisons=[comparison]).boards
    assert not board.tested
    assert {line.mark for line in board.lines} == {"untested"}
    assert "stored tests are against b, which is not the best" in board.notes[0]


def test_a_table_without_tests_says_so(build, row):
    (board,) = build([row("a"), row("b")]).boards
    assert board.notes == (
        "No paired tests are stored for this table: differences are untested.",
    )


def test_ratios_are_multiples_of_the_reference(build, row):
    rows = [
        row("base", segments_per_second=200, size_mb=0),
        row("fast", segments_per_second=500, size_mb=3),
    ]
    lines = build(rows, reference="base").boards[0].lines
    ratios = {line.classifier: line.ratios for line in lines}
    assert ratios["fast"]["segments_per_second"] == 2.5
    assert ratios["base"]["segments_per_second"] == 1
    assert ratios["fast"]["size_mb"] is None


def test_machine_threads_versions_and_dates_are_kept(full):
    (setting,) = full.settings
    facts = dict(setting.facts())
    assert facts["threads"] == "2"
    assert "processor Made Up, cores 2" in facts["machine"]
    assert "numpy 2.4.6" in facts["versions"]
    assert facts["date"] == "2026-11-21 08:00 to 2026-11-21 08:02"


def test_what_was_learned_from_tells_lines_apart_only_where_it_differs(build, row):
    (board,) = build([row("a"), row("rules", train=None)]).boards
    assert not board.has_trainings
    rows = [row("a", train=x, kind="cross-corpus") for x in ("x:train", "y:train")]
    board = build(rows).boards[-1]
    assert {board.name_of(line) for line in board.lines} == {
        "a from x:train",
        "a from y:train",
    }
