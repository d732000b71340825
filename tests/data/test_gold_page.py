from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mlpkg.data.corpus import load_corpus
from mlpkg.data.gold_page import (
    GoldPage,
    data_fingerprint,
    segment_labels,
    segment_targets,
)
from mlpkg.exceptions import DataError
from mlpkg.labels import DEFAULT_SCHEME, LabelScheme
from mlpkg.records import Article, LabelledPage, Page, Segment

NAMES = DEFAULT_SCHEME.names


def _gold(text, segments, spans, labels, page_id="a", has_context=True):
    cut = [Segment(page_id, i, a, b, text[a:b]) for i, (a, b) in enumerate(segments)]
    page = Page(Article(page_id, text), tuple(cut))
    flags = (False,) * len(spans)
    return GoldPage(page, tuple(spans), tuple(labels), flags, has_context)


def test_an_undecided_segment_is_no_gold():
    labelled = load_corpus("test")[0]
    labels = (labelled.labels[0], None, *labelled.labels[2:])
    with pytest.raises(DataError, match=r"page '.*': segment 1 has no label"):
        GoldPage.of(LabelledPage(labelled.page, labels))


def test_a_label_that_its_open_span_leaves_out_is_refused():
    page = _gold("ab", [(0, 1), (1, 2)], [(0, 1), (1, 2)], ["claim", "claim"])
    replace(page, allowed=(None, ("opinion", "claim")))
    message = r"page 'a', span 1: the label 'claim' is not among .*\(opinion, attr"
    with pytest.raises(DataError, match=message):
        replace(page, allowed=(None, ("opinion", "attribution")))


@st.composite
def gold_pages(draw: st.DrawFn) -> GoldPage:
    """Segments and spans drawn apart from each other over one text."""
    size = draw(st.integers(1, 30))

    def cuts():
        ends = sorted(draw(st.sets(st.integers(0, size), max_size=10)))
        return list(zip(ends[::2], ends[1::2], strict=False))

    spans = cuts()
    labels = [draw(st.sampled_from(NAMES)) for _ in spans]
    return _gold("x" * size, cuts(), spans, labels)


def _labels_by_letter(gold: GoldPage) -> list[str]:
    """Count the letters of each label, one by one."""
    by_letter: dict[int, str] = {}
    for (start, end), label in zip(gold.spans, gold.labels, strict=True):
        by_letter |= dict.fromkeys(range(start, end), label)
    labels = []
    for segment in gold.page.segments:
        found = [
            by_letter[i] for i in range(segment.start, segment.end) if i in by_letter
        ]
        labels.append(max(found, key=found.count) if found else "boilerplate")
    return labels


@given(gold_pages())
def test_a_segment_takes_the_label_that_covers_most_of_it(gold):
    assert segment_labels(gold) == _labels_by_letter(gold)


def test_a_segment_that_no_span_touches_is_furniture_or_the_last_label():
    gold = _gold("Ha. Ho.", [(0, 3), (4, 7)], [(0, 3)], ["b"])
    with_furniture = LabelScheme.from_names(["a", "b", "c"], furniture="a")
    without = LabelScheme.from_names(["a", "b", "c"])
    assert segment_labels(gold, with_furniture) == ["b", "a"]
    assert segment_labels(gold, without) == ["b", "c"]


def _three_pages():
    return [
        _gold(f"{name} rains.", [(0, 8)], [(0, 8)], ["claim"], name) for name in "abc"
    ]


@given(st.permutations(range(3)))
def test_the_fingerprint_does_not_see_the_order_of_pages(order):
    pages = _three_pages()
    assert data_fingerprint([pages[i] for i in order]) == data_fingerprint(pages)


@pytest.mark.parametrize(
    "change",
    [
        {"labels": ("opinion",)},
        {"spans": ((0, 7),)},
        {"has_context": False},
        {"allowed": (("claim", "opinion"),)},
        {"weights": (2.0,)},
        {"source": "desk"},
        {"page": Page(Article("b", "b rained"), ())},
        {"page": Page(Article("d", "b rains."), ())},
    ],
    ids=["label", "span", "context", "allowed", "weight", "source", "letters", "id"],
)
def test_the_fingerprint_sees_any_change(change):
    pages = _three_pages()
    changed = [pages[0], replace(pages[1], **change), pages[2]]
    assert data_fingerprint(changed) != data_fingerprint(pages)


@given(st.integers(0, 6), st.characters(codec="utf-8"))
def test_the_fingerprint_sees_any_changed_letter(place, letter):
    pages = _three_pages()
    text = pages[0].page.article.text
    changed = text[:place] + letter + text[place + 1 :]
    first = replace(pages[0], page=Page(Article("a", changed), ()))
    same = data_fingerprint([first, *pages[1:]]) == data_fingerprint(pages)
    assert same == (changed == text)


def test_the_fingerprint_sees_a_page_that_is_left_out():
    pages = _three_pages()
    assert data_fingerprint(pages[:2]) != data_fingerprint(pages)


def test_the_fingerprint_sees_nothing_in_ones_and_none():
    pages = _three_pages()
    same = [replace(page, allowed=None, weights=None, source="") for page in pages]
    assert data_fingerprint(same) == data_fingerprint(pages)


def test_a_segment_is_open_where_an_open_span_covers_most_of_it():
    open_ = ("claim", "opinion")
    gold = replace(
        _gold(
            "x" * 20,
            [(0, 8), (8, 12), (12, 20)],
            [(0, 5), (5, 10), (10, 20)],
            ["claim", "claim", "opinion"],
        ),
        allowed=(None, open_, None),
    )
    targets = segment_targets(gold)
    assert [target.allowed for target in targets] == [None, open_, None]
    assert [target.label for target in targets] == ["claim", "claim", "opinion"]
    assert gold.decided == [0, 2]


def test_the_weight_of_a_segment_is_the_mean_over_its_label():
    gold = replace(
        _gold(
            "x" * 20,
            [(0, 8), (8, 14), (15, 20)],
            [(0, 2), (2, 8), (8, 12), (12, 14)],
            ["claim", "claim", "opinion", "claim"],
        ),
        weights=(1.0, 5.0, 2.0, 0.0),
    )
    # The last one is not touched: furniture, with the mean of the page.
    assert [t.weight for t in segment_targets(gold)] == [4.0, 2.0, 2.0]


@pytest.mark.parametrize("name", ["labels", "hard", "allowed", "weights"])
def test_a_page_needs_one_value_a_span(name):
    gold = _three_pages()[0]
    with pytest.raises(DataError, match=f"page 'a' has 1 spans but 0 {name}; give one"):
        replace(gold, **{name: ()})
