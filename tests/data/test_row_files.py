from __future__ import annotations

import gzip

import pytest

from mlpkg.data.row_files import SUFFIXES, read_records
from mlpkg.exceptions import DataError

CONTENT = {
    "jsonl": '{"text": "Ha."}\n\n{"text": "Ho."}\n',
    "csv": 'text,n\n"Ha.\nHi.",1\nHo.,2\n',
}


@pytest.mark.parametrize("kind", list(CONTENT))
def test_compressed_rows_are_the_same_rows(tmp_path, kind):
    plain = tmp_path / f"r.{kind}"
    plain.write_text(CONTENT[kind], encoding="utf-8")
    packed = tmp_path / f"r.{kind.upper()}.GZ"
    packed.write_bytes(gzip.compress(plain.read_bytes()))
    assert list(read_records(packed)) == list(read_records(plain))
    assert len(list(read_records(packed))) == 2


@pytest.mark.parametrize(
    "damage",
    [
        lambda data: b"text,n\n",
        lambda data: data[:-9],
        lambda data: data[:12] + b"\xff\xff\xff" + data[15:],
    ],
    ids=["not gzip", "cut", "broken"],
)
def test_a_broken_gzip_file_is_refused(tmp_path, damage):
    path = tmp_path / "r.csv.gz"
    path.write_bytes(damage(gzip.compress(CONTENT["csv"].encode() * 50)))
    with pytest.raises(DataError, match=r"r\.csv\.gz: not a whole gzip file \("):
        list(read_records(path))


def test_the_suffixes_are_those_of_the_message(tmp_path):
    with pytest.raises(DataError, match=", ".join(SUFFIXES)):
        list(read_records(tmp_path / "r.gz"))
