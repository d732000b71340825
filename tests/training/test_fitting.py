from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from mlpkg.calibration import softmax
from mlpkg.data.gold import GoldPage
from mlpkg.data.splits import articles_of
from mlpkg.exceptions import DataError, SplitError
from mlpkg.labels import DEFAULT_SCHEME, LabelScheme
from mlpkg.models import SentenceClassifier
from mlpkg.models.checkpoints import Checkpoints
from mlpkg.records import LabelledPage
from mlpkg.training.fitting import fit_on_gold, out_of_fold


@pytest.fixture
def classifier(tiny_encoder):
    return SentenceClassifier(encoder=tiny_encoder, folds=3)


def test_pages_are_learned_with_their_context(classifier, mail, mail_pages):
    fit_on_gold(classifier, mail_pages, mail)
    other = SentenceClassifier(encoder=classifier.encoder, folds=3).fit(
        [page.page for page in mail_pages], [list(page.labels) for page in mail_pages]
    )
    page = mail_pages[0].page
    assert np.array_equal(
        classifier.predict_pages([page])[0], other.predict_pages([page])[0]
    )


def test_rows_without_a_page_are_learned_as_strings(classifier, mail, mail_rows):
    fit_on_gold(classifier, mail_rows, mail)
    texts = [page.page.texts[0] for page in mail_rows]
    other = SentenceClassifier(encoder=classifier.encoder, folds=3).fit(
        texts,
        [page.labels[0] for page in mail_rows],
        groups=articles_of(mail_rows),
    )
    assert np.array_equal(
        classifier.predict_proba(texts[:3]), other.predict_proba(texts[:3])
    )


def test_the_classifier_takes_the_scheme_over(classifier, mail_pages):
    scheme = LabelScheme.from_names(["spam", "other", "ham"], furniture="ham")
    fit_on_gold(classifier, mail_pages, scheme)
    assert classifier.scheme_ == scheme
    assert classifier.classes_.tolist() == ["ham", "spam"]


@pytest.mark.parametrize("kind", ["pages", "rows"])
def test_out_of_fold_judges_every_row_in_order(
    classifier, mail, mail_pages, mail_rows, kind
):
    pages = {"pages": mail_pages, "rows": mail_rows}[kind]
    fit_on_gold(classifier, pages, mail)
    judged = out_of_fold(classifier, pages, mail)
    probabilities = softmax(classifier.crossfit_logits_, classifier.temperature_)
    # The columns of the classifier are sorted: ham, spam.
    assert judged.probabilities == pytest.approx(probabilities[:, ::-1])
    assert judged.y_true == tuple(label for page in pages for label in page.labels)
    assert judged.articles == tuple(page.id for page in pages for _ in page.labels)


def test_rows_with_and_without_an_article_are_not_learned_together(
    classifier, mail, mail_pages, mail_rows
):
    message = r"^2 of 62 training rows name no article \(rows.csv:2, rows.csv:3\), the"
    with pytest.raises(DataError, match=message):
        fit_on_gold(classifier, [*mail_pages, *mail_rows[:2]], mail)


def _opened(pages, every=3):
    """Leave the label of every third span open."""
    return [
        replace(
            page,
            allowed=tuple(
                ("spam", "ham") if (i + place) % every == 0 else None
                for place in range(len(page.spans))
            ),
        )
        for i, page in enumerate(pages)
    ]


@pytest.mark.parametrize("kind", ["pages", "rows"])
def test_partial_labels_are_learned_as_masks_and_not_scored(
    classifier, mail, mail_pages, mail_rows, kind
):
    pages = _opened({"pages": mail_pages, "rows": mail_rows}[kind])
    fit_on_gold(classifier, pages, mail)
    judged = out_of_fold(classifier, pages, mail)
    assert judged.left_out == 20
    assert len(judged.y_true) == 40
    assert judged.y_true == tuple(
        page.labels[place] for page in pages for place in page.decided
    )
    everything = SentenceClassifier(encoder=classifier.encoder, folds=3)
    fit_on_gold(everything, {"pages": mail_pages, "rows": mail_rows}[kind], mail)
    text = [mail_rows[0].page.texts[0]]
    assert not np.array_equal(
        classifier.predict_proba(text), everything.predict_proba(text)
    )


def test_the_label_of_an_open_row_is_not_looked_at(classifier, mail, mail_pages):
    pages = _opened(mail_pages)
    other = [
        replace(
            page,
            labels=tuple(
                label if allowed is None else "spam"
                for label, allowed in zip(page.labels, page.allowed, strict=True)
            ),
        )
        for page in pages
    ]
    first, second = (
        SentenceClassifier(encoder=classifier.encoder, folds=3) for _ in range(2)
    )
    fit_on_gold(first, pages, mail)
    fit_on_gold(second, other, mail)
    page = mail_pages[0].page
    assert np.array_equal(
        first.predict_pages([page])[0], second.predict_pages([page])[0]
    )


@pytest.mark.parametrize("kind", ["pages", "rows"])
def test_weights_of_rows_are_those_of_the_fit(
    classifier, mail, mail_pages, mail_rows, kind
):
    pages = {"pages": mail_pages, "rows": mail_rows}[kind]
    weighted = [
        replace(page, weights=(0.0 if i < 10 and "spam" in page.labels else 2.0,))
        if len(page.spans) == 1
        else replace(page, weights=tuple(range(1, 7)))
        for i, page in enumerate(pages)
    ]
    fit_on_gold(classifier, weighted, mail)
    other = SentenceClassifier(encoder=classifier.encoder, folds=3)
    weights = [list(page.weights) for page in weighted]
    if kind == "pages":
        X, y = [page.page for page in pages], [list(page.labels) for page in pages]
    else:
        X, y = [page.page.texts[0] for page in pages], [p.labels[0] for p in pages]
        weights = [weight for (weight,) in weights]
    other.fit(X, y, sample_weight=weights, groups=articles_of(pages))
    text = [mail_rows[0].page.texts[0]]
    assert np.array_equal(classifier.predict_proba(text), other.predict_proba(text))


def test_out_of_fold_is_not_what_the_final_head_says(classifier, mail, mail_pages):
    fit_on_gold(classifier, mail_pages, mail)
    seen = np.concatenate(classifier.predict_pages([p.page for p in mail_pages]))
    unseen = out_of_fold(classifier, mail_pages, mail).probabilities[:, ::-1]
    assert not np.allclose(np.log(seen), np.log(unseen), atol=0.1)


def test_out_of_fold_needs_folds(tiny_encoder, mail, mail_pages):
    classifier = SentenceClassifier(encoder=tiny_encoder, folds=0)
    fit_on_gold(classifier, mail_pages, mail)
    with pytest.raises(ValueError, match="need folds of at least 2"):
        out_of_fold(classifier, mail_pages, mail)


def test_more_folds_than_articles_are_refused(classifier, mail, mail_pages):
    with pytest.raises(SplitError, match="3 folds need at least 3 groups .* are 2"):
        fit_on_gold(classifier, mail_pages[:2], mail)


@pytest.mark.parametrize("kind", ["pages", "rows"])
def test_finished_folds_are_kept_where_checkpoints_are_given(
    classifier, mail, mail_pages, mail_rows, kind, tmp_path
):
    pages = {"pages": mail_pages, "rows": mail_rows}[kind]
    fit_on_gold(classifier, pages, mail, Checkpoints(tmp_path / "kept"))
    names = sorted(path.name for path in (tmp_path / "kept").iterdir())
    assert names == [f"fold-{fold}.safetensors" for fold in range(3)]


def test_folds_can_keep_the_pages_of_an_outlet_together(tiny_encoder, make_page):
    pages = [
        GoldPage.of(
            LabelledPage(
                replace(
                    page,
                    article=replace(page.article, outlet=f"Outlet {number % 4}"),
                ),
                ("claim", "opinion"),
            )
        )
        for number in range(12)
        for page in [
            make_page(f"It rained {number} times.\nWhat a mess.", f"p{number}")
        ]
    ]
    classifier = SentenceClassifier(encoder=tiny_encoder, folds=4)
    fit_on_gold(classifier, pages, DEFAULT_SCHEME, folds_by="outlet")
    folds_of: dict[str, set[int]] = {}
    for page, fold in zip(pages, classifier.crossfit_folds_[::2], strict=True):
        folds_of.setdefault(page.page.article.outlet, set()).add(int(fold))
    assert sorted(map(len, folds_of.values())) == [1, 1, 1, 1]
