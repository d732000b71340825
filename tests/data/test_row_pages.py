from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mlpkg.data.row_pages import pages_of_rows
from mlpkg.data.rows import LabelledRow
from mlpkg.exceptions import DataError


def _pages(*rows):
    return pages_of_rows(rows, "r.csv", "dir/r.csv, line")


@given(st.permutations(range(5)))
def test_rows_of_an_article_are_ordered_by_their_index(order):
    rows = [
        LabelledRow(line, f"Row {index}.", "claim", "a", index=index - 2)
        for line, index in enumerate(order, start=2)
    ]
    (page,) = _pages(*rows)
    assert page.page.texts == [f"Row {i}." for i in range(5)]


def test_without_an_index_rows_keep_the_order_of_the_file():
    (page,) = _pages(*(LabelledRow(n, f"{n}.", "claim", "a") for n in (5, 2, 9)))
    assert page.page.texts == ["5.", "2.", "9."]


def test_an_index_counts_within_its_article_only():
    rows = [LabelledRow(n, "A.", "claim", name, index=0) for n, name in enumerate("ab")]
    rows += [LabelledRow(9, "B.", "claim", "", index=0)]
    assert [page.id for page in _pages(*rows)] == ["a", "b", "r.csv:9"]


def test_what_hinders_the_order_is_told_with_its_lines():
    rows = [
        LabelledRow(2, "A.", "claim", "a", index=3),
        LabelledRow(3, "B.", "claim", "a", index=3),
        LabelledRow(4, "C.", "claim", "a"),
    ]
    with pytest.raises(DataError, match="index") as caught:
        _pages(*rows)
    assert str(caught.value).splitlines() == [
        "dir/r.csv, line 3: article 'a' has index 3 here and at 2; number its rows "
        "anew",
        "dir/r.csv, line 4: article 'a' has an index in other rows but none here; give "
        "all or none",
    ]


def test_an_article_has_the_outlet_date_and_source_that_a_row_states():
    facts = {"outlet": "The Quay", "published": "2024-05-01", "source": "desk"}
    (page,) = _pages(
        LabelledRow(2, "A.", "claim", "a"), LabelledRow(3, "B.", "claim", "a", **facts)
    )
    article = page.page.article
    found = (article.outlet, article.published, page.source)
    assert found == tuple(facts.values())


@pytest.mark.parametrize("key", ["outlet", "published", "source"])
def test_an_article_with_two_of_a_kind_is_refused(key):
    rows = [LabelledRow(n, "A.", "claim", "a", **{key: str(n)}) for n in (4, 6, 8)]
    with pytest.raises(
        DataError,
        match=rf"r\.csv, line 6: article 'a' has {key} '6' here and '4' at 4; an artic",
    ):
        _pages(*rows)


def test_weights_and_open_labels_are_kept_where_there_are_any():
    open_ = ("claim", "opinion")
    page, bare = _pages(
        LabelledRow(2, "A.", "claim", "a", allowed=open_),
        LabelledRow(3, "B.", "claim", "a", weight=0.5),
        LabelledRow(4, "C.", "claim"),
    )
    assert page.allowed == (open_, None)
    assert page.weights == (1, 0.5)
    assert (bare.allowed, bare.weights, bare.has_context) == (None, None, False)
