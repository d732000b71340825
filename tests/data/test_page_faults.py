from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from mlpkg.data.corpus import corpus_files
from mlpkg.data.page_faults import page_faults
from mlpkg.data.placed_pages import PlacedPage

PAGE = corpus_files("test")[0]


def _faults(**header):
    page = replace(PAGE, header=PAGE.header | header)
    lines = tuple(range(3, 3 + len(page.rows)))
    return list(page_faults(PlacedPage(Path(f"{PAGE.id}.page"), page, lines)))


def test_a_sound_page_has_none():
    assert _faults() == []


@pytest.mark.parametrize(
    ("header", "told"),
    [
        ({"id": "other"}, "is not the file's name; name the file other.page"),
        ({"hand": "hand-"}, "name it as in hand-a"),
        ({"outlet": "Reuters Life"}, "'reuters' is a real outlet; invent one"),
    ],
)
def test_faults_of_the_header_stand_on_line_1(header, told):
    (fault,) = _faults(**header)
    assert fault.startswith(f"{PAGE.id}.page, line 1: ")
    assert fault.endswith(told)
