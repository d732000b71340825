from __future__ import annotations

import io

import pytest

from mlpkg.articles.text_lines import read_lines
from mlpkg.exceptions import DataError


def lines(data: bytes, encoding: str | None = None) -> list[tuple[int, str]]:
    return [
        (number, str(line))
        for number, line in read_lines(
            io.BufferedReader(io.BytesIO(data)), "r", encoding
        )
    ]


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("codec", ["utf-8", "utf-8-sig", "utf-16", "utf-32"])
def test_lines_are_the_same_under_every_line_end_and_mark(end, codec):
    text = end.join(["é", "", "b", "c"])
    wanted = [(1, "é"), (2, ""), (3, "b"), (4, "c")]
    assert lines(text.encode(codec)) == wanted
    assert lines((text + end).encode(codec)) == wanted


def test_each_line_has_an_encoding_of_its_own():
    data = "für\n".encode() + "für uns alle hier\n".encode("cp1252") + b"c"
    assert [line for _, line in lines(data)] == ["für", "für uns alle hier", "c"]


def test_a_stated_encoding_is_kept_to():
    assert lines("für\nö".encode("utf-16-le"), "utf-16-le") == [(1, "für"), (2, "ö")]
    assert lines("für\nö".encode("cp437"), "cp437") == [(1, "für"), (2, "ö")]
    first, second = lines(b"a\n\xff", "ascii")
    assert first == (1, "a")
    assert "not ascii at byte 0" in second[1]


def test_an_encoding_that_does_not_exist_is_refused():
    with pytest.raises(DataError, match="unknown encoding 'utf-88'"):
        lines(b"a", "utf-88")
