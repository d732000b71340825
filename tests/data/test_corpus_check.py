from __future__ import annotations

import pytest

from mlpkg.data.corpus import corpus_folder
from mlpkg.data.corpus_check import check_pages
from mlpkg.exceptions import DataError

LONG = "The harbour board met for the fourth time this month behind closed doors."


def _page(page_id, *rows):
    header = (
        f"# id={page_id}; outlet=The Harbour Post; genre=local; register=regional; "
        "english=irish; topic=quay works; year=2024; hand=t; licence=CC0-1.0"
    )
    return "\n".join([header, "", *rows, ""])


@pytest.fixture
def folder(tmp_path):
    """A folder with one page that has no fault."""
    (tmp_path / "good.page").write_text(
        _page("good", "B [nav]\tHome", "", "C\tThe quay closed.", "C\tIt rained."),
        encoding="utf-8",
    )
    return tmp_path


def _add(folder, name, text):
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def test_a_page_without_fault_has_none(folder):
    assert check_pages(folder) == (1, [])
    assert check_pages(folder / "good.page") == (1, [])


def test_the_bundled_corpus_has_no_fault():
    checked, faults = check_pages(corpus_folder())
    assert checked == len(list(corpus_folder().glob("*.page")))
    assert faults == []


def test_a_line_that_is_no_row_is_found(folder):
    bad = _add(folder, "bad.page", _page("bad", "C\tIt rained.", "no tab here"))
    checked, (fault,) = check_pages(folder)
    assert checked == 2
    assert fault.startswith(f"{bad}, line 4: expected 'LETTER<TAB>text'")


def test_an_unknown_key_is_found(folder):
    text = _page("bad", "C\tIt rained.").replace("topic=", "mood=grey; topic=")
    bad = _add(folder, "bad.page", text)
    _, (fault,) = check_pages(folder)
    assert fault.startswith(f"{bad}, line 1: 'mood=grey' is not one 'key=value'")


def test_every_fault_of_a_file_is_told(folder):
    text = _page("bad", "X\tIt rained.", "C [poem]\tWe left.")
    bad = _add(folder, "bad.page", text.replace("genre=local", "genre=epic"))
    _, faults = check_pages(folder)
    places = [fault.removeprefix(f"{bad}, ").split(":")[0] for fault in faults]
    assert places == ["line 1", "line 3", "line 4"]


def test_bytes_that_are_not_utf_8_are_found(folder):
    bad = folder / "bad.page"
    bad.write_bytes(_page("bad", "C\tCafé closed.").encode("cp1252"))
    _, (fault,) = check_pages(folder)
    assert fault.startswith(f"{bad}: not UTF-8 at byte")


def test_an_id_that_is_not_the_files_name_is_found(folder):
    other = _add(folder, "other.page", _page("another", "C\tIt snowed."))
    _, (fault,) = check_pages(folder)
    assert fault == f"{other}, line 1: id='another' is not the file's name"


def test_an_id_used_twice_is_found(folder):
    (folder / "sub").mkdir()
    twin = _add(folder, "sub/good.page", _page("good", "C\tIt snowed."))
    _, (fault,) = check_pages(folder)
    assert fault == f"{twin}, line 1: id='good' is that of {folder / 'good.page'} too"


def test_a_row_that_the_segmenter_cuts_is_found_with_its_line(folder):
    rows = ["C\tA dry day.", "", "", "C\tIt rained. We left."]
    bad = _add(folder, "bad.page", _page("bad", *rows))
    _, (fault,) = check_pages(folder)
    assert fault.startswith(f"{bad}, line 6: in the text form, the row is 'It rained. ")
    assert "reads 'It rained.'; cut the row" in fault


def test_prose_copied_between_pages_is_found_with_both_lines(folder):
    first = _add(folder, "m.page", _page("m", "C\tA dry day.", f"C\t{LONG}"))
    second = _add(folder, "n.page", _page("n", f"C\t{LONG}"))
    _, (fault,) = check_pages(folder)
    assert fault.startswith(f"{second}, line 3: 'The harbour board")
    assert fault.endswith(f"is the row of {first}, line 4 too")


def test_long_furniture_may_stand_on_many_pages(folder):
    for name in ("m", "n"):
        _add(folder, f"{name}.page", _page(name, f"B [legal]\t{LONG}"))
    assert check_pages(folder) == (3, [])


@pytest.mark.parametrize("name", ["empty", "missing.page"])
def test_nothing_to_check_is_refused(tmp_path, name):
    (tmp_path / "empty").mkdir()
    with pytest.raises(DataError, match=rf"{name}: no page file \(\*\.page\) there"):
        check_pages(tmp_path / name)
