from __future__ import annotations

import csv

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mlpkg.evaluation.data_check import SHOWN, check_data
from mlpkg.labels import LabelScheme

LONG = "the old quay was closed to all ships on monday by the port office"
KINDS = LabelScheme.from_names(["news", "advert"])


@pytest.fixture
def check(tmp_path):
    """Check rows of text, label, article and perhaps index."""

    def run(*rows, scheme=KINDS):
        path = tmp_path / "rows.csv"
        with path.open("w", newline="", encoding="utf-8") as stream:
            writer = csv.writer(stream)
            writer.writerow(["text", "label", "article", "index"][: len(rows[0])])
            writer.writerows(rows)
        return check_data(path, scheme=scheme)

    return run


def _named(found, check):
    return [finding for finding in found.findings if finding.check == check]


def test_sound_data_give_counts_and_no_finding(check):
    found = check(("It rained.", "news", "a"), ("Buy now!", "advert", "b"))
    assert found.findings == ()
    assert (found.rows, found.articles, found.bare_rows) == (2, 2, 0)
    assert found.labels == {"news": 1, "advert": 1}
    assert found.to_text() == (
        "rows: 2 (news 1, advert 1); articles: 2, rows without an article: 0\n"
        "errors: 0, warnings: 0\n"
    )


def test_rows_that_cannot_be_read_are_errors(check):
    found = check(("", "news"), ("Buy now!", "advrt"), ("It rained.", "news"))
    messages = [finding.message for finding in _named(found, "invalid")]
    assert "line 2: 'text' must be a text that is not empty" in messages[0]
    assert "line 3: unknown label 'advrt'" in messages[1]
    assert "did you mean 'advert'?" in messages[1]
    assert found.errors == 2


def test_bare_rows_with_one_text_and_two_labels_are_an_error(check):
    found = check(("Buy now!", "advert"), ("buy  NOW!", "news"))
    (conflict,) = _named(found, "conflicting labels")
    assert conflict.severity == "error"
    assert "line 3: 'buy  NOW!' is 'news' here and 'advert' at" in conflict.message
    assert "line 2" in conflict.message


@pytest.mark.parametrize(
    ("text", "labels", "severity"),
    [
        (LONG, ("claim", "opinion"), "error"),
        (LONG, ("claim", "boilerplate"), "warning"),
        ("He left.", ("claim", "opinion"), "warning"),
    ],
)
def test_context_excuses_short_rows_and_furniture(check, text, labels, severity):
    scheme = LabelScheme.from_names(["claim", "opinion", "boilerplate"], "boilerplate")
    rows = [(text, label, "ab"[i]) for i, label in enumerate(labels)]
    (conflict,) = _named(check(*rows, scheme=scheme), "conflicting labels")
    assert conflict.severity == severity


def test_copies_are_warnings(check):
    found = check((LONG, "news", "a"), (LONG.upper(), "news", "b"))
    (copy,) = _named(found, "copies")
    assert copy.severity == "warning"
    assert "line 3" in copy.message
    assert "line 2, too; take one out" in copy.message
    assert found.errors == 0


def test_short_copies_count_among_bare_rows_only(check):
    assert _named(check(("Buy!", "advert"), ("Buy!", "advert")), "copies")
    paged = check(("Buy!", "advert", "a"), ("Buy!", "advert", "b"))
    assert not _named(paged, "copies")


def test_near_copies_in_another_article_are_told(check):
    rows = [(LONG, "news", "a"), ("It rained.", "news", "b")]
    found = check(*rows, (f"{LONG} again", "news", "c"))
    (near,) = _named(found, "near-copies")
    assert "line 4" in near.message
    assert "line 2 (similarity 0.9" in near.message


def test_near_copies_inside_an_article_are_not_told(check):
    found = check((LONG, "news", "a"), (f"{LONG} again", "news", "a"))
    assert not _named(found, "near-copies")


@given(st.integers(2, 40), st.data())
def test_near_copies_are_found_whatever_articles_hold_them(tmp_path_factory, n, data):
    first = data.draw(st.integers(0, n - 2))
    second = data.draw(st.integers(first + 1, n - 1))
    texts = [" ".join(f"w{i}x{k}" for k in range(12)) for i in range(n)]
    texts[second] = f"{texts[first]} again"
    path = tmp_path_factory.mktemp("near") / "rows.csv"
    lines = [f"{text},news,a{i}" for i, text in enumerate(texts)]
    path.write_text("\n".join(["text,label,article", *lines]))
    (near,) = _named(check_data(path, scheme=KINDS), "near-copies")
    assert near.message.startswith(f"{path}, line {second + 2}:")
    assert f"line {first + 2} (" in near.message


def test_gaps_in_the_index_of_an_article_are_told(check):
    rows = [(f"Row {i}.", "news", "a", i) for i in (0, 1, 4)]
    (gap,) = _named(check(*rows), "gaps")
    assert "article 'a' has no row of index 2-3 (2 in all);" in gap.message


def test_an_article_that_goes_on_after_another_is_told(check):
    found = check(("One.", "news", "a"), ("Two.", "news", "b"), ("Three.", "news", "a"))
    (gap,) = _named(found, "gaps")
    assert "line 4: article 'a' goes on here after other rows" in gap.message


def test_rows_without_an_article_beside_articles_are_told_once(check):
    found = check(("One.", "news", "a"), ("Two.", "news", ""), ("Three.", "news", ""))
    (gap,) = _named(found, "gaps")
    assert "line 3: no article here and in 1 more rows" in gap.message
    assert found.bare_rows == 2


def test_a_label_that_no_row_has_is_told(check):
    (unused,) = _named(check(("It rained.", "news")), "labels")
    assert "no row is labelled 'advert'" in unused.message


def test_the_text_counts_what_it_does_not_show_and_json_has_all(check):
    found = check(*[(f"Row {i}.", "nws") for i in range(SHOWN + 5)])
    assert "error (invalid): … and 5 more" in found.to_text()
    assert len(found.to_json()["findings"]) == SHOWN + 5
    assert found.to_json()["errors"] == SHOWN + 5
