from __future__ import annotations

from dataclasses import FrozenInstanceError

import pytest

from mlpkg.exceptions import DataError
from mlpkg.records import (
    Article,
    Block,
    LabelledPage,
    Page,
    Prediction,
    ReadFailure,
    Segment,
)

ARTICLE = Article("a", "It rained. We left.")
SEGMENTS = (Segment("a", 0, 0, 10, "It rained."), Segment("a", 1, 11, 19, "We left."))
PAGE = Page(ARTICLE, SEGMENTS)


@pytest.mark.parametrize("span", [(3, 2), (-1, 2)])
def test_a_block_refuses_a_span_that_runs_backwards_or_starts_below_zero(span):
    with pytest.raises(DataError, match="needs 0 <= start <= end"):
        Block(*span)


@pytest.mark.parametrize(
    "blocks", [(Block(0, 4), Block(3, 6)), (Block(4, 6), Block(0, 2)), (Block(0, 20),)]
)
def test_an_article_refuses_blocks_that_overlap_or_leave_its_text(blocks):
    with pytest.raises(
        DataError, match=r"article 'a': block \d+-\d+ overlaps .* of 19"
    ):
        Article("a", ARTICLE.text, blocks)


def test_an_article_takes_blocks_that_touch():
    assert len(Article("a", "abcd", (Block(0, 2), Block(2, 4))).blocks) == 2


def test_a_segment_refuses_a_text_of_another_length_than_its_span():
    with pytest.raises(DataError, match=r"segment 3 of 'a' spans 0-4 but holds 2"):
        Segment("a", 3, 0, 4, "no")


@pytest.mark.parametrize(
    "segments",
    [
        (Segment("a", 0, 0, 4, "It r"), Segment("a", 1, 3, 6, "rai")),
        (Segment("a", 0, 18, 22, "ft.."),),
    ],
)
def test_a_page_refuses_segments_that_overlap_or_leave_the_text(segments):
    with pytest.raises(
        DataError, match="page 'a': segment . overlaps its neighbour or"
    ):
        Page(ARTICLE, segments)


def test_a_page_gives_id_texts_and_length():
    assert PAGE.id == "a"
    assert PAGE.texts == ["It rained.", "We left."]
    assert len(PAGE) == 2


@pytest.mark.parametrize("name", ["labels", "allowed", "weights", "hard"])
def test_a_labelled_page_refuses_a_column_of_another_length(name):
    columns = {"labels": ("claim", None), name: (None,)}
    with pytest.raises(DataError, match=f"page 'a' has 2 segments but 1 {name}"):
        LabelledPage(PAGE, **columns)


def test_a_labelled_page_takes_its_id_from_the_page():
    labelled = LabelledPage(PAGE, ("claim", None), (None, ("claim", "opinion")))
    assert labelled.id == "a"


def test_a_failure_tells_source_position_and_reason():
    assert (
        str(ReadFailure("x.jsonl", "line 3", "no text")) == "x.jsonl, line 3: no text"
    )
    assert str(ReadFailure("x.txt", "", "no text")) == "x.txt: no text"


def test_records_are_frozen_and_slotted():
    prediction = Prediction(SEGMENTS[0], "claim", {"claim": 1.0}, 1.0)
    for record in (Block(0, 1), ARTICLE, SEGMENTS[0], PAGE, prediction):
        assert not hasattr(record, "__dict__")
    with pytest.raises(FrozenInstanceError, match="label"):
        prediction.label = "opinion"
