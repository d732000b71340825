import gzip
import json
import os
import subprocess
import sys
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mlpkg.data import output_formats
from mlpkg.data.output import (
    FORMATS,
    SCHEMA_VERSION,
    columns,
    open_writer,
    prediction_row,
    read_rows,
)
from mlpkg.exceptions import DataError, ReadError
from mlpkg.labels import DEFAULT_SCHEME, LabelScheme
from mlpkg.records import Article, Prediction, Segment

TEXT = "The weir opened in May.\nRead more"
ARTICLE = Article("weir.txt", TEXT, url="weir.example/1")
PREDICTION = Prediction(
    Segment("weir.txt", 0, 0, 23, TEXT[:23]),
    "claim",
    {"claim": 0.7, "opinion": 0.1, "attribution": 0.1, "boilerplate": 0.1},
    0.7,
)
ROW = prediction_row(
    PREDICTION, ARTICLE, source="in/weir.txt", model="tiny", scheme=DEFAULT_SCHEME
)
every_format = pytest.mark.parametrize("suffix", FORMATS)
# What readers let through: all of Unicode but NUL and lone surrogates.
words = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"))
rows_strategy = st.lists(
    st.builds(
        lambda text, article_id, index, share, abstained: (
            ROW
            | {
                "text": text,
                "article_id": article_id,
                "index": index,
                "confidence": share,
                "abstained": abstained,
            }
        ),
        words,
        words,
        st.integers(0, 10**9),
        st.floats(0, 1),
        st.booleans(),
    ),
    max_size=6,
)


def save(path, rows, scheme=DEFAULT_SCHEME):
    with open_writer(path, scheme) as writer:
        writer.write(rows)


def rows_then(error):
    yield ROW
    raise error


def test_columns_follow_the_scheme():
    scheme = LabelScheme.from_names(["fact", "view"])
    assert columns(scheme) == [
        *("source", "record", "article_id", "url", "index", "start", "end", "text"),
        *("label", "confidence", "p_fact", "p_view", "abstained", "model"),
    ]


def test_a_row_holds_the_columns_in_order():
    assert list(ROW) == columns(DEFAULT_SCHEME)
    assert ROW["text"] == "The weir opened in May."
    assert (ROW["start"], ROW["end"], ROW["url"]) == (0, 23, "weir.example/1")


def test_a_row_can_leave_the_words_out():
    row = prediction_row(
        *(PREDICTION, ARTICLE),
        source="in/weir.txt",
        record="row 4",
        model="tiny",
        scheme=DEFAULT_SCHEME,
        with_text=False,
    )
    assert row == ROW | {"text": "", "record": "row 4"}


def test_a_prediction_of_another_scheme_is_refused():
    with pytest.raises(DataError, match=r"in/x: segment 0 of 'weir.txt' .*\['view'\]"):
        prediction_row(
            PREDICTION,
            ARTICLE,
            source="in/x",
            model="tiny",
            scheme=LabelScheme.from_names(["claim", "view"]),
        )


@every_format
@given(rows=rows_strategy)
def test_rows_come_back_as_they_were_written(tmp_path_factory, suffix, rows):
    path = tmp_path_factory.mktemp("rows") / f"rows{suffix}"
    save(path, rows)
    found = read_rows(path)
    assert found == rows
    assert [list(map(type, row.values())) for row in found] == [
        list(map(type, row.values())) for row in rows
    ]


@every_format
def test_awkward_texts_come_back(tmp_path, suffix):
    texts = [
        'He said "no",\r\nthen left;\rand\tcame back\n',
        "\u202eright to left\u202c, \u05e9\u05dc\u05d5\u05dd, \u200f",
        "\U0001f9d1\u200d\U0001f33e \u2028\u2029\x85\x1c",
        "=1+1",
        "x" * 200_000,
        "",
    ]
    rows = [ROW | {"text": text} for text in texts]
    save(tmp_path / f"rows{suffix}", rows)
    assert read_rows(tmp_path / f"rows{suffix}") == rows


def test_csv_follows_rfc_4180(tmp_path):
    save(tmp_path / "rows.csv", [ROW | {"text": 'a "b", c'}])
    header, row, end = (tmp_path / "rows.csv").read_bytes().split(b"\r\n")
    assert header.decode() == ",".join(columns(DEFAULT_SCHEME))
    assert b',"a ""b"", c",' in row
    assert row.endswith(b",false,tiny")
    assert end == b""


def test_json_lines_keep_letters_readable(tmp_path):
    save(tmp_path / "rows.jsonl", [ROW | {"text": "Łódź"}])
    assert '"text": "Łódź"' in (tmp_path / "rows.jsonl").read_text(encoding="utf-8")


def test_compressed_files_are_gzip_without_a_time_stamp(tmp_path):
    save(tmp_path / "a.jsonl.gz", [ROW])
    save(tmp_path / "b.jsonl.gz", [ROW])
    data = (tmp_path / "a.jsonl.gz").read_bytes()
    assert json.loads(gzip.decompress(data)) == ROW
    assert data == (tmp_path / "b.jsonl.gz").read_bytes()


def test_parquet_names_schema_version_and_labels(tmp_path):
    from pyarrow import parquet

    scheme = LabelScheme.from_names(["fact", "view"])
    save(tmp_path / "rows.parquet", [], scheme)
    schema = parquet.read_schema(tmp_path / "rows.parquet")
    assert schema.names == columns(scheme)
    assert schema.metadata[b"schema"] == str(SCHEMA_VERSION).encode()
    assert json.loads(schema.metadata[b"labels"]) == ["fact", "view"]


def test_parquet_is_written_in_row_groups(tmp_path, monkeypatch):
    from pyarrow import parquet

    monkeypatch.setattr(output_formats, "ROWS_A_GROUP", 2)
    rows = [ROW | {"index": index} for index in range(5)]
    save(tmp_path / "rows.parquet", rows)
    assert parquet.read_metadata(tmp_path / "rows.parquet").num_row_groups == 3
    assert read_rows(tmp_path / "rows.parquet") == rows


@every_format
@pytest.mark.parametrize("error", [KeyboardInterrupt, RuntimeError])
def test_a_failure_leaves_the_older_file_and_no_other(tmp_path, suffix, error):
    path = tmp_path / f"rows{suffix}"
    path.write_bytes(b"older")
    with pytest.raises(error, match="stop"):
        save(path, rows_then(error("stop")))
    assert path.read_bytes() == b"older"
    assert list(tmp_path.iterdir()) == [path]


def test_the_file_appears_only_at_the_end(tmp_path):
    path = tmp_path / "rows.csv"
    with open_writer(path, DEFAULT_SCHEME) as writer:
        writer.write([ROW])
        assert not path.exists()
    assert list(tmp_path.iterdir()) == [path]


def test_a_link_goes_on_pointing_to_the_file(tmp_path):
    link, target = tmp_path / "link.csv", tmp_path / "target.csv"
    target.write_text("older")
    link.symlink_to(target)
    save(link, [ROW])
    assert link.is_symlink()
    assert read_rows(target) == [ROW]


def test_the_format_may_be_named(tmp_path):
    with open_writer(tmp_path / "rows", DEFAULT_SCHEME, format="csv") as writer:
        writer.write([ROW])
    assert (tmp_path / "rows").read_text().startswith("source,record")


@pytest.mark.parametrize(
    ("name", "hint"),
    [
        ("rows.json", "unknown format '.json'; known: .*; the nearest is .jsonl"),
        ("rows.csv.GZ2", "unknown format '.GZ2'; known: .jsonl, .csv, .parquet"),
        ("rows.parqet", "the nearest is .parquet"),
        ("rows", "unknown format ''"),
    ],
)
def test_an_unknown_suffix_names_the_known_ones(tmp_path, name, hint):
    with pytest.raises(DataError, match=hint):
        open_writer(tmp_path / name, DEFAULT_SCHEME)
    with pytest.raises(DataError, match=hint):
        read_rows(tmp_path / name)


def test_upper_case_suffixes_are_known(tmp_path):
    save(tmp_path / "ROWS.CSV.GZ", [ROW])
    assert read_rows(tmp_path / "ROWS.CSV.GZ") == [ROW]


def test_a_missing_folder_is_told_before_any_work(tmp_path):
    with pytest.raises(DataError, match="absent' does not exist; make it first"):
        open_writer(tmp_path / "absent" / "rows.csv", DEFAULT_SCHEME)


@pytest.mark.skipif(os.name == "nt", reason="no such device on Windows")
def test_a_device_is_not_replaced():
    from pathlib import Path

    with pytest.raises(DataError, match="not a regular file"):
        open_writer(Path(os.devnull), DEFAULT_SCHEME, format="csv")


def test_a_row_with_other_keys_is_refused(tmp_path):
    row = {key: value for key, value in ROW.items() if key != "url"} | {"link": ""}
    with pytest.raises(DataError, match=r"missing: \['url'\], unknown: \['link'\]"):
        save(tmp_path / "rows.jsonl", [row])
    assert not list(tmp_path.iterdir())


def test_standard_output_gets_json_lines(capfdbinary):
    with open_writer(None, DEFAULT_SCHEME) as writer:
        writer.write([ROW | {"text": "Łódź"}, ROW])
    lines = capfdbinary.readouterr().out.decode("utf-8").splitlines()
    assert [json.loads(line)["text"] for line in lines] == ["Łódź", ROW["text"]]


@pytest.mark.parametrize("suffix", [".csv", ".jsonl.gz"])
def test_standard_output_takes_other_formats(tmp_path, capfdbinary, suffix):
    with open_writer(None, DEFAULT_SCHEME, format=suffix) as writer:
        writer.write([ROW])
    (tmp_path / f"rows{suffix}").write_bytes(capfdbinary.readouterr().out)
    assert read_rows(tmp_path / f"rows{suffix}") == [ROW]


def test_standard_output_refuses_parquet():
    with pytest.raises(DataError, match="cannot take 'parquet'; name a file"):
        open_writer(None, DEFAULT_SCHEME, format="parquet")


ENDLESS = """
import sys
from mlpkg.data.output import open_writer
from mlpkg.labels import DEFAULT_SCHEME
row = dict.fromkeys({columns!r}, "a word")
with open_writer(None, DEFAULT_SCHEME, format={suffix!r}) as writer:
    while True:
        writer.write([row])
sys.stderr.write("went on")
"""


@pytest.mark.skipif(os.name == "nt", reason="pipes break otherwise on Windows")
@pytest.mark.parametrize("suffix", [".jsonl", ".csv"])
def test_a_closed_pipe_ends_the_block_without_a_traceback(suffix):
    program = ENDLESS.format(columns=columns(DEFAULT_SCHEME), suffix=suffix)
    with subprocess.Popen(
        [sys.executable, "-c", program], stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as child:
        child.stdout.readline()
        child.stdout.close()
        assert child.stderr.read() == b"went on"
    assert child.returncode == 0


def test_a_pipe_that_breaks_elsewhere_is_not_swallowed(capfdbinary):
    with pytest.raises(BrokenPipeError, match="another pipe"):
        save(None, rows_then(BrokenPipeError("another pipe")))
    assert json.loads(capfdbinary.readouterr().out) == ROW


HEADER = ",".join(columns(DEFAULT_SCHEME))


@pytest.mark.parametrize(
    ("name", "content", "complaint"),
    [
        (
            "x.jsonl",
            "{oops",
            r"x.jsonl, line 1: expected a JSON object in UTF-8, got b'{oops'",
        ),
        ("x.jsonl", "[1]\n", r"line 1: expected a JSON object, got \[1\]"),
        ("x.jsonl", '{"text": ""}', "line 1: expected the columns source"),
        ("x.csv", "", "x.csv, line 1: expected the columns source"),
        ("x.csv", "a,b\n", r"unknown: \['a', 'b'\]"),
        ("x.csv", f"{HEADER}\na,b\n", "line 2: expected 16 cells, got 2"),
        (
            "x.csv",
            f"{HEADER}\n,,,,one,2,3,,claim,1,1,0,0,0,true,m\n",
            "line 2: 'index' must be an integer, got 'one'",
        ),
        (
            "x.csv",
            f"{HEADER}\n,,,,1,2,3,,claim,1,1,0,0,0,maybe,m\n",
            "line 2: 'abstained' must be true or false, got 'maybe'",
        ),
        ("x.csv", f'{HEADER}\n"a', "after line 2: expected CSV"),
        ("x.csv", b"\xff", "after line 0: expected CSV in UTF-8: .* 0xff"),
        ("x.jsonl", b"\xff", "line 1: expected a JSON object in UTF-8"),
        ("x.parquet", "no", "x.parquet: not a Parquet file"),
    ],
)
def test_what_is_not_output_rows_is_told_with_its_place(
    tmp_path, name, content, complaint
):
    data = content if isinstance(content, bytes) else content.encode()
    (tmp_path / name).write_bytes(data)
    with pytest.raises(DataError, match=complaint):
        read_rows(tmp_path / name)


def test_a_newer_parquet_file_says_what_to_do(tmp_path, monkeypatch):
    monkeypatch.setattr(output_formats, "SCHEMA_VERSION", 2)
    save(tmp_path / "rows.parquet", [ROW])
    monkeypatch.undo()
    with pytest.raises(DataError, match="schema version '2' .* expected '1'"):
        read_rows(tmp_path / "rows.parquet")


@pytest.mark.parametrize("keep", [0, 40])
def test_a_damaged_archive_is_a_read_error(tmp_path, keep):
    path = tmp_path / "rows.csv.gz"
    save(path, [ROW])
    path.write_bytes(path.read_bytes()[:keep] or b"no gzip")
    with pytest.raises(ReadError, match=r"rows.csv.gz: cannot be read"):
        read_rows(path)


def test_an_absent_file_is_a_read_error(tmp_path):
    with pytest.raises(ReadError, match=r"rows.csv: cannot be read"):
        read_rows(tmp_path / "rows.csv")


def test_abstention_and_numpy_numbers_become_plain_values():
    import numpy as np

    shares = {name: np.float32(0.25) for name in DEFAULT_SCHEME.names}
    row = prediction_row(
        replace(PREDICTION, probabilities=shares, abstained=np.bool_(True)),
        ARTICLE,
        source="",
        model="tiny",
        scheme=DEFAULT_SCHEME,
    )
    assert row["p_claim"] == 0.25
    assert {type(row["p_claim"]), type(row["abstained"])} == {float, bool}
