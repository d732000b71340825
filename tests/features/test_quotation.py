from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mlpkg.features.quotation import QuotationState, quotation_states
from mlpkg.records import Block, Segment


def states(*blocks: list[str]) -> list[QuotationState]:
    segments = []
    for number, texts in enumerate(blocks):
        block = Block(number, number)
        for text in texts:
            segments.append(Segment("a", len(segments), 0, len(text), text, block))
    return quotation_states(segments)


def opened(*blocks: list[str]) -> list[tuple[bool, bool]]:
    return [(state.open_before, state.open_after) for state in states(*blocks)]


@pytest.mark.parametrize(("left", "right"), ["“”", '""', "‘’", "''", "«»"])
def test_a_quotation_runs_over_sentences(left, right):
    block = [f"{left}It rained.", "We left.", f"It was over.{right}", "He wept."]
    assert opened(block) == [(False, True), (True, True), (True, False), (False, False)]
    assert [state.share for state in states(block)] == [1, 1, 1, 0]
    assert [state.starts for state in states(block)] == [True, False, False, False]
    assert [state.spans for state in states(block)] == [1, 0, 0, 0]


def test_a_quotation_of_several_paragraphs_opens_each_of_them():
    blocks = ["“It rained.", "We left."], ["“It was over.”", "He wept."]
    assert opened(*blocks) == [
        (False, True),
        (True, True),
        (False, False),
        (False, False),
    ]
    assert states(*blocks)[2].share == 1


def test_a_forgotten_mark_ends_with_its_block():
    assert opened(["“It rained."], ["He wept."]) == [(False, True), (False, False)]


def test_the_share_counts_characters_inside_the_marks():
    (state,) = states(["He said “go” now"])
    assert state.share == pytest.approx(len("“go”") / len("He said “go” now"))


@pytest.mark.parametrize(
    ("text", "spans"),
    [
        ("“Go,” she said, “and stay.”", 2),
        ('"Go," she said, "and stay."', 2),
        ("The ‘war’ on weeds and the 'peace' after", 2),
        ("A 5'10\" man left.", 0),
        ("It's the dogs' bowl, isn't it?", 0),
        ("The '90s, the ’80s and '04: rock 'n' roll.", 0),
        ('("Stay")', 1),
        ("“He said ‘go’ and ‘stay.’ We left.”", 1),
        ("‘He said “go” and left.’", 1),
    ],
)
def test_quotations_are_told_from_apostrophes_and_nested_marks(text, spans):
    (state,) = states([text])
    assert state.spans == spans
    assert not state.open_after


def test_a_scare_quote_leaves_the_next_sentence_alone():
    assert opened(["The ‘war’ goes on.", "It rained."])[1] == (False, False)


def test_nested_marks_keep_the_outer_quotation_open():
    block = ["“He said ‘go.’ We left.", "It rained.”"]
    assert opened(block) == [(False, True), (True, False)]


def test_nothing_is_said_of_no_segments():
    assert quotation_states([]) == []


@given(st.lists(st.text(st.sampled_from("ab .,\"'“”‘’«»s(")), max_size=6))
def test_states_join_up_and_shares_stay_in_range(texts):
    found = states(texts)
    assert all(0 <= state.share <= 1 for state in found)
    before = [state.open_before for state in found]
    after = [state.open_after for state in found]
    assert before == [False, *after][: len(found)]
