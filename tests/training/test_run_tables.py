from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import pyarrow.parquet as pq
import pytest

from mlpkg.data.gold import GoldPage
from mlpkg.models import SentenceClassifier
from mlpkg.records import Article, Page
from mlpkg.training.evaluate import judge
from mlpkg.training.fitting import fit_on_gold
from mlpkg.training.run_tables import fold_of_pages, split_table, write_predictions

EMPTY = GoldPage(Page(Article("empty", " "), ()), (), (), ())


@pytest.fixture
def classifier(tiny_encoder):
    return SentenceClassifier(encoder=tiny_encoder, folds=3)


@pytest.fixture
def written(classifier, mail, mail_pages, tmp_path):
    """Write two parts and return the table: ``written(pages, **options)``."""
    fit_on_gold(classifier, mail_pages, mail)

    def write(pages, **options):
        parts = {"out-of-fold": pages[:4], "validation": pages[4:]}
        path = tmp_path / "predictions.parquet"
        judged = {part: judge(classifier, rows, mail) for part, rows in parts.items()}
        folds = {"out-of-fold": [2, 0, 1, 0]}
        write_predictions(path, judged, parts, folds, mail, **options)
        return pq.read_table(path)

    return write


def test_every_page_has_the_fold_of_its_rows(classifier, mail, mail_pages):
    fit_on_gold(classifier, mail_pages, mail)
    folds = fold_of_pages(classifier, mail_pages)
    assert np.repeat(folds, 6).tolist() == classifier.crossfit_folds_.tolist()
    assert set(folds) == {0, 1, 2}


def test_a_page_without_segments_has_no_fold(classifier, mail, mail_pages):
    pages = [EMPTY, *mail_pages[:5], EMPTY, *mail_pages[5:]]
    filled = [page for page in pages if page is not EMPTY]
    fit_on_gold(classifier, filled, mail)
    folds = fold_of_pages(classifier, pages)
    assert (folds[0], folds[6]) == (-1, -1)
    assert folds[1:6] + folds[7:] == fold_of_pages(classifier, filled)


def test_without_cross_fitting_no_page_has_a_fold(tiny_encoder, mail, mail_pages):
    classifier = SentenceClassifier(encoder=tiny_encoder, folds=0)
    fit_on_gold(classifier, mail_pages, mail)
    assert fold_of_pages(classifier, mail_pages) == [-1] * 10


def test_a_split_names_the_articles_of_each_part(mail_pages):
    found = split_table(mail_pages[:3], [1, 0, 1], mail_pages[3:5])
    assert found == {
        "train": ["watch", "lamp", "phone"],
        "validation": ["ladder", "kettle"],
        "folds": {"watch": 1, "lamp": 0, "phone": 1},
    }


def test_a_fold_a_page_is_needed(mail_pages):
    with pytest.raises(ValueError, match="shorter"):
        split_table(mail_pages, [0], [])


def test_predictions_are_a_row_a_span_in_page_order(written, mail_pages):
    table = written(mail_pages)
    rows = table.to_pylist()
    spans = [(page, i) for page in mail_pages for i in range(6)]
    assert [row["part"] for row in rows] == ["out-of-fold"] * 24 + ["validation"] * 36
    assert [row["fold"] for row in rows[::6]] == [2, 0, 1, 0, *[-1] * 6]
    assert [row["article_id"] for row in rows] == [page.id for page, _ in spans]
    assert [row["index"] for row in rows] == [i for _, i in spans]
    assert [row["gold"] for row in rows] == [page.labels[i] for page, i in spans]
    assert [row["text"] for row in rows] == [page.page.texts[i] for page, i in spans]
    for row, (page, i) in zip(rows, spans, strict=True):
        assert (row["start"], row["end"]) == page.spans[i]
        assert row["p_spam"] + row["p_ham"] == pytest.approx(1)
        assert row["confidence"] == row[f"p_{row['label']}"] >= 0.5


def test_columns_and_labels_are_those_of_the_scheme(written, mail_pages):
    table = written(mail_pages)
    assert table.column_names == (
        "part fold article_id index start end text gold label confidence p_spam p_ham "
        "hard outlet genre register english year".split()
    )
    assert json.loads(table.schema.metadata[b"mlpkg.labels"]) == ["spam", "ham"]


def test_words_are_left_out_when_asked(written, mail_pages):
    with_words, without = (written(mail_pages, with_text=t) for t in (True, False))
    assert set(without["text"].to_pylist()) == {""}
    assert without.drop_columns("text") == with_words.drop_columns("text")


def test_only_decided_spans_have_a_row(written, mail_pages):
    allowed = (None, ("spam", "ham"), None, None, None, ("spam", "ham"))
    first = replace(mail_pages[0], allowed=allowed, hard=(False,) * 4 + (True, False))
    rows = written([first, *mail_pages[1:]]).to_pylist()
    assert len(rows) == 58
    assert [row["index"] for row in rows[:5]] == [0, 2, 3, 4, 0]
    assert [row["hard"] for row in rows[:5]] == [False, False, False, True, False]


def test_facts_of_the_article_stand_in_its_rows(written, mail_pages):
    known = replace(
        mail_pages[0].page.article,
        outlet="The Harbour Post",
        published="2024-03-05T10:00",
        meta={"genre": "local", "english": "irish", "hand": "t"},
    )
    page = replace(mail_pages[0], page=replace(mail_pages[0].page, article=known))
    table = written([page, *mail_pages[1:]])
    facts = ("outlet", "genre", "register", "english", "year")
    first, other = table.to_pylist()[0], table.to_pylist()[6]
    assert [first[key] for key in facts] == [
        "The Harbour Post",
        "local",
        "",
        "irish",
        "2024",
    ]
    assert [other[key] for key in facts] == [""] * 5
