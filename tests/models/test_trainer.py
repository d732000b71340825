from __future__ import annotations

import numpy as np
import pytest

from mlpkg.articles import article_from_html
from mlpkg.features import has_markup, page_features, without_markup
from mlpkg.models.base import PageInput, Targets
from mlpkg.models.linear import LinearHead
from mlpkg.models.trainer import Trainer
from mlpkg.segmentation import Segmenter


class Recorder(LinearHead):
    """A head that keeps what it is given."""

    seen: list[PageInput]

    def fit(self, inputs, targets, **_options):
        type(self).seen = list(inputs)
        return self


def page(markup: str) -> PageInput:
    features = page_features(Segmenter().segment(article_from_html(markup, "a")))
    return PageInput(np.eye(len(features), 8, dtype=np.float32), features)


@pytest.fixture
def lessons():
    inputs = [page(f"<h1>Quay {n} shut</h1><p>It rained.</p>") for n in range(20)]
    target = Targets(np.eye(2, dtype=bool), np.ones(2))
    return inputs, [target] * 20


@pytest.mark.parametrize(
    ("share", "low", "high"), [(0, 0, 0), (0.5, 4, 16), (1, 20, 20)]
)
def test_pages_with_markup_are_learned_again_as_text(
    lessons, tiny_encoder, share, low, high
):
    Trainer(Recorder(), tiny_encoder, 0.0, share, 0)(*lessons)
    again = Recorder.seen[20:]
    assert low <= len(again) <= high
    assert not any(has_markup(given.features) for given in again)


def test_pages_without_markup_are_learned_once(lessons, tiny_encoder):
    inputs, targets = lessons
    plain = [PageInput(i.vectors, without_markup(i.features)) for i in inputs]
    Trainer(Recorder(), tiny_encoder, 0.0, 1.0, 0)(plain, targets)
    assert len(Recorder.seen) == 20


def test_a_share_of_rows_is_learned_again_without_context(lessons, tiny_encoder):
    Trainer(Recorder(), tiny_encoder, 0.5, 0.0, 0)(*lessons)
    pages, bare = Recorder.seen[:20], Recorder.seen[20:]
    assert all(given.has_context for given in pages)
    assert not any(given.has_context for given in bare)
    assert 8 <= sum(map(len, bare)) <= 32


def test_all_forms_of_a_page_have_its_number(lessons, tiny_encoder):
    Trainer(Recorder(), tiny_encoder, 1.0, 1.0, 0)(*lessons)
    numbers = [given.source for given in Recorder.seen]
    assert len(set(numbers)) == 20
    assert numbers == numbers[:20] * 3


def test_without_markup_gives_what_the_text_alone_gives():
    article = article_from_html("<title>Quay 1</title><p>Quay 1 shut.<p>We left.", "a")
    read = page_features(Segmenter().segment(article))
    plain = type(article)("a", article.text)
    expected = page_features(Segmenter().segment(plain))
    np.testing.assert_array_equal(without_markup(read), expected)
