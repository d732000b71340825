from __future__ import annotations

from itertools import combinations

import pytest

from mlpkg.evaluation.near_copies import near_copies

WORDS = "the old quay was closed to all ships on monday by the port office"


@pytest.mark.parametrize("pair", list(combinations(range(9), 2)))
def test_a_pair_is_found_in_whatever_groups_it_stands(pair):
    texts = [f"{n} {n}a {n}b {n}c {n}d {n}e" for n in range(9)]
    texts[pair[0]] = WORDS
    texts[pair[1]] = f"{WORDS} again"
    (match,) = near_copies(texts, list(range(9)), threshold=0.7)
    assert (match.other, match.text) == pair
    assert match.similarity == pytest.approx(10 / 11)


def test_copies_inside_one_group_are_none():
    assert near_copies([WORDS, WORDS], ["a", "a"], threshold=0.7) == []


def test_each_later_copy_is_told_once_in_order():
    found = near_copies([WORDS] * 4, ["a", "b", "c", "d"], threshold=0.7)
    assert [match.text for match in found] == [1, 2, 3]
