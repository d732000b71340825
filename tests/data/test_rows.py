from __future__ import annotations

import csv
import io
import json
import tempfile
from datetime import date
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mlpkg.data.label_map import LabelMap
from mlpkg.data.rows import SHOWN_FAULTS, Columns, LabelledRow, read_labelled_rows
from mlpkg.exceptions import DataError
from mlpkg.labels import DEFAULT_SCHEME

ROWS = [
    LabelledRow(1, "The quay closed.", "claim", "a"),
    LabelledRow(2, "It is a shame, really.", "opinion", "a"),
    LabelledRow(3, 'The board said "no".', "attribution", "b"),
]
texts = st.text(
    st.characters(codec="utf-8", exclude_characters="\r\0\ufeff"), min_size=1
).filter(lambda text: text.strip())


def _read(path, columns=None):
    return read_labelled_rows(path, columns or Columns(), DEFAULT_SCHEME)


def _dicts(rows, **names):
    keys = {"text": "text", "label": "label", "article": "article"} | names
    return [{name: getattr(row, key) for key, name in keys.items()} for row in rows]


def _write(path, records):
    if path.suffix == ".parquet":
        pq.write_table(pa.Table.from_pylist(records), path)
    elif path.suffix == ".csv":
        with path.open("w", encoding="utf-8", newline="") as stream:
            writer = csv.DictWriter(stream, list(records[0]))
            writer.writeheader()
            writer.writerows(records)
    else:
        lines = [json.dumps(record, ensure_ascii=False) for record in records]
        path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def _file(tmp_path, name, text):
    path = tmp_path / name
    path.write_text(text, encoding="utf-8", newline="")
    return path


@pytest.mark.parametrize("suffix", [".jsonl", ".csv", ".parquet", ".CSV"])
def test_reads_rows_in_file_order(tmp_path, suffix):
    path = _write(tmp_path / f"rows{suffix}".lower(), _dicts(ROWS))
    path = path.rename(tmp_path / f"rows{suffix}")
    found = [(row.text, row.label, row.article) for row in _read(path)]
    assert found == [(row.text, row.label, row.article) for row in ROWS]


@pytest.mark.parametrize("suffix", [".jsonl", ".csv", ".parquet"])
def test_columns_may_have_other_names_and_the_article_may_lack(tmp_path, suffix):
    records = [{"s": row.text, "y": row.label} for row in ROWS]
    rows = _read(_write(tmp_path / f"r{suffix}", records), Columns("s", "y"))
    assert [row.text for row in rows] == [row.text for row in ROWS]
    assert [row.article for row in rows] == ["", "", ""]


def test_lines_are_those_of_the_file(tmp_path):
    csv_file = _write(tmp_path / "r.csv", _dicts(ROWS))
    parquet = _write(tmp_path / "r.parquet", _dicts(ROWS))
    spaced = _file(tmp_path, "r.jsonl", '\n{"text": "Ha.", "label": "claim"}\n\n\n')
    assert [row.line for row in _read(csv_file)] == [2, 3, 4]
    assert [row.line for row in _read(parquet)] == [1, 2, 3]
    assert [row.line for row in _read(spaced)] == [2]


@given(st.lists(st.tuples(texts, texts), min_size=1))
def test_any_text_comes_back_from_csv_and_jsonl(pairs):
    records = [{"text": t, "label": "claim", "article": a} for t, a in pairs]
    expected = [(t.strip(), a.strip()) for t, a in pairs]
    with tempfile.TemporaryDirectory() as folder:
        for name in ("r.csv", "r.jsonl"):
            rows = _read(_write(Path(folder) / name, records))
            assert [(row.text, row.article) for row in rows] == expected


def test_a_csv_from_a_spreadsheet_is_read(tmp_path):
    text = (
        "\ufefftext,label\r\n"
        '"Two lines:\r\nthe ""second"", longer",claim\r\n'
        "\r\n"
        "It is a shame.,opinion\r\n"
    )
    first, second = _read(_file(tmp_path, "r.csv", text))
    assert first == LabelledRow(2, 'Two lines:\nthe "second", longer', "claim")
    assert second == LabelledRow(5, "It is a shame.", "opinion")


def test_ids_of_articles_may_be_numbers_or_missing(tmp_path):
    path = _file(
        tmp_path,
        "r.jsonl",
        '{"text": "A.", "label": "claim", "article": 0}\n'
        '{"text": "B.", "label": "claim", "article": null}\n'
        '{"text": "C.", "label": "claim", "article": " "}\n',
    )
    assert [row.article for row in _read(path)] == ["0", "", ""]


def test_what_no_encoder_takes_is_replaced(tmp_path):
    path = _file(
        tmp_path,
        "r.jsonl",
        '{"text": "a\\u0000b\\ud800c", "label": "claim", "article": "\\udfff"}\n',
    )
    (row,) = _read(path)
    assert (row.text, row.article) == ("a\ufffdb\ufffdc", "\ufffd")


def test_a_missing_column_is_told_with_the_nearest(tmp_path):
    path = _file(tmp_path, "r.csv", "Text,label\nIt rained.,claim\n")
    with pytest.raises(DataError) as caught:
        _read(path)
    assert str(caught.value) == (
        f"{path}: no column 'text' among Text, label; did you mean 'Text'? (name yours "
        "under data.columns, on the command line with --text, --label and --article)"
    )


def test_a_column_that_no_record_has_is_one_fault(tmp_path):
    lines = [f'{{"body": "It rained {i} times.", "kind": "a"}}' for i in range(30)]
    path = _file(tmp_path, "r.jsonl", "\n".join([*lines, "{", '{"start": 1}']))
    with pytest.raises(DataError, match="no column 'text' and no 'label' am") as caught:
        _read(path)
    assert len(str(caught.value).splitlines()) == 1
    assert "among body, kind, start (name" in str(caught.value)
    assert "that label spans of texts have doc, start, end and label" in str(
        caught.value
    )


def test_an_unknown_label_is_told_with_its_line(tmp_path):
    path = _file(tmp_path, "r.csv", "text,label\nIt rained.,claim\nWe left.,fact\n")
    with pytest.raises(DataError, match=r"r\.csv, line 3: unknown label 'fact'; expe"):
        _read(path)


@pytest.mark.parametrize("text", ['""', '"  \\n"', "null", "7", '"\\ufeff"'])
def test_an_empty_text_is_told_with_its_line(tmp_path, text):
    path = _file(tmp_path, "r.jsonl", f'{{"text": {text}, "label": "claim"}}\n')
    with pytest.raises(DataError, match=r"line 1: 'text' must be a text that is not "):
        _read(path)


@pytest.mark.parametrize("label", ["1", '["claim"]', '" claim"', '{"a": 1}'])
def test_a_label_that_is_no_name_is_refused(tmp_path, label):
    path = _file(tmp_path, "r.jsonl", f'{{"text": "Ha.", "label": {label}}}\n')
    with pytest.raises(DataError, match=r"line 1: unknown label .*expected one of cla"):
        _read(path)


def test_all_faults_are_listed_unreadable_lines_too(tmp_path):
    path = _file(
        tmp_path,
        "r.jsonl",
        '{"text": "", "label": "claim"}\n{"text": \n["A.", "claim"]\n'
        '{"text": "B.", "label": "claim"}\n{"text": "C."}\n',
    )
    with pytest.raises(DataError, match="must be a text") as caught:
        _read(path)
    lines = str(caught.value).splitlines()
    assert [line.removeprefix(f"{path}, ")[:27] for line in lines] == [
        "line 1: 'text' must be a te",
        "line 2: not JSON (Expecting",
        "line 3: expected a JSON obj",
        "line 5: no column 'label' a",
    ]


def test_faults_beyond_a_screenful_are_counted(tmp_path):
    path = _file(tmp_path, "r.csv", "text,label\n" + "Ha.,fact\n" * 50)
    with pytest.raises(DataError, match="… and 30 more rows are wrong") as caught:
        _read(path)
    assert len(str(caught.value).splitlines()) == SHOWN_FAULTS + 1


@pytest.mark.parametrize(
    ("row", "count"), [("Rain, again,claim,a", 4), ("It rained.,claim", 2), ("x", 1)]
)
def test_a_csv_row_with_other_fields_than_the_header_is_told(tmp_path, row, count):
    path = _file(tmp_path, "r.csv", f"text,label,article\nHa.,claim,a\n{row}\n")
    with pytest.raises(
        DataError, match=rf"r\.csv, line 3: {count} fields where the header has 3 \(tex"
    ):
        _read(path)


@pytest.mark.parametrize("text", ['"Ha.,claim\nHo.,claim\n', '"Ha." he said,claim\n'])
def test_broken_quotes_in_csv_are_told_with_their_line(tmp_path, text):
    path = _file(tmp_path, "r.csv", "text,label\nHe.,claim\n" + text)
    with pytest.raises(DataError, match=r"r\.csv, line 3: not CSV .*are doubled"):
        _read(path)


@pytest.mark.parametrize("name", ["r.csv", "r.jsonl"])
def test_a_file_that_is_not_utf_8_is_refused(tmp_path, name):
    path = tmp_path / name
    path.write_bytes("text,label\nCafé closed.,claim\n".encode("cp1252"))
    with pytest.raises(DataError, match=rf"{name}: not UTF-8 .*save the file as UTF-8"):
        _read(path)


def _whole_parquet():
    buffer = io.BytesIO()
    pq.write_table(pa.Table.from_pylist(_dicts(ROWS * 100)), buffer)
    return buffer.getvalue()


@pytest.mark.parametrize(
    "damage",
    [
        lambda data: b"",
        lambda data: b"no parquet at all",
        lambda data: data[: len(data) // 2],
        lambda data: data[:4] + b"\xff" * 200 + data[204:],
        lambda data: data[:-60] + b"\xff" * 40 + data[-20:],
    ],
    ids=["empty", "other", "cut", "bad data", "bad footer"],
)
def test_a_broken_parquet_file_is_refused(tmp_path, damage):
    path = tmp_path / "r.parquet"
    path.write_bytes(damage(_whole_parquet()))
    with pytest.raises(DataError, match=r"r\.parquet: not a whole Parquet file \("):
        _read(path)


@pytest.mark.parametrize(
    ("name", "text"), [("r.csv", ""), ("r.csv", "text,label\n"), ("r.jsonl", "\n\n")]
)
def test_a_file_without_a_row_is_refused(tmp_path, name, text):
    path = _file(tmp_path, name, text)
    with pytest.raises(DataError, match=rf"{name}: holds no row"):
        _read(path)


@pytest.mark.parametrize(
    ("name", "got"), [("r.tsv", r"'\.tsv'"), ("rows", "'a file without suffix'")]
)
def test_an_unknown_suffix_is_refused_with_the_known(tmp_path, name, got):
    with pytest.raises(
        DataError, match=rf"read from \.jsonl, .*, \.csv\.gz, not from {got}"
    ):
        _read(tmp_path / name)


def test_the_other_columns_are_read_where_they_are(tmp_path):
    path = _file(
        tmp_path,
        "r.csv",
        "text,label,weight,outlet,published,index,source\n"
        "A.,claim,0.5,The Quay,2024-05-01,7,desk\n"
        "B.,claim,,,,,\n",
    )
    full, empty = _read(path)
    assert (full.weight, full.outlet, full.published) == (0.5, "The Quay", "2024-05-01")
    assert (full.index, full.source) == (7, "desk")
    assert empty == LabelledRow(3, "B.", "claim")


def test_dates_and_numbers_of_tables_are_read(tmp_path):
    day = date(2024, 5, 1)
    record = {"text": "A.", "label": "claim", "published": day, "index": 2.0}
    (row,) = _read(_write(tmp_path / "r.parquet", [record]))
    assert (row.published, row.index) == ("2024-05-01", 2)


@pytest.mark.parametrize(
    ("column", "value", "expected"),
    [
        ("weight", '"heavy"', "a number of at least 0, got 'heavy' "),
        ("weight", "-1", "a number of at least 0, got -1 "),
        ("weight", "true", "a number of at least 0, got True "),
        ("weight", "1e999", "a number of at least 0, got inf "),
        ("index", '"first"', "a whole number, got 'first' "),
        ("index", "1.5", "a whole number, got 1.5 "),
        ("index", "1e999", "a whole number, got inf "),
    ],
)
def test_a_wrong_number_is_told_with_its_line(tmp_path, column, value, expected):
    path = _file(
        tmp_path,
        "r.jsonl",
        f'{{"text": "A.", "label": "claim", "{column}": {value}}}\n',
    )
    message = rf"line 1: '{column}' must be {expected}.*data\.columns\.{column}\)"
    with pytest.raises(DataError, match=message):
        _read(path)


def test_what_other_labels_mean_is_the_maps_to_say(tmp_path):
    path = _file(tmp_path, "r.csv", "text,label\nA.,1\nB.,hm\nC.,\n")
    label_map = LabelMap({"1": "claim"}, {"hm": ("claim", "opinion")}, "skip")
    rows = read_labelled_rows(path, Columns(), DEFAULT_SCHEME, label_map)
    assert [row.allowed for row in rows] == [
        None,
        ("claim", "opinion"),
        DEFAULT_SCHEME.names,
    ]
    assert [row.weight for row in rows] == [1, 1, 0]
