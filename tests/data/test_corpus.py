from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mlpkg.articles import article_from_html
from mlpkg.data.corpus import (
    OTHER_HANDS,
    PARTS,
    corpus_files,
    corpus_folder,
    html_article,
    labelled_page,
    load_corpus,
    part_of,
    row_fault,
    text_article,
)
from mlpkg.data.page_format import (
    ENGLISH,
    GENRES,
    HEADER_KEYS,
    REGISTERS,
    PageFile,
    Row,
    parse_page,
)
from mlpkg.data.render_html import TEMPLATES, render_html
from mlpkg.exceptions import DataError
from mlpkg.segmentation import Segmenter

HEADER = (
    "# id=x01-quay; outlet=The Harbour Post; genre=local; register=regional; "
    "english=irish; topic=quay works; year=2024; hand=t; licence=CC0-1.0"
)
page_ids = st.from_regex(r"[a-z0-9][a-z0-9-]*", fullmatch=True)
other_values = st.fixed_dictionaries(
    {key: st.text(min_size=1) for key in HEADER_KEYS if key not in {"id", "hand"}}
)
blocks = st.lists(st.tuples(st.builds(Row, st.just("claim"), st.text(min_size=1))))


def test_parts_cover_every_page_once():
    parts = [page.id for part in PARTS for page in corpus_files(part)]
    assert sorted(parts) == [page.id for page in corpus_files()]
    assert len(set(parts)) == len(parts) == len(list(corpus_folder().glob("*.page")))


@pytest.mark.parametrize("part", PARTS)
def test_no_part_is_empty(part):
    assert corpus_files(part)


def test_other_hands_is_hand_a_and_nothing_else():
    assert {"hand-a"} == OTHER_HANDS
    for page in corpus_files():
        assert (page.header["hand"] == "hand-a") == (part_of(page) == "other-hands")


@given(page_ids, st.sampled_from(["hand-a", "hand-b", "x"]), st.data())
def test_a_part_depends_on_id_and_hand_alone(page_id, hand, data):
    first, second = (
        PageFile(
            {**data.draw(other_values), "id": page_id, "hand": hand},
            tuple(data.draw(blocks)),
        )
        for _ in range(2)
    )
    assert part_of(first) == part_of(second)
    assert part_of(first) in PARTS


@pytest.mark.parametrize(
    ("page_id", "part"),
    [("p0", "train"), ("p4", "test"), ("p15", "validation")],
)
def test_a_known_id_stays_in_its_part(page_id, part):
    assert part_of(PageFile({"id": page_id, "hand": "hand-b"}, ())) == part


def test_ids_fall_to_the_parts_in_the_stated_shares():
    drawn = [part_of(PageFile({"id": f"p{i}", "hand": "x"}, ())) for i in range(4000)]
    shares = [drawn.count(part) / len(drawn) for part in PARTS]
    assert shares == pytest.approx([0.70, 0.15, 0.15, 0], abs=0.03)


def test_an_unknown_part_is_refused_with_the_known_ones():
    with pytest.raises(DataError, match=r"unknown part 'dev'; known: train, validat"):
        load_corpus("dev")


def test_segments_labels_and_hard_flags_are_those_of_the_rows():
    files = corpus_files()
    pages = load_corpus()
    assert any(row.hard for file in files for row in file.rows)
    for file, page in zip(files, pages, strict=True):
        assert page.id == file.id
        assert [" ".join(text.split()) for text in page.page.texts] == [
            " ".join(row.text.split()) for row in file.rows
        ]
        assert page.labels == tuple(row.label for row in file.rows)
        assert page.hard == tuple(row.hard for row in file.rows)
        assert page.source == "corpus"


def test_header_values_are_from_the_closed_lists():
    for page in corpus_files():
        assert page.header["genre"] in GENRES
        assert page.header["register"] in REGISTERS
        assert page.header["english"] in ENGLISH


@pytest.mark.parametrize("form", [text_article, html_article])
def test_the_article_carries_what_the_header_knows(form):
    article = form(parse_page(f"{HEADER}\n\nC\tThe quay closed.\n"))
    assert (article.id, article.outlet, article.published, article.language) == (
        "x01-quay",
        "The Harbour Post",
        "2024",
        "en",
    )
    assert article.meta == {
        "genre": "local",
        "register": "regional",
        "english": "irish",
        "hand": "t",
    }


@pytest.mark.parametrize("template", TEMPLATES)
def test_labels_go_onto_the_html_form_too(template):
    file = corpus_files("validation")[0]
    article = article_from_html(render_html(file, template), file.id)
    labelled = labelled_page(file, article, source="html")
    assert labelled.labels == load_corpus("validation")[0].labels
    assert labelled.page.article is article
    assert labelled.source == "html"


def test_a_row_of_two_sentences_is_refused_with_its_number():
    file = parse_page(f"{HEADER}\n\nC\tA dry day.\n\nC\tIt rained. We left.\n")
    with pytest.raises(DataError, match=r"'x01-quay', row 2: .*reads 'It rained\.'"):
        labelled_page(file)


def test_an_article_that_ends_early_is_a_fault_of_the_first_row_without_segment():
    file = parse_page(f"{HEADER}\n\nC\tA dry day.\n\nC\tIt rained.\n")
    short = parse_page(f"{HEADER}\n\nC\tA dry day.\n")
    fault = row_fault(file, Segmenter().segment(text_article(short)))
    assert fault is not None
    assert fault[0] == 1
    assert "the segmenter reads None" in fault[1]
