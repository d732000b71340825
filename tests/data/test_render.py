from __future__ import annotations

from mlpkg.articles.text import read_text
from mlpkg.data.page_format import PageFile, Row
from mlpkg.data.render import block_lines, render_text
from mlpkg.segmentation import Segmenter

CLAIM = Row("claim", "It rained.")
OPINION = Row("opinion", "It was grim.")
NAV = Row("boilerplate", "Home", "nav")
GLUED = Row("boilerplate", "News", "nav", glued=True)


def test_prose_rows_share_a_line():
    assert block_lines((CLAIM, OPINION), "boilerplate") == [[CLAIM, OPINION]]


def test_furniture_rows_stand_on_lines_of_their_own():
    assert block_lines((NAV, CLAIM, NAV), "boilerplate") == [[NAV], [CLAIM], [NAV]]


def test_a_glued_row_joins_the_row_before_it():
    assert block_lines((CLAIM, NAV, GLUED), "boilerplate") == [[CLAIM], [NAV, GLUED]]


def test_prose_after_a_glued_row_begins_a_line():
    assert block_lines((NAV, GLUED, CLAIM), "boilerplate") == [[NAV, GLUED], [CLAIM]]


def test_which_label_is_furniture_is_the_callers_word():
    assert block_lines((CLAIM, OPINION), "opinion") == [[CLAIM], [OPINION]]


def test_blocks_and_lines_end_with_newlines():
    page = PageFile({}, ((NAV, GLUED, NAV), (CLAIM, OPINION), (CLAIM,)))
    assert render_text(page) == (
        "Home News\nHome\nIt rained. It was grim.\nIt rained.\n"
    )


def test_every_bundled_page_reads_back_as_its_rows(corpus):
    differing = []
    for name, page in corpus.items():
        article = read_text(render_text(page).encode(), name)
        if Segmenter().segment(article).texts != [row.text for row in page.rows]:
            differing.append(name)
    assert not differing
