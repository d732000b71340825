from __future__ import annotations

import math
from datetime import date

import pytest

from mlpkg.articles.cells import is_nothing, whole_number, word
from mlpkg.exceptions import DataError


@pytest.mark.parametrize("value", [None, "", " \n", math.nan])
def test_nothing_is_written_in_many_ways(value):
    assert is_nothing(value)
    assert word(value) == ""
    assert whole_number(value) is None


@pytest.mark.parametrize(
    ("value", "spelt"),
    [
        (" a\r\nb ", "a\nb"),
        (7, "7"),
        (7.0, "7"),
        (7.5, "7.5"),
        (False, "False"),
        (b"caf\xc3\xa9", "café"),
        (b"\xff", "\ufffd"),
        (date(2026, 11, 21), "2026-11-21"),
        ("\ud800", "\ufffd"),
        (math.inf, "inf"),
    ],
)
def test_words_are_spelt(value, spelt):
    assert word(value) == spelt


@pytest.mark.parametrize("value", [[1], {"a": 1}])
def test_lists_and_objects_are_no_words(value):
    with pytest.raises(DataError, match="must be a word or a number, got a "):
        word(value)


@pytest.mark.parametrize(("value", "number"), [(0, 0), ("3", 3), (2.0, 2), (-1, -1)])
def test_whole_numbers_are_read(value, number):
    assert whole_number(value) == number


@pytest.mark.parametrize("value", ["x", 1.5, True, [1], math.inf, 10**400, "1e999"])
def test_other_numbers_are_refused(value):
    with pytest.raises(DataError, match="must be a whole number, got "):
        whole_number(value)
