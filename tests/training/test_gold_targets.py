from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from mlpkg.data.gold import GoldPage
from mlpkg.labels import LabelScheme
from mlpkg.records import Article, Page, Segment
from mlpkg.training.gold_targets import gold_targets

ABC = LabelScheme.from_names(["c", "a", "b"])


def _page(*labels):
    """A page of one-letter segments: a label, labels left open, or no label."""
    text = "x" * len(labels)
    cut = tuple(Segment("p", i, i, i + 1, "x") for i in range(len(labels)))
    names = tuple(label[0] for label in labels)
    return GoldPage(
        Page(Article("p", text), cut),
        tuple((i, i + 1) for i in range(len(labels))),
        names,
        (False,) * len(labels),
        allowed=tuple(label if len(label) > 1 else None for label in labels),
    )


def _open(*names):
    return names


def test_decided_labels_need_neither_masks_nor_weights():
    targets = gold_targets([_page("a", "b"), _page("c")], ABC)
    assert targets.labels == [["a", "b"], ["c"]]
    assert targets.weights is None
    assert targets.allowed is None


def test_masks_have_the_sorted_labels_for_columns():
    targets = gold_targets([_page("b", "c"), _page("a", _open("c", "a"))], ABC)
    first, second = targets.allowed
    assert first.tolist() == [[False, True, False], [False, False, True]]
    assert second.tolist() == [[True, False, False], [True, False, True]]
    assert first.dtype == np.bool_


def test_a_label_that_partial_labels_alone_name_is_a_class(caplog):
    pages = [_page("a", "a"), _page(_open("a", "b"), _open("a", "b"))]
    targets = gold_targets(pages, ABC)
    assert {label for page in targets.labels for label in page} == {"a", "b"}
    assert targets.allowed[1].tolist() == [[True, True], [True, True]]
    assert caplog.messages == [
        "no row is labelled 'b' for certain: only partial labels name it"
    ]


@pytest.mark.parametrize("allowed", [("a", "b", "c"), ("c", "b")])
def test_a_row_without_weight_adds_no_class(caplog, allowed):
    skipped = replace(_page(allowed), weights=(0.0,))
    targets = gold_targets([_page("a", "a"), skipped], ABC)
    assert {label for page in targets.labels for label in page} == {"a"}
    assert targets.weights == [[1.0, 1.0], [0.0]]
    assert targets.allowed[1].tolist() == [[True]]
    assert caplog.messages == []


def test_a_page_without_segments_has_an_empty_mask():
    targets = gold_targets([_page("a", _open("a", "b"), "b"), _page()], ABC)
    assert targets.allowed[1].shape == (0, 2)
