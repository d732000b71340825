from __future__ import annotations

from dataclasses import replace

import pytest

from mlpkg.data.corpus import load_corpus
from mlpkg.data.gold import load_gold
from mlpkg.data.page_files import write_page_files
from mlpkg.exceptions import DataError
from mlpkg.labels import DEFAULT_SCHEME
from mlpkg.records import LabelledPage

HEADER = {
    "outlet": "The Harbour Post",
    "genre": "local",
    "register": "regional",
    "english": "irish",
    "topic": "quay works",
    "year": "2024",
    "hand": "t",
    "licence": "CC0-1.0",
}


def _labelled(page, label="claim"):
    return LabelledPage(page, (label,) * len(page))


def test_pages_of_the_corpus_read_back(tmp_path):
    pages = load_corpus("validation")
    write_page_files(pages, tmp_path / "pages", header=HEADER)
    found = {page.id: page for page in load_gold(tmp_path / "pages")}
    assert found.keys() == {page.id for page in pages}
    for page in pages:
        assert found[page.id].labels == page.labels
        assert found[page.id].hard == page.hard
        texts = [" ".join(text.split()) for text in page.page.texts]
        assert found[page.id].page.texts == texts
        own, read = page.page.article, found[page.id].page.article
        assert (read.outlet, read.meta["genre"]) == (own.outlet, own.meta["genre"])


def test_what_the_page_states_goes_before_the_given_header(tmp_path, make_page):
    page = make_page("It rained.", "a")
    stated = replace(page, article=replace(page.article, published="1999-05-01"))
    write_page_files([_labelled(stated)], tmp_path / "pages", header=HEADER)
    assert "year=1999;" in (tmp_path / "pages" / "a.page").read_text(encoding="utf-8")


def test_furniture_stays_on_its_line(tmp_path, make_page):
    page = make_page("It rained. Read more.\nHome", "a")
    labels = ("claim", "boilerplate", "boilerplate")
    write_page_files([LabelledPage(page, labels)], tmp_path / "p", header=HEADER)
    assert "B+\tRead more.\n" in (tmp_path / "p" / "a.page").read_text("utf-8")
    (found,) = load_gold(tmp_path / "p")
    assert found.page.article.text == "It rained. Read more.\nHome\n"
    assert found.labels == labels


def test_missing_header_values_are_named_and_nothing_is_written(tmp_path, make_page):
    with pytest.raises(DataError, match="page 'a': a page file needs outlet, genre"):
        write_page_files([_labelled(make_page("It rained."))], tmp_path / "pages")
    assert not (tmp_path / "pages").exists()


def test_a_header_value_outside_its_list_is_refused(tmp_path, make_page):
    header = HEADER | {"genre": "gossip"}
    with pytest.raises(DataError, match="page 'a', line 1: genre='gossip' is not one"):
        write_page_files([_labelled(make_page("Rain."))], tmp_path / "p", header=header)


def test_ids_become_file_names_and_must_stay_distinct(tmp_path, make_page):
    pages = [
        _labelled(make_page("It rained.", name)) for name in ("A/b.txt", "a-b txt")
    ]
    write_page_files(pages[:1], tmp_path / "one", header=HEADER)
    assert (tmp_path / "one" / "a-b-txt.page").is_file()
    with pytest.raises(DataError, match=r"'a-b txt': its file would be a-b-txt\.page"):
        write_page_files(pages, tmp_path / "two", header=HEADER)


def test_segments_that_a_page_file_cannot_hold_are_refused(tmp_path, make_page):
    page = make_page("It rained. It stopped.", "a")
    assert len(page) == 2
    text = page.article.text
    whole = replace(page.segments[0], end=len(text), text=text)
    joined = replace(page, segments=(whole,))
    with pytest.raises(DataError, match="page 'a', segment 1: cannot stand in a page"):
        write_page_files(
            [_labelled(joined)], tmp_path / "pages", DEFAULT_SCHEME, HEADER
        )
