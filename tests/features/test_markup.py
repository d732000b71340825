from __future__ import annotations

import pytest

from mlpkg.articles import article_from_html
from mlpkg.features.markup import MARKUP, markup_values
from mlpkg.records import Article, Block, Page, Segment
from mlpkg.segmentation import Segmenter

PROSE = "The quay was closed {} days after a storm" + " and nobody left" * 4


def rows(markup: str) -> list[dict[str, float]]:
    page = Segmenter().segment(article_from_html(markup, "a"))
    return [dict(zip(MARKUP, row, strict=True)) for row in markup_values(page)]


def only(markup: str) -> dict[str, float]:
    (row,) = rows(markup)
    return row


@pytest.mark.parametrize("block", [None, Block(0, 4)])
def test_plain_text_has_no_markup(block):
    page = Page(Article("a", "Home"), (Segment("a", 0, 0, 4, "Home", block),))
    assert not markup_values(page).any()


@pytest.mark.parametrize(
    ("markup", "name"),
    [
        ("<p>Home</p>", "is_paragraph"),
        ("<h2>Home</h2>", "is_heading"),
        ("<h1>Home</h1>", "is_top_heading"),
        ("<ul><li>Home</ul>", "in_list"),
        ("<table><tr><td>Home</table>", "in_table"),
        ("<figure><figcaption>Home</figcaption></figure>", "in_figure"),
        ("<blockquote>Home</blockquote>", "in_quote"),
        ("<aside>Home</aside>", "in_furniture"),
        ("<main>Home</main>", "in_article"),
        ("<div class='Top-Menu'>Home</div>", "menu_words"),
        ("<div id=comments>Home</div>", "comment_words"),
        ("<div class=story_body>Home</div>", "content_words"),
    ],
)
def test_markup_names_the_elements_around(markup, name):
    found = only(markup)
    own = MARKUP[MARKUP.index("is_paragraph") : MARKUP.index("parent_prose")]
    expected = {name} | ({"is_heading"} if name == "is_top_heading" else set())
    assert {key for key in own if key != "depth" and found[key]} == expected


def test_links_are_told():
    assert only("<p><a href=x>Home</a></p>")["all_linked"] == 1
    half = only("<p><a href=x>Home</a>page</p>")
    assert (half["link_density"], half["all_linked"]) == (0.5, 0)


def test_lines_where_the_prose_stands_are_told_from_the_others():
    body = "".join(f"<p>{PROSE.format(n)}</p>" for n in range(3))
    markup = f"<div><b>Home</b></div><div>{body}<p>Now</p></div><ul><li>x<li>y</ul>"
    found = rows(markup)
    assert [row["parent_prose"] for row in found] == [0, 1, 1, 1, 1, 0, 0]
    assert [row["kind_prose"] for row in found] == [0, 1, 1, 1, 1, 0, 0]


def test_the_links_of_a_list_are_told_of_each_of_its_lines():
    found = rows("<ul><li><a href=x>Home</a><li><a href=x>News</a><li>Late</ul>")
    assert [row["parent_links"] for row in found] == pytest.approx([8 / 12] * 3)


def test_sentences_of_one_line_share_its_markup():
    first, second = rows("<p>It rained. We left.</p>")
    assert first == second
