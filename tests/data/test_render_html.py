from __future__ import annotations

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
    kinds = {"headline": "h1", "deck": "h2", "subhead": "h3", "quote": "blockquote"}
    page = page_of(*(Row("claim", kind, kind) for kind in kinds))
    article = article_from_html(render_html(page), "a")
    assert [block.tag for block in article.blocks] == list(kinds.values())


def test_an_unknown_template_is_refused_with_the_known_ones():
    with pytest.raises(DataError, match="unknown template 'wiki'; known: news_site, b"):
        render_html(page_of(Row("claim", "It rained.")), "wiki")
