from __future__ import annotations

import io
import json

import pytest

from mlpkg.articles import json_records
from mlpkg.articles.json_records import read_json_lines, read_json_values
from mlpkg.exceptions import DataError

RECORDS = [{"n": n, "text": "é" * (n * 7 % 50), "more": [n, {}]} for n in range(40)]


def values(text: str, encoding: str | None = None) -> list[object]:
    stream = io.BufferedReader(io.BytesIO(text.encode(encoding or "utf-8")))
    return [record for _, record in read_json_values(stream, encoding)]


@pytest.mark.parametrize("step", [1, 7, 100, 65_536])
@pytest.mark.parametrize("indent", [None, 2])
def test_an_array_is_the_same_wherever_its_pieces_end(monkeypatch, step, indent):
    monkeypatch.setattr(json_records, "_STEP", step)
    assert values(json.dumps(RECORDS, indent=indent)) == RECORDS
    assert values(json.dumps(RECORDS, ensure_ascii=False), "utf-16") == RECORDS


def test_objects_may_follow_each_other():
    assert values("\n".join(json.dumps(r, indent=1) for r in RECORDS)) == RECORDS
    assert values(json.dumps(RECORDS[3])) == [RECORDS[3]]


def test_no_more_than_a_record_is_held(monkeypatch):
    monkeypatch.setattr(json_records, "MAX_LINE", 1000)
    monkeypatch.setattr(json_records, "_STEP", 100)
    assert values(json.dumps(RECORDS * 10)) == RECORDS * 10
    with pytest.raises(DataError, match="not JSON .Unterminated string"):
        values(json.dumps([{"text": "x" * 5000}]))


def test_lines_are_numbered_blank_ones_too():
    lines = [(1, '{"a": 1}'), (2, ""), (3, '{"a": 2}'), (4, DataError("bad"))]
    found = list(read_json_lines(lines))
    assert found[:2] == [(1, {"a": 1}), (3, {"a": 2})]
    assert found[2][0] == 4
    assert str(found[2][1]) == "bad"
