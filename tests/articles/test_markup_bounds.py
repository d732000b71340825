from __future__ import annotations

import pytest

from mlpkg.articles.markup_bounds import MAX_ATTRIBUTES, MAX_TAGS, check_markup
from mlpkg.exceptions import DataError


@pytest.mark.parametrize(
    "markup",
    [
        "<p>" * MAX_TAGS,
        "<p " + "a " * (MAX_ATTRIBUTES - 2) + ">",
        "<img src='data:" + "/abc" * MAX_ATTRIBUTES + "'>",
        "<pre>" + "word " * MAX_ATTRIBUTES * 2,
        "<script>if (a < 9) b = '" + "c " * MAX_ATTRIBUTES + "'</script>",
    ],
    ids=["tags", "attributes", "a picture in a tag", "a long text", "a script"],
)
def test_large_pages_pass(markup):
    check_markup(markup)


@pytest.mark.parametrize(
    ("markup", "message"),
    [
        ("<p>" * (MAX_TAGS + 1), "200,001 tags, at most 200,000 are read as one page"),
        ("Hi<p " + "a " * MAX_ATTRIBUTES + ">", r"20,00\d attributes at character 2;"),
        (
            "<p>" * 6000 + "<p " + "a " * MAX_ATTRIBUTES,
            "attributes at character 18,000;",
        ),
    ],
)
def test_what_would_take_minutes_is_refused(markup, message):
    with pytest.raises(DataError, match=message):
        check_markup(markup)
