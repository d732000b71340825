from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mlpkg.articles.html import MAX_DEPTH, article_from_html, read_html
from mlpkg.exceptions import DataError
from mlpkg.records import Block


def lines(markup: str) -> list[str]:
    return article_from_html(markup, "a").text.split("\n")


def only_block(markup: str) -> Block:
    (block,) = article_from_html(markup, "a").blocks
    return block


def test_every_block_element_is_a_line():
    markup = "<h1>Quay shut</h1><p>It rained.</p><ul><li>One<li>Two</ul>Tail"
    assert lines(markup) == ["Quay shut", "It rained.", "One", "Two", "Tail"]


def test_blocks_are_the_lines_of_the_text():
    article = article_from_html("<p>It rained.</p> <p>We <b>left</b>.</p>", "a")
    assert article.text == "It rained.\nWe left."
    pieces = [article.text[block.start : block.end] for block in article.blocks]
    assert pieces == ["It rained.", "We left."]
    assert [block.tag for block in article.blocks] == ["p", "p"]


def test_inline_elements_do_not_break_a_line():
    markup = "<p>The <em>old</em> quay<sup>1</sup> is <a href='#'>shut</a>.</p>"
    assert lines(markup) == ["The old quay1 is shut."]


@pytest.mark.parametrize("br", ["<br>", "<br/>", "<br><br>"])
def test_a_line_break_ends_a_line(br):
    assert lines(f"<p>It rained.{br}We left.</p>") == ["It rained.", "We left."]


def test_white_space_is_what_a_browser_shows():
    markup = "<p>\n  It   rained <b> all </b> \u00a0&nbsp; night.\t</p>"
    assert lines(markup) == ["It rained all night."]


def test_entities_are_resolved():
    assert lines("<p>&pound;5 &amp; &#8220;more&#x201d; &lt;b&gt;</p>") == [
        "£5 & “more” <b>"
    ]


@pytest.mark.parametrize(
    "hidden",
    [
        "<script>var a = 'no';</script>",
        "<style>p { color: no }</style>",
        "<noscript>no</noscript>",
        "<template><p>no</p></template>",
        "<select><option>no</option></select>",
        "<textarea>no</textarea>",
        "<iframe src='x'>no</iframe>",
        "<svg><title>no</title><text>no</text></svg>",
        "<!-- no -->",
        "<div hidden><p>no</p></div>",
        "<div style='color: red; DISPLAY : none'>no</div>",
        "<span style='visibility:hidden'>no</span>",
    ],
)
def test_what_a_browser_does_not_show_is_left_out(hidden):
    assert lines(f"<p>It rained.</p>{hidden}<p>We left.</p>") == [
        "It rained.",
        "We left.",
    ]


def test_a_shown_style_is_kept():
    assert lines("<div style='display: block'>It rained.</div>") == ["It rained."]


def test_nested_blocks_keep_document_order():
    markup = "<div>One<div>Two<p>Three</p>Four</div>Five</div>"
    assert lines(markup) == ["One", "Two", "Three", "Four", "Five"]


def test_the_path_leads_to_the_innermost_block_element():
    block = only_block("<div><ul><li><a href='#'><b>Home</b></a></li></ul></div>")
    assert block.tag == "li"
    assert block.path == "body/div/ul/li"


def test_words_come_from_classes_and_ids_around_the_line():
    block = only_block("<nav class='Site-Nav' id=top2><p class='x_y'>Home</p></nav>")
    assert block.words == ("site", "nav", "top", "x", "y")


@pytest.mark.parametrize(
    ("inner", "density"),
    [
        ("plain", 0.0),
        ("<a href='#'>linked</a>", 1.0),
        ("<a href='#'><b>linked</b> too</a>", 1.0),
        ("four<a href='#'>four</a>", 0.5),
    ],
)
def test_link_density_is_the_share_of_linked_characters(inner, density):
    assert only_block(f"<p>{inner}</p>").link_density == density


def test_a_link_around_blocks_links_them_all_and_no_more():
    markup = "<a href='#'><div>One</div><div>Two</div></a><p>Three</p>"
    blocks = article_from_html(markup, "a").blocks
    assert [block.link_density for block in blocks] == [1.0, 1.0, 0.0]


def test_the_head_tells_title_date_outlet_url_and_language():
    article = article_from_html(
        "<html lang='en-IE'><head><title> Quay shut - Post </title>"
        "<meta property='og:title' content=' Quay shut '>"
        "<meta property='og:site_name' content='The Harbour Post'>"
        "<meta property='article:published_time' content='2024-05-01'>"
        "<meta property='og:url' content='https://post.example/amp'>"
        "<link rel=canonical href='https://post.example/quay'>"
        "</head><body><p>It rained.</p></body></html>",
        "a",
    )
    assert article.title == "Quay shut"
    assert article.outlet == "The Harbour Post"
    assert article.published == "2024-05-01"
    assert article.url == "https://post.example/quay"
    assert article.language == "en-IE"
    assert article.text == "It rained."


def test_a_page_without_a_head_has_empty_facts():
    article = article_from_html("<p>It rained.</p>", "a", meta={"record": "7"})
    facts = (article.title, article.url, article.published, article.outlet)
    assert facts == ("", "", "", "")
    assert article.language == ""
    assert article.meta == {"record": "7"}


@pytest.mark.parametrize("markup", ["", "<p> &nbsp; </p>", "<script>a</script>"])
def test_a_page_without_visible_text_is_refused(markup):
    with pytest.raises(DataError, match="the page holds no visible text"):
        article_from_html(markup, "a")


def test_the_bytes_of_a_file_are_decoded():
    article = read_html("<p>Café</p>".encode("cp1252"), "a.html", "cp1252")
    assert (article.id, article.text) == ("a.html", "Café")
    assert article.meta == {"encoding": "cp1252"}


@pytest.mark.parametrize("tag", ["div", "b", "table", "a", "ul"])
def test_deep_nesting_is_read(tag):
    assert lines(f"<{tag}>" * 100_000 + "deep")[-1] == "deep"


def test_a_path_is_right_again_after_nesting_beyond_the_limit():
    deep = MAX_DEPTH + 50
    inner = "<div>" * deep + "deep" + "</div>" * deep
    markup = f"<div class=outer>{inner}<p>tail</p></div><p>end</p>"
    blocks = article_from_html(markup, "a").blocks
    assert [block.path for block in blocks[1:]] == ["body/div/p", "body/p"]
    assert blocks[1].words == ("outer",)
    assert blocks[0].path.count("/") == MAX_DEPTH - 1


@given(st.text())
def test_any_string_is_read_or_refused_as_empty(markup):
    try:
        article = article_from_html(markup, "a")
    except DataError as error:
        assert "no visible text" in str(error)  # noqa: PT017 (either way is right)
        return
    blocks = article.blocks
    assert all(a.end + 1 == b.start for a, b in pairwise(blocks))
    assert blocks[-1].end == len(article.text)
