from __future__ import annotations

import pytest

from mlpkg.articles import RecordFields
from mlpkg.articles.record_articles import article_of_sentences, articles_of_records
from mlpkg.exceptions import DataError
from mlpkg.records import Article
from mlpkg.segmentation import Segmenter


def articles(*records, **stated):
    placed = articles_of_records(
        enumerate(records, start=1), "r.jsonl", RecordFields(**stated)
    )
    found = []
    for _, article in placed:
        assert isinstance(article, Article), article
        found.append(article)
    return found


def cut(article):
    return Segmenter().segment(article).texts


def test_a_record_is_an_article_with_what_it_states():
    (article,) = articles(
        {"id": 7.0, "text": "A\r\nB", "title": " T ", "date": "2026-11-21", "url": None}
    )
    assert article == Article(
        "7", "A\nB", title="T", published="2026-11-21", meta={"record": "1"}
    )


def test_a_record_without_an_id_is_named_by_file_and_place():
    assert [a.id for a in articles({"text": "A"}, {"text": "B", "id": ""})] == [
        "r.jsonl#1",
        "r.jsonl#2",
    ]


def test_ready_made_sentences_are_the_segments_as_they_stand():
    sentences = ["It rained. We left.", " Home | News ", "", "Two\nlines."]
    (article,) = articles({"sentences": sentences, "text": "Another."})
    assert cut(article) == ["It rained. We left.", "Home | News", "Two\nlines."]
    assert article.text.split("\n")[0] == sentences[0]


def test_sentences_longer_than_any_block_stay_whole():
    long = "It rained. " * 5000
    assert cut(article_of_sentences("a", [long, "End."])) == [long.strip(), "End."]


def test_markup_is_read_before_the_text_beside_it():
    (article,) = articles({"html": "<title>T</title><p>Hi</p>", "text": "Ho"})
    assert (article.text, article.title, len(article.blocks)) == ("Hi", "T", 1)


def test_the_record_overrules_what_the_page_says_of_itself():
    (article,) = articles({"html": "<title>T</title><p>Hi</p>", "title": "Record's"})
    assert article.title == "Record's"


def test_a_document_under_the_name_of_a_text_is_read_as_markup():
    (article,) = articles({"content": "<!DOCTYPE html><p>Hi</p>"})
    assert article.text == "Hi"


def test_bytes_are_decoded():
    html = '<meta charset="cp1252"><p>Café</p>'.encode("cp1252")
    assert [a.text for a in articles({"html": html})] == ["Café"]
    assert [a.text for a in articles({"text": "Café".encode("utf-16")})] == ["Café"]


def test_rows_of_an_article_are_its_sentences_in_order():
    first, second = articles(
        {"doc": "a", "i": 2, "text": "It rained. We left.", "url": None},
        {"doc": "a", "i": "1", "text": "Home", "url": "http://a"},
        {"doc": "b", "i": 0, "text": "One."},
        {"doc": "b", "i": 1, "text": "Two."},
    )
    assert cut(first) == ["Home", "It rained. We left."]
    assert (first.id, first.url, first.meta["record"]) == ("a", "http://a", "1")
    assert (second.id, cut(second)) == ("b", ["One.", "Two."])


def test_a_single_row_may_be_a_whole_page_unless_it_was_named_a_sentence():
    row = {"doc": "a", "i": 1, "text": "It rained. We left."}
    assert cut(articles(row)[0]) == ["It rained.", "We left."]
    assert cut(articles(row, article="doc")[0]) == ["It rained. We left."]


def test_what_came_before_a_broken_file_is_kept():
    def records():
        yield 1, {"doc": "a", "i": 1, "text": "It rained."}
        raise DataError("broken")

    placed = articles_of_records(records(), "r.csv", RecordFields())
    assert next(placed)[1].text == "It rained."
    with pytest.raises(DataError, match="broken"):
        next(placed)
