from __future__ import annotations

import json
import shutil

import pytest

from mlpkg.data.corpus import PARTS, load_corpus
from mlpkg.data.gold import data_fingerprint, load_gold, segment_labels
from mlpkg.data.label_map import LabelMap
from mlpkg.data.rows import Columns
from mlpkg.exceptions import DataError
from mlpkg.labels import DEFAULT_SCHEME, LabelScheme

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


def test_data_that_moved_keep_their_fingerprint(tmp_path):
    (tmp_path / "x").mkdir()
    _page_file(tmp_path / "x", "p")
    before = data_fingerprint(load_gold(tmp_path / "x"))
    shutil.move(tmp_path / "x", tmp_path / "y")
    assert data_fingerprint(load_gold(tmp_path / "y")) == before


# Every form of data, with labels of other names.

MAP = LabelMap(
    {"fact": "claim", "1": "opinion"}, {"hm": ("claim", "opinion")}, unlabelled="skip"
)


def test_other_labels_of_rows_are_translated_left_open_or_skipped(tmp_path):
    path = tmp_path / "r.csv"
    path.write_text(
        "text,label,article,weight\nA.,fact,a,2\nB.,hm,a,\nC.,,a,3\nD.,1,,\n",
        encoding="utf-8",
    )
    page, bare = load_gold(path, label_map=MAP)
    assert page.labels[0] == "claim"
    assert page.allowed == (None, ("claim", "opinion"), NAMES)
    assert page.weights == (2, 1, 0)
    assert page.decided == [0]
    assert (bare.labels, bare.allowed, bare.weights) == (("opinion",), None, None)


def test_labels_of_the_corpus_are_translated_into_a_scheme_of_ones_own():
    scheme = LabelScheme.from_names(["prose", "boilerplate"], "boilerplate")
    label_map = LabelMap(dict.fromkeys(NAMES[:3], "prose"))
    pages = load_gold("corpus:validation", scheme=scheme, label_map=label_map)
    assert {label for page in pages for label in page.labels} == set(scheme.names)
    original = load_gold("corpus:validation")
    furniture = [[label == "boilerplate" for label in p.labels] for p in original]
    assert [[label == "boilerplate" for label in p.labels] for p in pages] == furniture


def test_other_labels_of_spans_are_translated(tmp_path):
    (tmp_path / "a.txt").write_text("It rained. How sad.", encoding="utf-8")
    rows = [
        {"doc": "a", "start": 0, "end": 10, "label": "fact"},
        {"doc": "a", "start": 11, "end": 19, "label": "hm"},
    ]
    path = tmp_path / "labels.jsonl"
    path.write_text("\n".join(map(json.dumps, rows)), encoding="utf-8")
    (page,) = load_gold(path, label_map=MAP)
    assert page.labels == ("claim", "claim")
    assert page.allowed == (None, ("claim", "opinion"))
    assert page.weights is None


def test_a_map_that_leads_out_of_the_scheme_is_refused(tmp_path):
    with pytest.raises(DataError, match=r"the label map leads to 'fact', expected lab"):
        load_gold(_page_file(tmp_path, "p"), label_map=LabelMap({"x": "fact"}))


def test_weights_of_sources_multiply_those_of_rows(tmp_path, caplog):
    path = tmp_path / "r.csv"
    path.write_text(
        "text,label,source,weight\nA.,claim,wire,2\nB.,claim,desk,2\nC.,claim,,\n",
        encoding="utf-8",
    )
    pages = load_gold(path, source_weights={"wire": 0.5, "desk": 3, "dsek": 2})
    assert [page.weights for page in pages] == [(1,), (6,), None]
    assert [page.source for page in pages] == ["wire", "desk", ""]
    assert caplog.messages == [
        f"{path}: no row has the source 'dsek', which has a weight"
    ]


def test_a_label_studio_export_gives_pages_and_rows(tmp_path):
    spans = [
        {"value": {"start": 0, "end": 10, "labels": ["fact"]}},
        {"value": {"start": 11, "end": 19, "labels": ["hm"]}},
    ]
    choice = [{"value": {"choices": ["opinion"]}}]
    tasks = [
        {
            "id": 4,
            "data": {"text": "It rained. How sad.", "source": "desk", "weight": 2},
            "annotations": [{"result": spans}],
        },
        {"id": 5, "data": {"text": "A shame."}, "annotations": [{"result": choice}]},
    ]
    path = tmp_path / "export.json"
    path.write_text(json.dumps(tasks), encoding="utf-8")
    page, row = load_gold(path, label_map=MAP)
    assert (page.id, page.source, page.has_context) == ("export-4", "desk", True)
    assert page.page.texts == ["It rained.", "How sad."]
    assert page.allowed == (None, ("claim", "opinion"))
    assert page.weights == (2, 2)
    assert (row.id, row.labels, row.has_context) == (
        "export.json:2",
        ("opinion",),
        False,
    )


def _dataset():
    from datasets import ClassLabel, Dataset, Features, Value

    features = Features(
        {
            "text": Value("string"),
            "label": ClassLabel(names=["claim", "opinion"]),
            "article": Value("string"),
            "notes": Value("string"),
        }
    )
    rows = [("It rained.", 0), ("How sad.", 1), ("What now?", -1)]
    records = [{"text": t, "label": y, "article": "a", "notes": "x"} for t, y in rows]
    return Dataset.from_list(records, features=features)


def test_a_saved_dataset_is_read(tmp_path):
    _dataset().select([0, 1]).save_to_disk(tmp_path / "d")
    (page,) = load_gold(tmp_path / "d")
    assert (page.id, page.labels) == ("a", ("claim", "opinion"))


def test_a_hidden_label_of_a_dataset_is_a_missing_one(tmp_path):
    _dataset().save_to_disk(tmp_path / "d")
    with pytest.raises(DataError, match=r"d, row 3: has no label, got None"):
        load_gold(tmp_path / "d")
    assert load_gold(tmp_path / "d", label_map=MAP)[0].decided == [0, 1]


def test_a_split_of_a_saved_dataset_is_named(tmp_path):
    from datasets import DatasetDict

    whole = _dataset()
    parts = {"train": whole.select([0]), "test": whole.select([1])}
    DatasetDict(parts).save_to_disk(tmp_path / "d")
    assert load_gold(f"{tmp_path / 'd'}::test")[0].labels == ("opinion",)
    assert load_gold(tmp_path / "d" / "train")[0].labels == ("claim",)
    with pytest.raises(
        DataError, match=r"holds the splits train, test, got None; name one as d::train"
    ):
        load_gold(tmp_path / "d")
    with pytest.raises(DataError, match="holds the splits train, test, got 'dev'"):
        load_gold(f"{tmp_path / 'd'}::dev")


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("p.page::train", r"p\.page: not a folder that datasets saved, so it has no"),
        ("gone::train", "gone: no such file or folder"),
    ],
)
def test_a_split_of_something_else_is_refused(tmp_path, name, message):
    _page_file(tmp_path, "p")
    with pytest.raises(DataError, match=message):
        load_gold(str(tmp_path / name))
