from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mlpkg.evaluation.matching import (
    BoundaryCounts,
    boundary_counts,
    boundary_f1,
    count_uncovered,
    labels_by_cover,
    probabilities_by_cover,
)
from mlpkg.exceptions import DataError


@st.composite
def spans(draw):
    """Spans in order without overlap, some empty, some touching."""
    cuts = sorted(draw(st.lists(st.integers(0, 40), max_size=16)))
    return list(zip(cuts[::2], cuts[1::2], strict=False))


@st.composite
def labelled_spans(draw):
    found = draw(spans())
    size = len(found)
    return found, draw(st.lists(st.sampled_from("XYZ"), min_size=size, max_size=size))


def slow_label(gold, predicted, labels, default):
    """Count characters one by one; the first on the page wins a tie."""
    seen = [
        label
        for place in range(*gold)
        for (start, end), label in zip(predicted, labels, strict=True)
        if start <= place < end
    ]
    return max(dict.fromkeys(seen), key=seen.count) if seen else default


@given(spans(), labelled_spans())
def test_labels_equal_a_count_of_characters(gold, labelled):
    predicted, labels = labelled
    assert labels_by_cover(gold, predicted, labels, "-") == [
        slow_label(span, predicted, labels, "-") for span in gold
    ]


@given(spans(), labelled_spans())
def test_probabilities_are_means_over_characters(gold, labelled):
    predicted, labels = labelled
    rows = np.eye(3)[["XYZ".index(label) for label in labels]].reshape(-1, 3)
    found = probabilities_by_cover(gold, predicted, rows, [0, 0, 1])
    for span, row in zip(gold, found, strict=True):
        characters = [
            rows[k]
            for place in range(*span)
            for k, (start, end) in enumerate(predicted)
            if start <= place < end
        ]
        expected = np.mean(characters, axis=0) if characters else [0, 0, 1]
        np.testing.assert_allclose(row, expected)


@given(spans(), labelled_spans())
def test_counts_what_gets_the_default(gold, labelled):
    labels = labels_by_cover(gold, *labelled, "-")
    assert count_uncovered(gold, labelled[0]) == labels.count("-")


def test_several_spans_of_one_label_outweigh_the_longest():
    predicted = [(0, 3), (3, 7), (7, 10)]
    assert labels_by_cover([(0, 10)], predicted, ["X", "Y", "X"], "-") == ["X"]


def test_the_first_on_the_page_wins_a_tie():
    assert labels_by_cover([(0, 4)], [(0, 2), (2, 4)], ["Y", "X"], "-") == ["Y"]


def test_one_long_segment_labels_all_gold_spans_in_it():
    gold = [(0, 2), (3, 5), (6, 9)]
    assert labels_by_cover(gold, [(0, 9)], ["X"], "-") == ["X"] * 3


@pytest.mark.parametrize("bad", [[(0, 5), (4, 6)], [(5, 9), (0, 4)], [(3, 1)]])
def test_refuses_spans_that_overlap_or_run_backwards(bad):
    with pytest.raises(DataError, match=r"gold_spans\[\d\] is \(\d, \d\), expected"):
        labels_by_cover(bad, [], [], "-")
    with pytest.raises(DataError, match=r"predicted_spans\[\d\] is"):
        count_uncovered([], bad)


def test_refuses_spans_without_a_value_each():
    with pytest.raises(DataError, match="predicted_labels has 0 entries for 1"):
        labels_by_cover([], [(0, 1)], [], "-")
    with pytest.raises(DataError, match="probabilities has 2 entries for 1"):
        probabilities_by_cover([], [(0, 1)], [[1, 0], [0, 1]], [0, 1])


def test_only_ends_inside_lines_count():
    text = "One. Two.  \nThree.Four. \n\nFive. "
    every = [4, 9, 18, 23, 31]
    assert boundary_counts(every, every, text) == BoundaryCounts(2, 2, 2)


def test_boundary_f1_weighs_missed_and_surplus_ends():
    text = "One. Two. Three. Four."
    assert boundary_f1([4, 9], [4, 16], text) == pytest.approx(0.5)
    assert boundary_f1([4, 9], [], text) == 0.0


def test_boundary_f1_is_1_where_there_was_nothing_to_find():
    assert boundary_f1([4], [], "One.\n") == 1.0


def test_boundary_counts_of_pages_add_up():
    assert BoundaryCounts(1, 2, 3) + BoundaryCounts(4, 5, 6) == BoundaryCounts(5, 7, 9)


def test_refuses_an_end_outside_the_text():
    with pytest.raises(DataError, match="ends at 9, outside its text of 4"):
        boundary_f1([9], [], "One.")
