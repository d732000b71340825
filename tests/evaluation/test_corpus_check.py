from __future__ import annotations

import pytest

from mlpkg.data.corpus import corpus_folder, part_of
from mlpkg.data.page_format import PageFile
from mlpkg.evaluation.corpus_check import CORPUS_PAGES, check_pages
from mlpkg.exceptions import DataError

LONG = "The harbour board met for the fourth time this month behind closed doors."


def _page(page_id, *rows):
    header = (
        f"# id={page_id}; outlet=The Harbour Post; genre=local; register=regional; "
        "english=irish; topic=quay works; year=2024; hand=hand-t; licence=CC0-1.0"
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
    assert fault == (
        f"{other}, line 1: id='another' is not the file's name; name the file "
        "another.page"
    )


def test_an_id_used_twice_is_found(folder):
    (folder / "sub").mkdir()
    twin = _add(folder, "sub/good.page", _page("good", "C\tIt snowed."))
    _, (fault,) = check_pages(folder)
    assert fault == (
        f"{twin}, line 1: id='good' is that of {folder / 'good.page'} too; give the "
        "newer page another"
    )


def test_a_row_that_the_segmenter_cuts_is_found_with_its_line(folder):
    rows = ["C\tA dry day.", "", "", "C\tIt rained. We left."]
    bad = _add(folder, "bad.page", _page("bad", *rows))
    _, (fault,) = check_pages(folder)
    assert fault.startswith(f"{bad}, line 6: in the text form, the row is 'It rained. ")
    assert "reads 'It rained.'; cut the row" in fault


def test_a_number_used_twice_is_found(folder):
    first = _add(folder, "a07-quay.page", _page("a07-quay", "C\tIt snowed."))
    second = _add(folder, "a07-rain.page", _page("a07-rain", "C\tIt hailed."))
    _add(folder, "a070-fog.page", _page("a070-fog", "C\tIt froze."))
    _, (fault,) = check_pages(folder)
    assert fault == (
        f"{second}, line 1: id='a07-rain' begins with 'a07', as that of {first} does; "
        "give the newer page another number"
    )


def test_a_hand_of_another_form_is_found(folder):
    text = _page("bad", "C\tIt rained.").replace("hand-t", "Una Marsh")
    bad = _add(folder, "bad.page", text)
    _, (fault,) = check_pages(folder)
    assert fault.startswith(f"{bad}, line 1: hand='Una Marsh' is not 'hand-' with")


def test_a_page_without_article_text_is_found(folder):
    bad = _add(folder, "bad.page", _page("bad", "B [nav]\tHome", "B [nav]\tSport"))
    _, (fault,) = check_pages(folder)
    assert fault.startswith(f"{bad}, line 1: no row of article text")


def test_a_real_outlet_is_found_in_header_and_rows(folder):
    rows = ["C\tIt rained.", "B [caption]\tPhoto: Jan Novak/AP"]
    text = _page("bad", *rows).replace("The Harbour Post", "The Guardian")
    bad = _add(folder, "bad.page", text)
    assert check_pages(folder)[1] == [
        f"{bad}, line 1: 'The Guardian' is a real outlet; invent one",
        f"{bad}, line 4: 'ap' is a real outlet; invent one",
    ]


def _id_in(part, start="x"):
    """The first made id that falls to a part."""
    header = {"hand": "hand-t"}
    names = (f"{start}{number}" for number in range(1000))
    return next(n for n in names if part_of(PageFile({"id": n} | header, ())) == part)


def _two_pages(folder, parts, first, second):
    """Two pages in the given parts, a prose row each."""
    ids = [_id_in(part, start) for part, start in zip(parts, "mn", strict=True)]
    return [
        _add(folder, f"{name}.page", _page(name, "C\tA dry day.", f"C\t{text}"))
        for name, text in zip(ids, (first, second), strict=True)
    ]


@pytest.mark.parametrize(
    ("parts", "where"),
    [
        (("train", "train"), "in the same part (train); write"),
        (("train", "test"), "in different parts (train, test), which falsifies"),
    ],
)
def test_prose_that_nearly_stands_twice_is_found(folder, parts, where):
    first, second = _two_pages(folder, parts, f"{LONG[:-1]} again.", LONG)
    _, (fault,) = check_pages(folder)
    assert fault.startswith(f"{second}, line 4: 'The harbour board")
    assert f"nearly stands in {first}, line 4 (similarity 0.90)" in fault
    assert where in fault


def test_copies_between_parts_are_told_before_those_inside_one(folder):
    other = "Nine boats left the outer quay before the storm reached it at noon."
    _two_pages(folder, ("train", "train"), other, other)
    names = [_id_in("train", "p"), _id_in("test", "q")]
    for name in names:
        _add(folder, f"{name}.page", _page(name, f"C\t{LONG}"))
    _, faults = check_pages(folder)
    assert ["in different parts" in fault for fault in faults] == [True, False]


def test_a_row_copied_into_its_part_and_another_is_told_as_the_worse(folder):
    names = [_id_in("test", "m"), _id_in("train", "n"), _id_in("train", "p")]
    for name in names:
        _add(folder, f"{name}.page", _page(name, f"C\t{LONG}"))
    _, faults = check_pages(folder)
    assert len(faults) == 2
    assert all("(test, train)" in fault for fault in faults)


def test_prose_that_stands_twice_on_one_page_is_no_fault(folder):
    _add(folder, "m.page", _page("m", f"C\t{LONG}", "", f"C\t{LONG}"))
    assert check_pages(folder) == (2, [])


def _footers(folder, outlets, text):
    for number, outlet in enumerate(outlets):
        page = _page(f"p{number}", "C\tIt rained.", f"B [legal]\t{text}")
        page = page.replace("The Harbour Post", outlet)
        _add(folder, f"p{number}.page", page)


@pytest.mark.parametrize(
    ("outlets", "text", "n_faults"),
    [
        ("ABCD", LONG, 1),
        ("ABC", LONG, 0),
        ("AAAA", LONG, 0),
        ("ABCD", "Sign up for our letter", 0),
    ],
)
def test_long_furniture_of_four_outlets_is_found(folder, outlets, text, n_faults):
    _footers(folder, outlets, text)
    _, faults = check_pages(folder)
    assert len(faults) == n_faults
    for fault in faults:
        assert fault.startswith(f"{folder / 'p0.page'}, line 4: furniture 'The harbour")
        assert f"4 outlets, too: {folder / 'p1.page'}, line 4; " in fault


def test_a_label_that_a_part_lacks_is_found_in_a_corpus(folder):
    for number in range(CORPUS_PAGES):
        rows = ["B\tHome", "", "C\tIt rained.", 'A\t"It rained," he said.']
        _add(folder, f"p{number}.page", _page(f"p{number}", *rows))
    _, faults = check_pages(folder)
    lacking = [fault.split(";")[0] for fault in faults]
    assert f"{folder}: no row of the part 'train' is labelled O (opinion)" in lacking
    assert not any("other-hands" in fault for fault in faults)
    assert all("labelled O (opinion)" in fault for fault in faults)


@pytest.mark.parametrize("name", ["empty", "missing.page"])
def test_nothing_to_check_is_refused(tmp_path, name):
    (tmp_path / "empty").mkdir()
    with pytest.raises(DataError, match=rf"{name}: no page file \(\*\.page\) there"):
        check_pages(tmp_path / name)
