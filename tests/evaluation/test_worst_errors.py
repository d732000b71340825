from __future__ import annotations

import pytest

from mlpkg.evaluation.worst_errors import Neighbour, worst_errors
from mlpkg.exceptions import DataError


def table(*rows):
    """Turn rows of article, index, right or not and confidence into columns."""
    return (
        [article for article, *_ in rows],
        [index for _, index, *_ in rows],
        [f"{article}{index}" for article, index, *_ in rows],
        ["claim"] * len(rows),
        ["claim" if right else "opinion" for _, _, right, _ in rows],
        [confidence for *_, confidence in rows],
    )


def texts(errors):
    return [error.text for error in errors]


def test_the_surest_errors_come_first():
    columns = table(("p", 0, 0, 0.6), ("p", 1, 1, 1.0), ("q", 0, 0, 0.9))
    assert texts(worst_errors(*columns)) == ["q0", "p0"]
    assert texts(worst_errors(*columns, k=1)) == ["q0"]


def test_one_article_does_not_fill_the_list():
    columns = table(*(("p", k, 0, 0.9) for k in range(4)), ("q", 0, 0, 0.5))
    assert texts(worst_errors(*columns, per_article=2)) == ["p0", "p1", "q0"]


def test_equally_sure_errors_come_by_article_and_place():
    columns = table(("q", 0, 0, 0.9), ("p", 3, 0, 0.9), ("p", 1, 0, 0.9))
    assert texts(worst_errors(*columns)) == ["p1", "p3", "q0"]


def test_neighbours_are_of_the_same_article_in_page_order():
    rows = [("p", k, k != 3, 0.9) for k in (5, 3, 0, 4, 2, 1)]
    (error,) = worst_errors(*table(*rows, ("q", 2, 1, 0.9)))
    assert (error.article, error.index, error.gold, error.label) == (
        "p",
        3,
        "claim",
        "opinion",
    )
    assert [neighbour.text for neighbour in error.before] == ["p1", "p2"]
    assert error.after == (
        Neighbour("p4", "claim", "claim"),
        Neighbour("p5", "claim", "claim"),
    )


def test_an_error_at_an_end_has_fewer_neighbours():
    first, last = worst_errors(*table(("p", 0, 0, 0.9), ("p", 1, 0, 0.8)))
    assert (first.before, texts(first.after)) == ((), ["p1"])
    assert (texts(last.before), last.after) == (["p0"], ())


def test_no_error_gives_an_empty_list():
    assert worst_errors(*table(("p", 0, 1, 0.9))) == ()


def test_refuses_columns_of_different_lengths():
    columns = table(("p", 0, 0, 0.9))
    with pytest.raises(DataError, match="labels and confidence need one entry"):
        worst_errors(*columns[:-1], [0.9, 0.8])
