from __future__ import annotations

import pytest

from mlpkg.data.corpus import corpus_files
from mlpkg.data.page_format import format_page
from mlpkg.data.placed_pages import read_placed_pages
from mlpkg.exceptions import DataError

PAGE = corpus_files("test")[0]


def test_rows_are_placed_on_their_lines(tmp_path):
    path = tmp_path / "a.page"
    path.write_text(format_page(PAGE), encoding="utf-8")
    files, (placed,), faults = read_placed_pages(path)
    assert (files, faults) == (1, [])
    lines = path.read_text(encoding="utf-8").split("\n")
    for row, line in zip(PAGE.rows, placed.lines, strict=True):
        assert lines[line - 1].endswith(f"\t{row.text}")
    assert placed.place() == f"{path}, line 1"
    assert placed.place(0) == f"{path}, line {placed.lines[0]}"
    assert placed.place(len(PAGE.rows)) == f"{path}, line {placed.lines[-1]}"


def test_a_broken_page_is_told_and_the_others_are_read(tmp_path):
    (tmp_path / "a.page").write_text(format_page(PAGE), encoding="utf-8")
    (tmp_path / "b.page").write_text("no header\n", encoding="utf-8")
    files, pages, faults = read_placed_pages(tmp_path)
    assert (files, len(pages)) == (2, 1)
    assert all(fault.startswith(str(tmp_path / "b.page")) for fault in faults)
    assert faults


def test_a_folder_without_pages_is_refused(tmp_path):
    with pytest.raises(DataError, match="no page file"):
        read_placed_pages(tmp_path)
