from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mlpkg.data.page_format import (
    ENGLISH,
    GENRES,
    HEADER_KEYS,
    KINDS,
    REGISTERS,
    PageFile,
    Row,
    format_page,
    parse_page,
    read_page,
)
from mlpkg.exceptions import DataError
from mlpkg.labels import DEFAULT_SCHEME, LabelScheme

HEADER = (
    "# id=x01-quay; outlet=The Harbour Post; genre=local; register=regional; "
    "english=irish; topic=quay works; year=2024; hand=t; licence=CC0-1.0"
)
PAGE = f"""{HEADER}

B [nav]\tHome
B+ [nav]\tNews

C [headline]\tQuay closes for three weeks
O?\tIt is about time.
"""

words = st.text(st.characters(exclude_categories=["C", "Z"]), min_size=1, max_size=8)
texts = st.lists(words, min_size=1, max_size=5).map(" ".join)
values = st.text("abc XYZ-019.=é", min_size=1).map(str.strip).filter(bool)
headers = st.fixed_dictionaries(
    dict.fromkeys(HEADER_KEYS, values)
    | {
        "id": st.from_regex(r"[a-z0-9][a-z0-9-]*", fullmatch=True),
        "genre": st.sampled_from(GENRES),
        "register": st.sampled_from(REGISTERS),
        "english": st.sampled_from(ENGLISH),
    }
)


@st.composite
def page_files(draw: st.DrawFn) -> PageFile:
    row = st.builds(
        Row,
        st.sampled_from(DEFAULT_SCHEME.names),
        texts,
        st.sampled_from(["", *KINDS]),
        st.booleans(),
        st.booleans(),
    )
    blocks = []
    for rows in draw(st.lists(st.lists(row, min_size=1, max_size=4), min_size=1)):
        first = rows[0]
        loose = Row(first.label, first.text, first.kind, first.hard, glued=False)
        blocks.append((loose, *rows[1:]))
    return PageFile(draw(headers), tuple(blocks))


@given(page_files())
def test_parsing_what_was_written_gives_the_page_back(page):
    assert parse_page(format_page(page)) == page


def test_reads_header_blocks_and_marks():
    page = parse_page(PAGE)
    assert page.id == "x01-quay"
    assert page.header["topic"] == "quay works"
    assert page.blocks == (
        (
            Row("boilerplate", "Home", "nav"),
            Row("boilerplate", "News", "nav", glued=True),
        ),
        (
            Row("claim", "Quay closes for three weeks", "headline"),
            Row("opinion", "It is about time.", hard=True),
        ),
    )
    assert [row.text for row in page.rows][::3] == ["Home", "It is about time."]


def test_takes_both_marks_in_their_order():
    row = parse_page(f"{HEADER}\nC\tOne.\nO?+\tTwo.\n").rows[1]
    assert row.hard
    assert row.glued


def test_takes_line_ends_of_windows_and_a_byte_order_mark(tmp_path):
    path = tmp_path / "a.page"
    path.write_bytes(b"\xef\xbb\xbf" + PAGE.replace("\n", "\r\n").encode())
    assert read_page(path) == parse_page(PAGE)


def test_keeps_a_tab_inside_the_text():
    assert parse_page(f"{HEADER}\nC\tone\ttwo\n").rows[0].text == "one\ttwo"


def test_letters_come_from_the_scheme():
    scheme = LabelScheme.from_names(["fact", "view"])
    page = parse_page(f"{HEADER}\nV\tIt is late.\n", scheme=scheme)
    assert page.rows[0].label == "view"
    assert parse_page(format_page(page, scheme), scheme=scheme) == page


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ("C no tab", "expected 'LETTER<TAB>text', got 'C no tab'"),
        ("C [list\ttext", "expected 'LETTER<TAB>text', got 'C [list\\ttext'"),
        ("C+?\ttext", "expected 'LETTER<TAB>text', got 'C+?\\ttext'"),
        ("CC\ttext", "expected 'LETTER<TAB>text', got 'CC\\ttext'"),
        ("\ttext", "expected 'LETTER<TAB>text', got '\\ttext'"),
        ("X\ttext", "unknown label letter 'X'; known: C, O, A, B"),
        ("c\ttext", "unknown label letter 'c'; known: C, O, A, B"),
        ("B [menu]\ttext", "kind 'menu' is not one of headline, deck"),
        ("B []\ttext", "kind '' is not one of headline, deck"),
        ("C\t", "the text is empty or has white space at its ends"),
        ("C\t text", "the text is empty or has white space at its ends"),
        ("C\ttext ", "the text is empty or has white space at its ends"),
        ("C+\ttext", "'+' needs a row before it in the same block"),
    ],
)
def test_a_broken_row_is_told_with_file_and_line(row, reason):
    with pytest.raises(DataError, match=re.escape(f"a.page, line 4: {reason}")):
        parse_page(f"{HEADER}\nB\tHome\n\n{row}\n", "a.page")


@pytest.mark.parametrize(
    ("old", "new", "reason"),
    [
        ("# id", "id", "expected '# id=…; outlet=…; …', got 'id=x01"),
        ("year=2024", "2024", "'2024' is not one 'key=value' with a key of id, outlet"),
        ("year=", "date=", "'date=2024' is not one 'key=value' with a key of id,"),
        ("year=2024", "id=b", "'id=b' is not one 'key=value' with a key of id, outlet"),
        ("genre=local", "genre=gossip", "genre='gossip' is not one of wire, local"),
        ("=regional", "=radio", "register='radio' is not one of national-daily"),
        ("english=irish", "english=old", "english='old' is not one of american"),
        ("hand=t", "hand=", "no value for hand"),
        ("; licence=CC0-1.0", "", "no value for licence"),
        ("x01-quay", "X01 quay", "id='X01 quay' may hold only a-z, 0-9 and hyphens"),
    ],
)
def test_a_broken_header_is_told_with_file_and_line(old, new, reason):
    with pytest.raises(DataError, match=re.escape(f"a.page, line 1: {reason}")):
        parse_page(PAGE.replace(old, new), "a.page")


def test_all_faults_are_told_at_once():
    text = PAGE.replace("genre=local", "genre=gossip").replace("B [nav]", "B [menu]")
    with pytest.raises(DataError, match=r"(?s)line 1: genre=.*line 3: kind 'menu'"):
        parse_page(text)


@pytest.mark.parametrize("text", [HEADER, f"{HEADER}\n\n  \n"])
def test_a_page_without_segments_is_refused(text):
    with pytest.raises(DataError, match="a.page: holds no segment"):
        parse_page(text, "a.page")


def test_an_empty_file_is_refused():
    with pytest.raises(DataError, match="line 1: expected '# id=…; outlet=…; …', got"):
        parse_page("")


def test_a_file_that_is_not_utf8_is_refused_with_the_byte(tmp_path):
    path = tmp_path / "a.page"
    path.write_bytes(b"# id=caf\xe9")
    with pytest.raises(DataError, match=r"a\.page: not UTF-8 at byte 8"):
        read_page(path)


def test_every_bundled_page_round_trips_under_its_own_id(corpus):
    assert len(corpus) > 100
    for name, page in corpus.items():
        assert name == f"{page.id}.page"
        assert parse_page(format_page(page)) == page
