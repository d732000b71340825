from __future__ import annotations

import json
import shutil
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mlpkg.data.corpus import PARTS, load_corpus
from mlpkg.data.gold import GoldPage, data_fingerprint, load_gold, segment_labels
from mlpkg.data.rows import Columns
from mlpkg.exceptions import DataError
from mlpkg.labels import DEFAULT_SCHEME, LabelScheme
from mlpkg.records import Article, LabelledPage, Page, Segment

HEADER = (
    "# id={}; outlet=The Harbour Post; genre=local; register=regional; "
    "english=irish; topic=quay works; year=2024; hand=t; licence=CC0-1.0\n\n"
)
NAMES = DEFAULT_SCHEME.names


def _page_file(folder, name):
    path = folder / f"{name}.page"
    path.write_text(
        HEADER.format(name) + "B\tHome\nB\tNews\n\nC\tIt rained.\nO?\tWhat a shame.\n",
        encoding="utf-8",
    )
    return path


def _rows_file(folder, name, with_article):
    rows = [("It rained.", "claim"), ("What a shame.", "opinion"), ("Home", "claim")]
    records = [{"text": text, "label": label} for text, label in rows]
    if with_article:
        for record, article in zip(records, ["a", "b", "a"], strict=True):
            record["article"] = article
    path = folder / name
    if path.suffix == ".parquet":
        import pyarrow as pa
        import pyarrow.parquet as pq

        pq.write_table(pa.Table.from_pylist(records), path)
    elif path.suffix == ".csv":
        lines = [
            ",".join(record) for record in (records[0], *map(dict.values, records))
        ]
        path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    else:
        path.write_text("\n".join(map(json.dumps, records)), encoding="utf-8")
    return path


def _gold(text, segments, spans, labels, page_id="a", has_context=True):
    cut = [Segment(page_id, i, a, b, text[a:b]) for i, (a, b) in enumerate(segments)]
    page = Page(Article(page_id, text), tuple(cut))
    flags = (False,) * len(spans)
    return GoldPage(page, tuple(spans), tuple(labels), flags, has_context)


@pytest.mark.parametrize("part", PARTS)
def test_a_part_of_the_corpus_is_its_labelled_pages(part):
    found = load_gold(f"corpus:{part}")
    expected = load_corpus(part)
    assert [page.page for page in found] == [page.page for page in expected]
    assert [page.labels for page in found] == [page.labels for page in expected]
    assert all(segment_labels(page) == list(page.labels) for page in found)


def test_an_unknown_part_is_refused_with_the_known_ones():
    with pytest.raises(DataError, match="unknown corpus part 'dev'; known: train, "):
        load_gold("corpus:dev")


def test_the_corpus_is_refused_where_the_scheme_lacks_its_labels():
    scheme = LabelScheme.from_names(["claim", "opinion", "other"])
    with pytest.raises(
        DataError, match=r"corpus:train has .*lacks attribution, boilerplate; name them"
    ):
        load_gold("corpus:train", scheme=scheme)


def test_a_page_file_is_a_page(tmp_path):
    (page,) = load_gold(_page_file(tmp_path, "p"))
    assert page.id == "p"
    assert page.page.texts == ["Home", "News", "It rained.", "What a shame."]
    assert page.labels == ("boilerplate", "boilerplate", "claim", "opinion")
    assert page.hard == (False, False, False, True)
    assert page.spans == tuple((s.start, s.end) for s in page.page.segments)
    assert page.has_context


def test_a_page_file_of_another_scheme_keeps_its_furniture_on_lines(tmp_path):
    scheme = LabelScheme.from_names(["news", "mood", "junk"], furniture="junk")
    path = tmp_path / "p.page"
    path.write_text(
        HEADER.format("p") + "J\tHome\nJ\tMore\n\nN\tIt rained.\nM\tHow sad.\n",
        encoding="utf-8",
    )
    (page,) = load_gold(path, scheme=scheme)
    assert page.labels == ("junk", "junk", "news", "mood")
    assert page.page.article.text == "Home\nMore\nIt rained. How sad.\n"


def test_a_folder_of_page_files_is_read_recursively_in_order(tmp_path):
    (tmp_path / "sub").mkdir()
    for folder, name in ((tmp_path, "z"), (tmp_path / "sub", "y"), (tmp_path, "a")):
        _page_file(folder, name)
    assert [page.id for page in load_gold(tmp_path)] == ["a", "y", "z"]


@pytest.mark.parametrize("source", ["", "labels.jsonl", "my-labels.jsonl"])
def test_spans_are_laid_over_the_segments_of_their_text(tmp_path, source):
    (tmp_path / "a.txt").write_text("Home\nIt rained. How sad.\n", encoding="utf-8")
    rows = [
        {"doc": "a", "start": 5, "end": 24, "label": "opinion", "hard": True},
        {"doc": "a", "start": 0, "end": 4, "label": "boilerplate"},
    ]
    name = source or "labels.jsonl"
    (tmp_path / name).write_text("\n".join(map(json.dumps, rows)), encoding="utf-8")
    (page,) = load_gold(tmp_path / source)
    assert page.page.texts == ["Home", "It rained.", "How sad."]
    assert page.spans == ((0, 4), (5, 24))
    assert page.labels == ("boilerplate", "opinion")
    assert page.hard == (False, True)
    assert segment_labels(page) == ["boilerplate", "opinion", "opinion"]


@pytest.mark.parametrize("suffix", [".jsonl", ".csv", ".parquet"])
def test_rows_of_an_article_make_a_page_in_file_order(tmp_path, suffix):
    pages = load_gold(_rows_file(tmp_path, f"r{suffix}", with_article=True))
    assert [page.id for page in pages] == ["a", "b"]
    assert pages[0].page.article.text == "It rained.\nHome"
    assert pages[0].labels == ("claim", "claim")
    assert all(page.has_context for page in pages)
    assert segment_labels(pages[1]) == ["opinion"]


@pytest.mark.parametrize(
    ("suffix", "first"), [(".jsonl", 1), (".csv", 2), (".parquet", 1)]
)
def test_rows_without_article_are_pages_without_context(tmp_path, suffix, first):
    pages = load_gold(str(_rows_file(tmp_path, f"r{suffix}", with_article=False)))
    assert [page.id for page in pages] == [f"r{suffix}:{first + i}" for i in range(3)]
    assert [page.page.texts for page in pages] == [
        ["It rained."],
        ["What a shame."],
        ["Home"],
    ]
    assert not any(page.has_context for page in pages)


def test_columns_and_scheme_are_the_callers(tmp_path):
    path = tmp_path / "r.csv"
    path.write_text("body,kind,mail\nBuy now,spam,1\nSee you,ham,1\n", encoding="utf-8")
    (page,) = load_gold(
        path,
        columns=Columns("body", "kind", "mail"),
        scheme=LabelScheme.from_names(["spam", "ham"]),
    )
    assert (page.id, page.labels) == ("1", ("spam", "ham"))


@pytest.mark.parametrize("name", ["nowhere", "nowhere.page", "r.csv"])
def test_a_source_that_does_not_exist_is_refused(tmp_path, name):
    with pytest.raises(DataError, match=rf"{name}: no such file or folder"):
        load_gold(tmp_path / name)


def test_a_file_of_unknown_suffix_is_refused(tmp_path):
    (tmp_path / "r.xlsx").write_bytes(b"")
    with pytest.raises(DataError, match=r"read from \.jsonl, .*, not from '\.xlsx'"):
        load_gold(tmp_path / "r.xlsx")


def test_a_folder_with_neither_pages_nor_spans_is_refused(tmp_path):
    _rows_file(tmp_path, "r.csv", with_article=False)
    with pytest.raises(DataError, match=r"holds neither page files .* nor a labels\.j"):
        load_gold(tmp_path)


def test_an_undecided_segment_is_no_gold():
    labelled = load_corpus("test")[0]
    labels = (labelled.labels[0], None, *labelled.labels[2:])
    with pytest.raises(DataError, match=r"page '.*': segment 1 has no label"):
        GoldPage.of(LabelledPage(labelled.page, labels))


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
        {"page": Page(Article("b", "b rained"), ())},
        {"page": Page(Article("d", "b rains."), ())},
    ],
    ids=["label", "span", "context", "letters", "id"],
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


def test_data_that_moved_keep_their_fingerprint(tmp_path):
    (tmp_path / "x").mkdir()
    _page_file(tmp_path / "x", "p")
    before = data_fingerprint(load_gold(tmp_path / "x"))
    shutil.move(tmp_path / "x", tmp_path / "y")
    assert data_fingerprint(load_gold(tmp_path / "y")) == before
