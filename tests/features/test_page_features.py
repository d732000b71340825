from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from mlpkg.articles import article_from_html, normalise
from mlpkg.features import CONTEXT_FREE, FEATURE_NAMES, lone_features, page_features
from mlpkg.records import Article, Page
from mlpkg.segmentation import Segmenter

CONTEXT_COLUMN = FEATURE_NAMES.index("no_context")
ODD_TEXTS = st.text() | st.sampled_from(
    ["", " ", "\0", "\ud800", "İ", "ﬁ", "𝟘𝟙", "\u202e", "’", "...", "١٢٣", "a" * 5000]
)


def test_feature_names_are_distinct():
    assert len(set(FEATURE_NAMES)) == len(FEATURE_NAMES)


def test_a_page_gives_a_row_a_segment(make_page):
    page = make_page("Home\nIt rained. We left.")
    features = page_features(page)
    assert features.shape == (3, len(FEATURE_NAMES))
    assert features.dtype == np.float32
    assert not features[:, CONTEXT_COLUMN].any()


def test_no_segments_give_an_empty_matrix():
    assert page_features(Page(Article("a", ""), ())).shape == (0, len(FEATURE_NAMES))
    assert lone_features([]).shape == (0, len(FEATURE_NAMES))


def test_lone_texts_leave_every_context_column_zero():
    features = lone_features(["“It rained,” he said.", "Home", ""])
    assert features.shape == (3, len(FEATURE_NAMES))
    assert (features[:, CONTEXT_COLUMN] == 1).all()
    assert features[:, :CONTEXT_FREE].any(axis=1).all()
    assert not features[:, CONTEXT_FREE:].any()


def test_a_lone_text_has_the_context_free_features_of_its_segment(make_page):
    page = make_page("“It rained,” said Holt. We left in 2024.\nHome")
    own = slice(1, CONTEXT_FREE)
    np.testing.assert_array_equal(
        page_features(page)[:, own], lone_features(page.texts)[:, own]
    )


def test_markup_and_neighbours_change_the_context_columns_only(make_page):
    alone = page_features(make_page("It rained."))
    html = article_from_html("<h1>Quay</h1><p>It rained.</p>", "a")
    among = page_features(Segmenter().segment(html))[1:]
    np.testing.assert_array_equal(alone[:, :CONTEXT_FREE], among[:, :CONTEXT_FREE])
    assert (alone[:, CONTEXT_FREE:] != among[:, CONTEXT_FREE:]).any()


def test_a_page_has_the_same_features_whatever_was_read_before(make_page):
    page = make_page("“It rained.\nHome\nWe left.", "b")
    first = page_features(page)
    for other in ("“Open quotation", "Home\nHome", "It rained."):
        page_features(make_page(other, "b"))
    np.testing.assert_array_equal(page_features(page), first)


@given(st.lists(ODD_TEXTS, max_size=5))
def test_odd_strings_give_finite_features(texts):
    assert np.isfinite(lone_features(texts)).all()


@given(ODD_TEXTS)
def test_odd_pages_give_finite_features(text):
    page = Segmenter().segment(Article("a", normalise(text)))
    assert np.isfinite(page_features(page)).all()


def test_a_bundled_page_has_finite_features(corpus, make_page):
    page = next(iter(corpus.values()))
    text = "\n".join(row.text for row in page.rows)
    features = page_features(make_page(text))
    assert len(features) >= len(page.rows)
    assert np.isfinite(features).all()
