import runpy
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from mlpkg.exceptions import DataError
from mlpkg.report.run_comparison import compare_runs
from mlpkg.tracking.stored_run import StoredRun

MAKERS = runpy.run_path(str(Path(__file__).parents[1] / "tracking" / "conftest.py"))
GOLD = ("claim", "opinion", "attribution", "boilerplate") * 8
WORSE = ("claim", "claim", "attribution", "boilerplate") * 8


@pytest.fixture
def make(tmp_path):
    return lambda run_id, **options: StoredRun(
        MAKERS["write_run"](tmp_path, run_id, **options)
    )


def test_differences_are_the_later_run_minus_the_first(make):
    first, later = make("a"), make("b", predicted={"out-of-fold": WORSE})
    (row,) = compare_runs([first, later], n=300).rows
    assert (row.part, row.run) == ("out-of-fold", "b")
    assert row.result.rows[0].difference == pytest.approx(-1 / 3)
    assert row.adjusted_p == row.result.p_value == 2 / 2**8


def test_rows_are_paired_by_key_whatever_their_order(make):
    first, later = make("a"), make("b", predicted={"out-of-fold": WORSE})
    path = later.path / "predictions.parquet"
    table = pq.read_table(path)
    pq.write_table(table.take(pa.array(range(len(table) - 1, -1, -1))), path)
    (row,) = compare_runs([first, later], n=300).rows
    assert row.result.rows[0].b == pytest.approx(2 / 3)


def test_every_run_is_compared_with_the_first_and_p_values_are_corrected(make):
    runs = [make("a"), make("b", predicted={"out-of-fold": WORSE}), make("c")]
    comparison = compare_runs(runs, n=300)
    assert comparison.runs == ("a", "b", "c")
    assert comparison.audits == ("ok", "ok", "ok")
    assert [row.run for row in comparison.rows] == ["b", "c"]
    assert [row.adjusted_p for row in comparison.rows] == [4 / 2**8, 1]


def test_other_training_data_do_not_matter_where_the_rows_match(make):
    first = make("a", predicted={"out-of-fold": GOLD, "validation": WORSE})
    later = make(
        "b", predicted={"validation": GOLD}, facts={"data_fingerprint": "e" * 64}
    )
    comparison = compare_runs([first, later], n=300)
    assert [row.part for row in comparison.rows] == ["validation"]
    assert comparison.skipped == (
        "out-of-fold of b against a: one of the runs has no such part",
    )


def test_refuses_runs_over_other_rows_and_says_why(make):
    first = make("a")
    later = make("b", gold=WORSE, facts={"data_fingerprint": "e" * 64})
    with pytest.raises(
        DataError, match="8 of 32 rows .* only in the first, 8 of 32 .* different data"
    ):
        compare_runs([first, later])


def test_refuses_runs_with_other_labels(make):
    labels = ["yes", "no"]
    settings = {"data": {"labels": labels, "furniture": None}}
    with pytest.raises(DataError, match=r"the labels differ \(claim, .*; yes, no\)"):
        compare_runs([make("a"), make("b", gold=labels * 4, settings=settings)])


def test_refuses_fewer_than_two_different_runs(make):
    run = make("a")
    with pytest.raises(DataError, match="two different runs or more, got a$"):
        compare_runs([run])
    with pytest.raises(DataError, match="two different runs or more, got a, a"):
        compare_runs([run, run])


def test_refuses_rows_that_repeat(make):
    first, later = make("a"), make("b")
    path = first.path / "predictions.parquet"
    table = pq.read_table(path)
    pq.write_table(pa.concat_tables([table, table.slice(0, 1)]), path)
    with pytest.raises(DataError, match="'page-0', 0, 9, 'claim'.* twice"):
        compare_runs([first, later])
