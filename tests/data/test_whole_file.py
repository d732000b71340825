from __future__ import annotations

import pytest

from mlpkg.data.whole_file import require_writable, whole_file
from mlpkg.exceptions import DataError


def test_a_file_appears_when_the_block_ends_well(tmp_path):
    path = tmp_path / "rows.csv"
    with whole_file(path) as draft:
        draft.write_text("new", encoding="utf-8")
        assert not path.exists()
    assert path.read_text(encoding="utf-8") == "new"
    assert list(tmp_path.iterdir()) == [path]


def test_a_failure_leaves_the_old_file_alone(tmp_path):
    path = tmp_path / "rows.csv"
    path.write_text("old", encoding="utf-8")
    with pytest.raises(ZeroDivisionError, match="division"), whole_file(path) as file:
        file.write_text(str(file.write_text("half") / 0), encoding="utf-8")
    assert path.read_text(encoding="utf-8") == "old"
    assert list(tmp_path.iterdir()) == [path]


def test_a_link_goes_on_pointing_where_it_did(tmp_path):
    (tmp_path / "deep").mkdir()
    target, link = tmp_path / "deep" / "rows.csv", tmp_path / "rows.csv"
    link.symlink_to(target)
    with whole_file(link) as draft:
        draft.write_text("new", encoding="utf-8")
    assert link.is_symlink()
    assert target.read_text(encoding="utf-8") == "new"


def test_two_writers_of_one_file_do_not_share_a_draft(tmp_path):
    path = tmp_path / "rows.csv"
    with whole_file(path) as first, whole_file(path) as second:
        first.write_text("first", encoding="utf-8")
        second.write_text("second", encoding="utf-8")
    assert path.read_text(encoding="utf-8") == "first"


def test_a_file_that_cannot_be_written_is_refused_first(tmp_path):
    with pytest.raises(DataError, match="'.*no' does not exist; make it first"):
        require_writable(tmp_path / "no" / "rows.csv")
    with pytest.raises(DataError, match="not a regular file; name a file to write"):
        require_writable(tmp_path)
