from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest

from mlpkg.features.measured_texts import MeasuredTexts
from mlpkg.features.place import PLACE, place_values
from mlpkg.records import Article, Page
from mlpkg.segmentation import Segmenter

TEXT = """Home
Quay closes for three weeks
The harbour authority closed the quay on Thursday after a storm. Why now?
Repairs are expected to take three weeks, and the ferry has moved.
Home
"""


def rows_of(page: Page) -> list[dict[str, float]]:
    values = place_values(page, MeasuredTexts(page.texts))
    return [dict(zip(PLACE, row, strict=True)) for row in values]


@pytest.fixture
def place(make_page) -> list[dict[str, float]]:
    return rows_of(make_page(TEXT))


def test_copies_on_the_page_are_counted(place):
    assert [row["copies"] > 0 for row in place] == [True, *[False] * 4, True]
    assert [row["copy_before"] for row in place] == [0, 0, 0, 0, 0, 1]


def test_place_runs_from_top_to_bottom(place):
    tops = [row["from_top"] for row in place]
    assert tops == sorted(tops)
    assert [row["from_bottom"] for row in place][::-1] == tops
    assert (place[0]["relative"], place[-1]["relative"]) == (0, 1)


def test_sentences_of_one_block_know_their_place_in_it(place):
    assert [row["last_in_block"] for row in place] == [1, 1, 0, 1, 1, 1]
    assert place[2]["block_segments"] == place[3]["block_segments"] > 0


def test_prose_is_counted_on_both_sides(place):
    assert [row["before_first_prose"] for row in place] == [1, 1, 0, 0, 0, 0]
    assert [row["after_last_prose"] for row in place] == [0, 0, 0, 0, 0, 1]
    before = [row["prose_before"] for row in place]
    assert all(low <= high for low, high in pairwise(before))
    assert before[0] == place[-1]["prose_after"] == 0


def test_overlap_with_the_title_is_a_share():
    text = "Quay closes for weeks\nSomething else"
    page = Segmenter().segment(Article("a", text, title="Quay closes for weeks"))
    rows = rows_of(page)
    assert [row["title_overlap"] for row in rows] == [1, 0]


def test_a_page_without_segments_has_no_rows():
    page = Page(Article("a", ""), ())
    assert place_values(page, MeasuredTexts([])).shape == (0, len(PLACE))


NEWS = """Sport
Ferry fares rise after vote
By Mira Holt
We use cookies to show you the harbour in the best possible light.
Bakery wins a prize
The ferry fares will rise by a tenth after the council's vote on Monday evening.
Fares had stood still since the old ferry was sold, the council wrote in March.
The vote was close, and the ferry union has asked for the fares to be frozen.
Bakery wins a prize
"""


def test_the_headline_is_the_line_above_the_body_whose_words_the_body_tells(make_page):
    rows = rows_of(make_page(NEWS))
    assert [row["headline_like"] for row in rows] == [0, 1, 0, 0, 0, 0, 0, 0, 0]
    assert rows[1]["told_in_body"] > 0.7 > 0.1 >= rows[4]["told_in_body"]
    assert [i for i, row in enumerate(rows) if row["after_headline"]] == [2, 3]


def test_a_page_of_furniture_alone_has_no_headline(make_page):
    rows = rows_of(make_page("Home\nNews and more news\nSport today\n"))
    assert all(row["headline_like"] == 0 for row in rows)


def test_gaps_count_the_segments_to_the_nearest_prose(place):
    assert [row["gap_before"] for row in place][3:] == pytest.approx(
        np.log1p([1, 2, 1])
    )
    assert [row["gap_after"] for row in place][:2] == pytest.approx(np.log1p([2, 1]))


def test_a_line_that_repeats_the_headline_overlaps_it(make_page):
    text = (
        "Ferry fares rise after vote\nHome\nFerry fares rise after vote, council says"
    )
    rows = rows_of(make_page(text))
    overlaps = [row["top_overlap"] for row in rows]
    assert overlaps[:2] == [0, 0]
    assert 0.5 < overlaps[2] < 1
