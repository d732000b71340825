from __future__ import annotations

from os.path import commonprefix

import pytest

from mlpkg.articles import article_from_html
from mlpkg.data.page_format import ENGLISH, HEADER_KEYS, KINDS, PageFile, Row
from mlpkg.data.render import render_text
from mlpkg.data.render_html import TEMPLATES, render_html
from mlpkg.exceptions import DataError
from mlpkg.segmentation import Segmenter

HEADER = dict.fromkeys(HEADER_KEYS, "x") | {"english": ENGLISH[0]}
templates = pytest.mark.parametrize("template", TEMPLATES)


def page_of(*rows: Row) -> PageFile:
    return PageFile(HEADER, tuple((row,) for row in rows))


def squeezed(texts: list[str]) -> list[str]:
    """White space runs as a browser shows them."""
    return [" ".join(text.split()) for text in texts]


@templates
def test_every_bundled_page_reads_back_as_its_rows(corpus, template):
    differing = []
    for name, page in corpus.items():
        article = article_from_html(render_html(page, template), name)
        got = squeezed(Segmenter().segment(article).texts)
        if got != squeezed([row.text for row in page.rows]):
            differing.append(name)
    assert not differing


@templates
def test_holds_the_lines_of_the_text_form(corpus, template):
    page = next(iter(corpus.values()))
    lines = article_from_html(render_html(page, template), page.id).text.split("\n")
    assert lines == squeezed(render_text(page).splitlines())


@templates
@pytest.mark.parametrize("kind", ["", *KINDS])
def test_every_kind_is_visible_in_every_template(template, kind):
    for label in ("claim", "boilerplate"):
        page = page_of(Row(label, "One line of text", kind))
        article = article_from_html(render_html(page, template), "a")
        assert article.text == "One line of text"


@templates
def test_marks_of_markup_in_a_text_are_escaped(template):
    text = '<b>5 > 4</b> & "so on" &amp; <script>'
    article = article_from_html(render_html(page_of(Row("claim", text)), template), "a")
    assert article.text == text


def test_furniture_links_carry_a_link_density():
    page = page_of(Row("boilerplate", "Home", "nav"), Row("claim", "It rained."))
    nav, prose = article_from_html(render_html(page), "a").blocks
    assert (nav.tag, nav.link_density) == ("li", 1.0)
    assert (prose.tag, prose.link_density) == ("p", 0.0)


def test_kinds_choose_their_elements():
    kinds = {"headline": "h1", "quote": "blockquote", "list": "li", "": "p"}
    page = page_of(*(Row("claim", kind or "prose", kind) for kind in kinds))
    article = article_from_html(render_html(page), "a")
    assert [block.tag for block in article.blocks] == list(kinds.values())


def test_an_unknown_template_is_refused_with_the_known_ones():
    with pytest.raises(DataError, match="unknown template 'wiki'; known: news_site, a"):
        render_html(page_of(Row("claim", "It rained.")), "wiki")


@templates
def test_a_page_renders_the_same_every_time(corpus, template):
    page = next(iter(corpus.values()))
    assert render_html(page, template) == render_html(page, template)


@templates
def test_furniture_inside_the_article_stays_inside_its_element(template):
    page = page_of(
        Row("boilerplate", "Home", "nav"),
        Row("claim", "It rained."),
        Row("boilerplate", "Advertisement", "ad"),
        Row("claim", "We left."),
        Row("boilerplate", "Contact", "nav"),
    )
    blocks = article_from_html(render_html(page, template), "a").blocks
    nav, first, ad, last, contact = (block.path.split("/") for block in blocks)
    shared = commonprefix([first, ad, last])
    assert len(shared) >= 3
    assert nav[: len(shared)] != shared != contact[: len(shared)]


def test_a_page_of_an_application_has_names_without_meaning():
    page = page_of(Row("boilerplate", "Home", "nav"), Row("claim", "It rained."))
    blocks = article_from_html(render_html(page, "app"), "a").blocks
    known = {"nav", "prose", "main", "article", "content", "story"}
    assert all(known.isdisjoint(block.words) for block in blocks)


def test_some_article_lines_hold_a_link(corpus):
    pages = [article_from_html(render_html(p), n) for n, p in list(corpus.items())[:20]]
    linked = [0 < b.link_density < 1 for page in pages for b in page.blocks]
    assert any(linked)
