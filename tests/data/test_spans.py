from __future__ import annotations

import json

import pytest

from mlpkg.data.label_map import LabelMap
from mlpkg.data.spans import read_spans
from mlpkg.exceptions import DataError
from mlpkg.labels import DEFAULT_SCHEME

TEXT = "Home\nThe quay closed. It is a shame.\n"
SPANS = [
    {"doc": "a", "start": 0, "end": 4, "label": "boilerplate", "text": "Home"},
    {"doc": "a", "start": 5, "end": 21, "label": "claim", "hard": True},
    {"doc": "a", "start": 22, "end": 36, "label": "opinion"},
]


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "text").mkdir()
    (tmp_path / "text" / "a.txt").write_text(TEXT, encoding="utf-8")
    return tmp_path


def _read(folder, rows):
    path = folder / "labels.jsonl"
    lines = [row if isinstance(row, str) else json.dumps(row) for row in rows]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return list(read_spans(path, DEFAULT_SCHEME))


def test_spans_come_in_page_order_with_labels_and_marks(folder):
    ((article, spans, decisions, hard),) = _read(folder, reversed(SPANS))
    assert article.text == TEXT
    assert [TEXT[a:b] for a, b in spans] == [
        "Home",
        "The quay closed.",
        "It is a shame.",
    ]
    labels = [decision.label for decision in decisions]
    assert labels == ["boilerplate", "claim", "opinion"]
    assert hard == (False, True, False)


@pytest.mark.parametrize("place", ["b", "b.txt", "text/b", "text/b.txt"])
def test_a_text_may_lie_beside_the_file_or_in_its_text_folder(folder, place):
    (folder / place).write_text("Rain.", encoding="utf-8")
    row = {"doc": "b", "start": 0, "end": 5, "label": "claim"}
    ((article, *_),) = _read(folder, [row])
    assert (article.id, article.text) == ("b", "Rain.")


def test_documents_of_one_file_name_in_two_folders_keep_apart(folder):
    rows = []
    for place in ("x", "y"):
        (folder / place).mkdir()
        (folder / place / "1.txt").write_text(f"Rain in {place}.", encoding="utf-8")
        row = {"doc": f"{place}/1.txt", "start": 0, "end": 4, "label": "claim"}
        rows.append(row)
    assert [article.id for article, *_ in _read(folder, rows)] == ["x/1.txt", "y/1.txt"]


@pytest.mark.parametrize(
    ("start", "end"), [(-1, 3), (4, 4), (9, 5), (0, len(TEXT) + 1)]
)
def test_offsets_outside_the_text_are_refused(folder, start, end):
    row = {"doc": "a", "start": start, "end": end, "label": "claim"}
    with pytest.raises(
        DataError, match=rf"labels\.jsonl, line 2: span {start}-{end} leaves the text"
    ):
        _read(folder, ["", row])


def test_a_text_that_is_not_at_its_offsets_is_refused(folder):
    row = SPANS[0] | {"text": "Sport"}
    with pytest.raises(
        DataError, match=r"line 1: the text at 0-4 is 'Home', the row says 'Sport'"
    ):
        _read(folder, [row])


def test_spans_that_overlap_are_refused_with_both_lines(folder):
    row = {"doc": "a", "start": 20, "end": 30, "label": "claim"}
    with pytest.raises(
        DataError, match=r"line 3: span 22-36 overlaps 20-30 of line 4; a character"
    ):
        _read(folder, [*SPANS[:1], "", SPANS[2], row])


def test_a_missing_text_is_told_with_the_places_looked_at(folder):
    with pytest.raises(
        DataError, match=r"line 1: no text for doc 'z' \(looked for z, z\.txt, text/z,"
    ):
        _read(folder, [SPANS[0] | {"doc": "z"}])


@pytest.mark.parametrize("doc", ["../secret", "text/../../secret", "/secret"])
def test_a_document_outside_the_folder_is_refused(folder, doc):
    (folder.parent / "secret.txt").write_text("Rain.", encoding="utf-8")
    with pytest.raises(DataError, match=r"line 1: doc .*secret' leaves the folder"):
        _read(folder, [SPANS[0] | {"doc": doc}])


def test_a_link_that_leads_outside_the_folder_is_refused(folder):
    secret = folder.parent / "secret.txt"
    secret.write_text("Rain.", encoding="utf-8")
    (folder / "b.txt").symlink_to(secret)
    with pytest.raises(DataError, match="doc 'b' leaves the folder"):
        _read(folder, [SPANS[0] | {"doc": "b"}])


def test_an_unknown_label_is_refused(folder):
    with pytest.raises(DataError, match=r"line 1: unknown label 'fact'; expected one "):
        _read(folder, [SPANS[0] | {"label": "fact"}])


def test_a_missing_label_is_refused(folder):
    row = {key: value for key, value in SPANS[0].items() if key != "label"}
    with pytest.raises(DataError, match=r"line 1: has no label, got None; label it"):
        _read(folder, [row])


def test_other_labels_mean_what_the_map_says(folder):
    path = folder / "labels.jsonl"
    labels = ("nav", "fact", "")
    rows = [span | {"label": label} for span, label in zip(SPANS, labels, strict=True)]
    path.write_text("\n".join(map(json.dumps, rows)), encoding="utf-8")
    label_map = LabelMap(
        {"nav": "boilerplate"}, {"fact": ("claim", "attribution")}, "skip"
    )
    (spanned,) = read_spans(path, DEFAULT_SCHEME, label_map)
    assert spanned.decisions == (
        ("boilerplate", None, 1),
        ("claim", ("claim", "attribution"), 1),
        ("claim", DEFAULT_SCHEME.names, 0),
    )


@pytest.mark.parametrize(
    ("key", "value", "kind"),
    [
        ("doc", 7, "str"),
        ("start", "0", "int"),
        ("start", True, "int"),
        ("end", 4.0, "int"),
        ("end", None, "int"),
    ],
)
def test_a_value_of_another_kind_is_refused(folder, key, value, kind):
    with pytest.raises(
        DataError, match=rf"line 1: '{key}' must be {kind}, got {value!r}"
    ):
        _read(folder, [SPANS[0] | {key: value}])


@pytest.mark.parametrize(
    ("line", "message"),
    [("{", r"not JSON \(Expecting"), ("[1]", "'doc' must be str, got None")],
)
def test_a_line_that_is_no_object_is_refused(folder, line, message):
    with pytest.raises(DataError, match=rf"labels\.jsonl, line 2: {message}"):
        _read(folder, [SPANS[0], line])


def test_a_span_file_without_a_row_is_refused(folder):
    with pytest.raises(DataError, match=r"labels\.jsonl: holds no row"):
        _read(folder, [""])


def test_a_span_file_that_is_not_utf_8_is_refused(folder):
    path = folder / "labels.jsonl"
    path.write_bytes(b'{"doc": "caf\xe9"}\n')
    with pytest.raises(DataError, match=r"labels\.jsonl: not UTF-8"):
        list(read_spans(path, DEFAULT_SCHEME))


def test_a_text_that_cannot_be_read_is_told(folder):
    (folder / "b.txt").write_bytes(b"\x00\x01\x02" * 50)
    with pytest.raises(DataError, match=r"b\.txt: the bytes are not text"):
        _read(folder, [SPANS[0] | {"doc": "b"}])
