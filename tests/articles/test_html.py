from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mlpkg.articles.html import article_from_html, read_html
from mlpkg.articles.html_lines import MAX_DEPTH
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
    assert block.path == "html[1]/body[1]/div[1]/ul[1]/li[1]"


def test_the_path_is_an_xpath_that_tells_siblings_apart():
    markup = "<div><p>One</p><ul><li>Two<li>Three</ul><p>Four <b>five</b></p></div>"
    paths = [block.path for block in article_from_html(markup, "a").blocks]
    assert paths == [
        "html[1]/body[1]/div[1]/p[1]",
        "html[1]/body[1]/div[1]/ul[1]/li[1]",
        "html[1]/body[1]/div[1]/ul[1]/li[2]",
        "html[1]/body[1]/div[1]/p[2]",
    ]


def test_the_lines_of_preformatted_text_are_kept():
    assert lines("<p>a\nb</p><pre>It rained.\n  We left.\n</pre>") == [
        "a b",
        "It rained.",
        "We left.",
    ]


@pytest.mark.parametrize(
    "markup",
    [
        "<p title='a > b'>It rained.</p>",
        "<p a\"b='<i>'>It rained.</p>",
        "<p =x='1'>It rained.</p>",
        "<p><![CDATA[no]]>It rained.</p>",
        "<p>It rained.<!-- > </p> --></p>",
        "<p>It rained.</p><svg><g><svg></svg></g><text>no</text></svg>",
        "<p>It rained.</p><svg><link href=x><g><text>no</text></g></svg>",
        "<p>It rained.</p><svg><script><iframe><script>no",
        "<p>It rained.</p><!-- a --b- <p>no</p> --><script>a</b</script>",
        "<p>It rained.</p><xmp><p>no</p></xmp>",
    ],
)
def test_markup_is_never_taken_for_text(markup):
    assert lines(markup) == ["It rained."]


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
    assert [block.path for block in blocks[1:]] == [
        "html[1]/body[1]/div[1]/p[1]",
        "html[1]/body[1]/p[1]",
    ]
    assert blocks[1].words == ("outer",)
    assert blocks[0].path.count("/") == MAX_DEPTH


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


LINKED_DATA = (
    "<script type='application/ld+json'>{}</script><title>Page title</title>"
    "<meta property='og:title' content='Meta title'><p>It rained.</p>"
)


@pytest.mark.parametrize(
    "data",
    [
        '{"@type": "NewsArticle", "headline": "Quay shut"}',
        '[{"@type": "Person"}, {"@type": ["Report"], "headline": " Quay shut "}]',
        '{"@graph": [{"@type": "WebSite"}, '
        '{"@type": "BlogPosting", "headline": "Quay shut"}]}',
    ],
)
def test_structured_data_goes_before_meta_tags(data):
    assert article_from_html(LINKED_DATA.replace("{}", data), "a").title == "Quay shut"


@pytest.mark.parametrize(
    "data",
    [
        "{",
        "[" * 100_000,
        '{"@type": "NewsArticle", "headline": ["Quay shut"]}',
        '{"@type": "Product", "headline": "Quay shut"}',
        "null",
    ],
)
def test_structured_data_of_another_shape_is_passed_over(data):
    assert article_from_html(LINKED_DATA.replace("{}", data), "a").title == "Meta title"


def test_structured_data_tells_date_outlet_address_and_language():
    data = (
        '{"@type": "Article", "datePublished": "2024-05-01", "inLanguage": "en",'
        '"publisher": {"name": "The Harbour Post"}, "url": "https://post.example/q"}'
    )
    article = article_from_html(LINKED_DATA.replace("{}", data), "a")
    assert article.published == "2024-05-01"
    assert article.outlet == "The Harbour Post"
    assert article.url == "https://post.example/q"
    assert article.language == "en"


@pytest.mark.parametrize(
    ("head", "codec"),
    [
        ("<meta charset=windows-1251>", "cp1251"),
        (
            "<meta http-equiv=content-type content='text/html; charset=ISO-8859-5'>",
            "iso8859-5",
        ),
    ],
)
def test_the_stated_encoding_is_used_where_the_bytes_are_not_utf8(head, codec):
    text = "Москва закрыла порт"
    data = f"{head}<p>{text}</p>".encode(codec)
    assert read_html(data, "a").text == text


def test_utf8_bytes_are_utf8_whatever_the_page_states():
    data = "<meta charset=iso-8859-1><p>Café</p>".encode()
    assert read_html(data, "a").text == "Café"


def test_a_stated_encoding_that_cannot_be_is_passed_over():
    data = b"<meta charset=no-such-codec><p>Caf\xe9 closed for the day in winter</p>"
    assert read_html(data, "a").text == "Café closed for the day in winter"


def test_a_page_of_frames_is_refused_as_such():
    with pytest.raises(DataError, match="it only shows other pages in frames"):
        article_from_html("<frameset><frame src=a.html></frameset>", "a")
