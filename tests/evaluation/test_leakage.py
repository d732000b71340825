from __future__ import annotations

import pytest

from mlpkg.evaluation.leakage import AuditSide, audit

NAMES = [
    "shared articles",
    "same prose",
    "near-duplicate prose",
    "one-source labels",
    "source confound",
    "shared furniture",
    "time overlap",
]


def _prose(name, words=16):
    """Make a sentence whose words occur nowhere else."""
    return " ".join(f"{name}word{i}" for i in range(words))


def _side(*rows, sources="", dates=""):
    """Make a side of (article, text, label) rows."""
    articles, texts, labels = map(list, zip(*rows, strict=True))
    sources = sources or [""] * len(rows)
    return AuditSide(articles, texts, labels, sources, dates or [""] * len(rows))


def _check(name, train, held_out, furniture="boilerplate", **options):
    rows = audit(train, held_out, furniture=furniture, **options).rows
    return next(row for row in rows if row.name == name)


TRAIN = _side(
    ("a", "Home", "boilerplate"),
    ("a", _prose("a"), "claim"),
    ("b", _prose("b"), "opinion"),
)


def test_a_clean_split_is_well_in_every_check():
    held_out = _side(("c", _prose("c"), "claim"), ("c", "Menu", "boilerplate"))
    result = audit(TRAIN, held_out, furniture="boilerplate")
    assert [row.name for row in result.rows] == NAMES
    assert {row.status for row in result.rows} == {"ok"}
    assert result.worst == "ok"


def test_a_shared_article_is_a_failure_by_id():
    held_out = _side(("a", _prose("x"), "claim"), ("c", _prose("c"), "claim"))
    row = _check("shared articles", TRAIN, held_out)
    assert (row.status, row.count, row.share) == ("fail", 1, 0.5)
    assert row.examples == ("a",)
    assert row.detail.endswith("1 by id, 0 by text")


def test_a_shared_article_is_a_failure_under_another_id():
    held_out = _side(("z", "HOME", "claim"), ("z", _prose("a") + "\n", "claim"))
    row = _check("shared articles", TRAIN, held_out)
    assert (row.status, row.examples) == ("fail", ("z (in training a)",))


def test_a_lone_furniture_line_does_not_make_an_article():
    row = _check(
        "shared articles",
        _side(("a", "Home", "boilerplate")),
        _side(("b", "Home", "boilerplate")),
    )
    assert (row.status, row.count) == ("ok", 0)


def test_rows_without_articles_cannot_be_compared_by_article():
    bare = _side(("", _prose("a"), "claim"))
    row = _check("shared articles", bare, bare)
    assert (row.status, row.count, row.share) == ("ok", None, None)
    assert "could not be checked: no row on one of the sides names" in row.detail


@pytest.mark.parametrize(("others", "status"), [(200, "warn"), (50, "fail")])
def test_copied_prose_fails_above_one_percent(others, status):
    rows = [(f"c{i}", _prose(f"c{i}x"), "claim") for i in range(others)]
    copy = ("d", f"  {_prose('a').upper()}", "claim")
    row = _check("same prose", TRAIN, _side(*rows, copy))
    assert (row.status, row.count) == (status, 1)
    assert row.share == pytest.approx(1 / (others + 1))
    assert row.examples == (f"d[{others}] as a[1]",)


def test_short_rows_and_furniture_are_not_prose():
    line = _prose("line")
    train = _side(("a", "She said no.", "claim"), ("a", line, "boilerplate"))
    held_out = _side(("b", "She said no.", "claim"), ("b", line, "boilerplate"))
    row = _check("same prose", train, held_out)
    assert row.detail == (
        "could not be checked: one of the sides has no prose row of 8 words"
    )
    assert _check("same prose", train, held_out, furniture=None).count == 1


def test_near_copies_are_found_apart_from_copies():
    near = _prose("a") + " again"
    held_out = _side(("c", near, "claim"), ("d", _prose("b"), "claim"))
    row = _check("near-duplicate prose", TRAIN, held_out)
    assert (row.status, row.count, row.share) == ("fail", 1, 0.5)
    assert row.examples == ("c[0] as a[1]",)


def test_examples_name_rows_without_their_words():
    held_out = _side(("c", f"{_prose('a')}", "claim"))
    found = audit(TRAIN, held_out, furniture="boilerplate")
    assert "aword0" not in str(found.to_json())
    row = _check("same prose", TRAIN, held_out)
    assert row.examples == ("c[0] as a[1]",)


def test_five_examples_are_shown():
    rows = [(f"c{i}", _prose("a"), "claim") for i in range(9)]
    row = _check("same prose", TRAIN, _side(*rows))
    assert (row.count, len(row.examples)) == (9, 5)


@pytest.mark.parametrize(("known", "status"), [(1, "ok"), (2, "warn")])
def test_shared_furniture_is_never_a_failure(known, status):
    lines = ["home ", "HOME", "Menu", "Share"][2 - known :][:3]
    held_out = _side(*((f"c{i}", line, "boilerplate") for i, line in enumerate(lines)))
    row = _check("shared furniture", TRAIN, held_out)
    assert (row.status, row.count) == (status, known)
    assert row.share == pytest.approx(known / 3)


@pytest.mark.parametrize(
    ("furniture", "reason"),
    [(None, "the scheme has no furniture label"), ("menu", "has no 'menu' row")],
)
def test_furniture_that_is_unknown_cannot_be_checked(furniture, reason):
    row = _check("shared furniture", TRAIN, TRAIN, furniture)
    assert (row.status, row.count) == ("ok", None)
    assert reason in row.detail


@pytest.mark.parametrize(
    ("newest", "dates", "count", "status"),
    [
        ("2024-05-01", ["2024-05-01", "2024-06"], 0, "ok"),
        ("2024-05-01", ["2024-04-30T23:00", "2024-06-01"], 1, "ok"),
        ("2024-05-01", ["2023", "2024-04"], 2, "warn"),
        ("2024-05-01", ["2024", "2024"], 0, "ok"),
        ("2024", ["2024-01-01", "2023-12-31"], 1, "ok"),
        ("2024-05-01", ["2020", ""], 1, "warn"),
    ],
)
def test_articles_older_than_the_newest_of_training_are_counted(
    newest, dates, count, status
):
    rows = [("a", _prose("a"), "claim"), ("b", _prose("b"), "claim")]
    train = _side(*rows, dates=["2022-01-01", newest])
    held_out = _side(*((f"new-{a}", t, k) for a, t, k in rows), dates=dates)
    row = _check("time overlap", train, held_out)
    assert (row.status, row.count) == (status, count)
    assert row.share == count / len([date for date in dates if date])
    assert f"({newest})" in row.detail


def test_without_dates_time_cannot_be_checked():
    row = _check("time overlap", TRAIN, TRAIN)
    assert (row.status, row.count) == ("ok", None)
    assert "no article on one of the sides has a date" in row.detail


def test_the_bundled_corpus_shares_no_article_between_its_parts():
    from mlpkg.data.corpus import load_corpus

    def side(part):
        rows = [
            (page.id, segment.text, label)
            for page in load_corpus(part)
            for segment, label in zip(page.page.segments, page.labels, strict=True)
        ]
        return _side(*rows)

    result = audit(side("train"), side("validation"), furniture="boilerplate")
    assert [row.count for row in result.rows[:2]] == [0, 0]
