from __future__ import annotations

import pytest

from mlpkg.articles import RecordFields
from mlpkg.articles.record_fields import resolve_fields
from mlpkg.exceptions import DataError


def resolved(*found, **stated):
    keys = resolve_fields(RecordFields(**stated), found)
    return {key: name for key, name in keys.items() if name}


@pytest.mark.parametrize(
    ("found", "text"),
    [
        (("body", "text"), "text"),
        (("content", "Body"), "Body"),
        (("article", "n"), "article"),
        (("article", "sentence"), "sentence"),
    ],
)
def test_the_likeliest_name_is_taken_for_the_text(found, text):
    assert resolved(*found)["text"] == text


def test_what_the_record_states_is_found_by_the_usual_names():
    found = ("ID", "body", "Headline", "date", "link", "site_name", "lang", "n")
    assert resolved(*found) == {
        "id": "ID",
        "text": "body",
        "title": "Headline",
        "published": "date",
        "url": "link",
        "outlet": "site_name",
        "language": "lang",
    }


def test_a_named_field_leaves_the_other_carriers_alone():
    assert resolved("html", "text", "note", text="note") == {"text": "note"}
    assert resolved("html", "text") == {"html": "html", "text": "text"}


@pytest.mark.parametrize(
    ("found", "stated", "keys"),
    [
        (("doc", "i", "text"), {}, ("doc", "i")),
        (("article_id", "index", "text", "url"), {}, ("article_id", "index")),
        (("page", "text"), {"article": "page"}, ("page", "")),
        (("article", "index", "text"), {}, ("article", "index")),
        (("doc", "text"), {}, ("", "")),
        (("index", "text"), {}, ("", "")),
        (("article", "index"), {}, ("", "")),
        (("article_id", "index", "html", "text"), {}, ("", "")),
    ],
)
def test_rows_are_sentences_where_an_article_and_a_place_are_there(found, stated, keys):
    names = resolve_fields(RecordFields(**stated), found)
    assert (names["article"], names["index"]) == keys


@pytest.mark.parametrize(
    ("stated", "message"),
    [
        ({"text": "txt"}, "no field 'txt' among 'text', 'n'; did you mean 'text'"),
        ({"id": "key"}, r"no field 'key' among 'text', 'n' \(it was named for 'id'\)"),
        (
            {"text": ""},
            "no field with a text among 'text', 'n'; name one with --text-f",
        ),
    ],
)
def test_a_field_that_is_not_there_is_refused_with_those_that_are(stated, message):
    with pytest.raises(DataError, match=message):
        resolved("text", "n", **stated)
