from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mlpkg.evaluation.near_duplicates import NearDuplicate, near_duplicates

WORDS = [f"word{i}" for i in range(20)]
TEXT = " ".join(WORDS)

texts = st.lists(
    st.lists(st.sampled_from("abc"), max_size=14).map(" ".join), max_size=6
)


def _resemblance(one, other, size):
    own, foreign = (
        {tuple(words[i : i + size]) for i in range(len(words) - size + 1)}
        for words in (one.split(), other.split())
    )
    return len(own & foreign) / len(own | foreign) if own and foreign else 0


@given(texts, texts, st.sampled_from([0.3, 0.5, 0.7, 1.0]), st.integers(1, 5))
def test_finds_what_comparing_every_pair_finds(one, other, threshold, size):
    found = near_duplicates(one, other, threshold=threshold, size=size)
    expected = [
        i
        for i, text in enumerate(one)
        if any(_resemblance(text, t, size) >= threshold for t in other)
    ]
    assert [match.text for match in found] == expected
    for match in found:
        exact = _resemblance(one[match.text], other[match.other], size)
        assert match.similarity == pytest.approx(exact)


def test_case_and_punctuation_do_not_matter():
    (match,) = near_duplicates([TEXT.upper() + "!"], ["other words", TEXT])
    assert match == NearDuplicate(0, 1, 1.0)


def test_an_added_word_leaves_a_duplicate_and_a_changed_one_amid_does_not():
    added = TEXT + " more"
    changed = " ".join([*WORDS[:10], "other", *WORDS[11:]])
    (match,) = near_duplicates([changed, added], [TEXT])
    assert (match.text, match.similarity) == (1, pytest.approx(16 / 17))


def test_runs_do_not_reach_from_one_text_into_the_next():
    halves = [" ".join(WORDS[:4]), " ".join(WORDS[4:8])]
    assert near_duplicates(halves, [" ".join(WORDS[:8])], threshold=0.1) == []


def test_empty_sides_have_no_duplicates():
    assert near_duplicates([], [TEXT]) == near_duplicates([TEXT], []) == []
    assert near_duplicates([""], [""]) == []
