from __future__ import annotations

import csv

import pytest

from mlpkg.articles.csv_records import read_csv
from mlpkg.exceptions import DataError


def rows(text: str, **options: object) -> list[tuple[int, object]]:
    lines = enumerate(text.split("\n"), start=1)
    return [
        (number, str(row) if isinstance(row, DataError) else row)
        for number, row in read_csv(lines, **options)
    ]


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_the_delimiter_is_seen_in_the_header(delimiter):
    text = "a,b\n1,x\n\n2,'y'".replace(",", delimiter)
    assert rows(text) == [(2, {"a": "1", "b": "x"}), (4, {"a": "2", "b": "'y'"})]


def test_rows_over_several_lines_are_placed_at_their_first():
    assert rows('a,b\n1,"x\n\ny"\n2,z') == [
        (2, {"a": "1", "b": "x\n\ny"}),
        (5, {"a": "2", "b": "z"}),
    ]


def test_a_quote_that_is_never_closed_costs_its_own_row_alone():
    found = rows('a,b\n1,"x\n2,y\n3,"z"')
    assert [number for number, _ in found] == [2, 3, 4]
    assert "not CSV" in found[0][1]
    assert found[1:] == [(3, {"a": "2", "b": "y"}), (4, {"a": "3", "b": "z"})]


def test_a_bad_line_inside_a_row_is_told_and_ends_it():
    lines = [(1, "a,b"), (2, '1,"x'), (3, DataError("bad line")), (4, "2,y")]
    found = list(read_csv(lines))
    assert [number for number, _ in found] == [2, 3, 4]
    assert [str(row)[:8] for _, row in found[:2]] == ["not CSV ", "bad line"]
    assert found[2][1] == {"a": "2", "b": "y"}


def test_the_header_is_shown_before_any_row():
    def check(header):
        raise DataError(f"no use for {header}")

    with pytest.raises(DataError, match="no use for .'a', 'b'."):
        rows("a,b\n1,2", check=check)


def test_the_limit_of_the_csv_module_stays_what_it_was():
    before = csv.field_size_limit()
    assert rows(f"a,b\n1,{'x' * 200_000}")[0][1]["b"] == "x" * 200_000
    assert csv.field_size_limit() == before
