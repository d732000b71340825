from __future__ import annotations

import csv

import pytest

from mlpkg.data.record_writer import empty_folder, write_records
from mlpkg.data.row_files import read_records
from mlpkg.exceptions import DataError

RECORDS = [
    {"text": 'It rained, "hard".\nThen not.', "n": 1},
    {"text": "Ωmega ☂", "n": 2},
]


@pytest.mark.parametrize("suffix", [".jsonl", ".csv", ".parquet"])
def test_records_read_back(tmp_path, suffix):
    path = tmp_path / f"rows{suffix}"
    write_records(path, RECORDS)
    found = [record for _, record in read_records(path)]
    assert [record["text"] for record in found] == [r["text"] for r in RECORDS]
    assert [int(record["n"]) for record in found] == [1, 2]
    assert [file.name for file in tmp_path.iterdir()] == [path.name]


def test_a_csv_without_records_has_its_header(tmp_path):
    write_records(tmp_path / "rows.csv", [], ["text", "n"])
    with (tmp_path / "rows.csv").open(newline="") as stream:
        assert list(csv.reader(stream)) == [["text", "n"]]


def test_an_unknown_suffix_is_refused(tmp_path):
    with pytest.raises(DataError, match=r"rows\.xls: rows are written to \.jsonl"):
        write_records(tmp_path / "rows.xls", RECORDS)


def test_a_missing_folder_is_refused(tmp_path):
    with pytest.raises(DataError, match="does not exist; make it first"):
        write_records(tmp_path / "no" / "rows.csv", RECORDS)


def test_a_folder_that_holds_something_is_refused(tmp_path):
    assert empty_folder(tmp_path / "new" / "er").is_dir()
    with pytest.raises(DataError, match="nothing is overwritten"):
        empty_folder(tmp_path / "new")
