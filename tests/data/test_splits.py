from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mlpkg.data.gold import GoldPage
from mlpkg.data.splits import (
    fold_pages,
    published_day,
    require_disjoint,
    split_pages,
)
from mlpkg.exceptions import SplitError
from mlpkg.records import Article, Page, Segment


def _page(name, text=None, labels=("claim",), context=True, **facts):
    """Make a page of one-word segments, a label each."""
    words = (text or f"text-{name}").split()
    words += [f"more-{name}-{i}" for i in range(len(labels) - len(words))]
    whole, segments = " ".join(words), []
    for index, word in enumerate(words):
        start = whole.index(word)
        segments.append(Segment(name, index, start, start + len(word), word))
    meta = {key: facts.pop(key) for key in list(facts) if key in ("hand", "genre")}
    page = Page(Article(name, whole, meta=meta, **facts), tuple(segments))
    labels = tuple(labels) * len(words) if len(labels) == 1 else tuple(labels)
    spans = tuple((s.start, s.end) for s in segments)
    return GoldPage(page, spans, labels, (False,) * len(words), context)


def _ids(parts):
    return {name: [page.id for page in pages] for name, pages in parts.items()}


PAGES = [_page(f"p{i}", hand=f"h{i % 4}", outlet=f"o{i // 5}") for i in range(20)]


def test_parts_are_whole_disjoint_and_near_their_shares():
    parts = split_pages(PAGES, parts={"train": 0.7, "validation": 0.2, "test": 0.1})
    assert list(parts) == ["train", "validation", "test"]
    assert [len(pages) for pages in parts.values()] == [14, 4, 2]
    assert sorted(sum(_ids(parts).values(), [])) == sorted(page.id for page in PAGES)


def test_pages_keep_their_order():
    order = [page.id for page in PAGES]
    for ids in _ids(split_pages(PAGES)).values():
        assert ids == sorted(ids, key=order.index)


def test_a_seed_repeats_a_split_and_another_changes_it():
    first = _ids(split_pages(PAGES, seed=1))
    assert first == _ids(split_pages(PAGES, seed=1))
    assert any(first != _ids(split_pages(PAGES, seed=seed)) for seed in (2, 3, 4))


@pytest.mark.parametrize(("by", "key"), [("hand", "meta"), ("outlet", "outlet")])
def test_groups_stay_whole(by, key):
    parts = split_pages(PAGES, by=by, parts={"train": 0.5, "validation": 0.5})
    seen = [
        {
            page.page.article.meta["hand"]
            if key == "meta"
            else page.page.article.outlet
            for page in pages
        }
        for pages in parts.values()
    ]
    assert not seen[0] & seen[1]
    assert [len(pages) for pages in parts.values()] == [10, 10]


def test_labels_spread_over_the_parts():
    pages = [
        _page(f"p{i}", labels=("opinion",) * 4 if i < 5 else ("claim",) * 4)
        for i in range(25)
    ]
    for seed in range(5):
        held_out = split_pages(pages, seed=seed)["validation"]
        counts = Counter(label for page in held_out for label in page.labels)
        assert counts == {"opinion": 4, "claim": 16}


def test_without_stratification_only_pages_count():
    pages = [
        _page(f"p{i}", labels=("opinion",) * 4 if i < 5 else ("claim",) * 4)
        for i in range(25)
    ]
    drawn = {
        sum(page.labels[0] == "opinion" for page in split["validation"])
        for seed in range(8)
        if (split := split_pages(pages, seed=seed, stratify=False))
        and len(split["validation"]) == 5
    }
    assert len(drawn) > 1


def test_folds_are_even_and_name_a_fold_a_page():
    folds = fold_pages(PAGES, 5)
    assert Counter(folds) == dict.fromkeys(range(5), 4)
    by_hand = fold_pages(PAGES, 4, by="hand")
    assert len({(fold, i % 4) for i, fold in enumerate(by_hand)}) == 4


@given(
    sizes=st.lists(st.integers(1, 40), min_size=3, max_size=12),
    seed=st.integers(0, 5),
    share=st.floats(0.01, 0.98),
)
def test_no_part_is_ever_empty(sizes, seed, share):
    pages = [_page(f"p{i}", labels=("claim",) * n) for i, n in enumerate(sizes)]
    parts = {"a": share, "b": 0.01, "c": 0.99 - share}
    split = split_pages(pages, parts=parts, seed=seed)
    assert all(split.values())
    assert set(fold_pages(pages, 3, seed=seed)) == {0, 1, 2}


def test_the_same_text_under_two_ids_stays_together():
    pages = [_page(f"p{i}", text=f"word{i // 2}") for i in range(20)]
    folds = fold_pages(pages, 5)
    assert all(folds[i] == folds[i + 1] for i in range(0, 20, 2))


def test_copies_that_a_key_would_part_are_refused():
    pages = [*PAGES, _page("copy", text="text-p0", hand="h1", outlet="o9")]
    with pytest.raises(SplitError, match=r"1 pairs .* different .* 'hand' \(p0 and co"):
        split_pages(pages, by="hand")


def test_an_id_with_two_texts_is_refused():
    with pytest.raises(
        SplitError, match=r"1 pages have the id .* different text: p3; give"
    ):
        split_pages([*PAGES, _page("p3", text="another text")])


def test_rows_without_pages_may_share_an_id():
    rows = [_page("rows.csv:1", f"line{i}", context=False) for i in range(4)]
    assert sorted(fold_pages(rows, 4)) == [0, 1, 2, 3]


def test_missing_keys_are_refused_with_the_pages():
    pages = [*PAGES, _page("x1"), _page("x2")]
    with pytest.raises(
        SplitError, match=r"2 of 22 pages lack 'hand' \(x1, x2\); known"
    ):
        split_pages(pages, by="hand")
    with pytest.raises(SplitError, match="keys: article, outlet, time, hand; add"):
        fold_pages(PAGES, 2, by="genre")


@pytest.mark.parametrize(
    ("parts", "message"),
    [
        ({"a": 0.5, "b": 0.4}, r"must sum to 1, they sum to 0\.9"),
        ({"a": 1.0}, r"part 'a' must lie between 0 and 1, got 1\.0"),
        ({"a": 1.2, "b": -0.2}, r"part 'a' must lie .* got 1\.2"),
        ({"a": float("nan"), "b": 0.5}, "part 'a' must lie .* got nan"),
        ({}, "must sum to 1"),
    ],
)
def test_wrong_shares_are_refused(parts, message):
    with pytest.raises(SplitError, match=message):
        split_pages(PAGES, parts=parts)


def test_too_few_groups_are_refused():
    with pytest.raises(
        SplitError, match="5 parts need .* 5 groups by 'hand', .* are 4"
    ):
        fold_pages(PAGES, 5, by="hand")
    with pytest.raises(SplitError, match="2 parts need .* 2 groups .* there are 0"):
        split_pages([])
    with pytest.raises(SplitError, match="folds must be .* 2 or more, got 1"):
        fold_pages(PAGES, 1)


def test_the_newest_pages_are_held_out():
    days = ["2024-03-05", "2023", "2024-01-02T10:00Z", "2024-03-06", "2024-02"]
    pages = [_page(f"p{i}", published=day) for i, day in enumerate(days)]
    parts = split_pages(pages, by="time", parts={"train": 0.6, "test": 0.4})
    assert _ids(parts) == {"train": ["p1", "p2", "p4"], "test": ["p0", "p3"]}
    assert fold_pages(pages, 5, by="time") == [3, 0, 1, 4, 2]


def test_a_cut_between_pages_of_one_date_is_refused():
    days = ["2023-05-01", "2024", "2024-05-01", "2024-05-01"]
    pages = [_page(f"p{i}", published=day) for i, day in enumerate(days)]
    split_pages(pages, by="time", parts={"train": 0.25, "test": 0.75})
    with pytest.raises(
        SplitError, match=r"page p3 of 2024-05-01 and 2 pages .*\(p1, p2"
    ):
        split_pages(pages, by="time", parts={"train": 0.75, "test": 0.25})


def test_pages_without_a_date_are_refused():
    pages = [_page("p0", published="2024"), _page("p1"), _page("p2", published="May")]
    names = r"\(p1, p2\); .* column 'published' .*data.columns.published.* 'year'"
    with pytest.raises(SplitError, match=f"2 of 3 pages have no date .*{names}"):
        split_pages(pages, by="time")


def test_copies_on_two_sides_of_a_cut_in_time_are_refused():
    days = ["2021", "2022", "2023", "2024"]
    pages = [_page(f"p{i}", "same", published=day) for i, day in enumerate(days)]
    with pytest.raises(SplitError, match="same text lie on two sides of a cut in time"):
        split_pages(pages, by="time", parts={"train": 0.5, "test": 0.5})


@pytest.mark.parametrize(
    ("published", "day"),
    [
        ("2024", "2024"),
        (" 2024-05 ", "2024-05"),
        ("2024-05-01T10:00:00+02:00", "2024-05-01"),
        ("20240501", ""),
        ("May 2024", ""),
        ("", ""),
    ],
)
def test_dates_are_read_to_the_day(published, day):
    assert published_day(published) == day


def test_disjoint_sides_pass():
    bare = _page("rows.csv:3", text="one line", context=False)
    other = _page("rows.csv:3", text="another line", context=False)
    assert require_disjoint([*PAGES[:10], bare], [*PAGES[10:], other]) is None


def test_shared_articles_are_named_by_id_and_by_text():
    held_out = [PAGES[0], _page("new", text="text-p1"), _page("fresh")]
    message = r"2 held-out .* \(1 by id: p0; 1 by text: new \(there p1\)\)"
    with pytest.raises(SplitError, match=message):
        require_disjoint(PAGES, held_out)


def test_many_shared_articles_are_counted():
    with pytest.raises(SplitError, match=r"20 by id: p0, p1, p2, p3, p4 and 15 more"):
        require_disjoint(PAGES, PAGES)


def test_pages_without_text_are_not_copies():
    def empty(name):
        return GoldPage(Page(Article(name, " "), ()), (), (), ())

    require_disjoint([empty("a")], [empty("b")])
    assert sorted(fold_pages([empty("a"), empty("b")], 2)) == [0, 1]
