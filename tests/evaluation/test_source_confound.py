from __future__ import annotations

from zlib import crc32

import numpy as np
import pytest

from mlpkg.evaluation.audit_table import AuditSide
from mlpkg.evaluation.source_confound import one_source_labels, source_confound

SHARED = [f"common{i}" for i in range(60)]


def _rows(source, label, n, words, seed, per_article=5):
    """Make rows of words drawn at random, a few an article."""
    draw = np.random.default_rng(crc32(f"{seed}{source}{label}".encode()))
    return [
        (
            f"{source}-{i // per_article}",
            " ".join(draw.choice(words, 12)),
            label,
            source,
            "",
        )
        for i in range(n)
    ]


def _side(rows):
    return AuditSide(*map(list, zip(*rows, strict=True)))


def _corpora(own_words, mixes, seed=0):
    """Make two corpora of given label counts, with or without words of their own."""
    rows = []
    for source, mix in zip(("north", "south"), mixes, strict=True):
        own = [f"{source}{i}" for i in range(60)] if own_words else []
        for label, n in mix.items():
            rows += _rows(source, label, n, SHARED + own, seed)
    return _side(rows)


UNLIKE = ({"claim": 120, "opinion": 40}, {"claim": 40, "opinion": 120})
ALIKE = ({"claim": 80, "opinion": 80},) * 2


def test_sources_with_words_and_label_mixes_of_their_own_are_warned_of():
    row = source_confound(_corpora(True, UNLIKE), None, 0)
    assert row.status == "warn"
    assert row.count == 2
    assert row.share > 0.9
    assert row.examples == ("north", "south")
    assert "(chance 0.50); their label mixes lie 0.50 apart" in row.detail


@pytest.mark.parametrize(
    ("own_words", "mixes", "apart"), [(True, ALIKE, "0.00"), (False, UNLIKE, "0.50")]
)
def test_words_alone_or_mixes_alone_are_no_confound(own_words, mixes, apart):
    row = source_confound(_corpora(own_words, mixes), None, 0)
    assert row.status == "ok"
    assert f"their label mixes lie {apart} apart" in row.detail


def test_words_of_an_article_do_not_tell_its_source():
    rows = []
    for place in range(40):
        source = "north" if place % 2 else "south"
        own = [f"article{place}word{i}" for i in range(10)]
        rows += [
            (f"a{place}", text, label, source, "")
            for _, text, label, _, _ in _rows(source, "claim", 5, own, place)
        ]
    assert 0.25 < source_confound(_side(rows), None, 0).share < 0.75


def test_the_same_seed_gives_the_same_row():
    side = _corpora(False, ({"claim": 300}, {"claim": 300}))
    first = source_confound(side, None, 3)
    assert first == source_confound(side, None, 3)
    assert first.share != source_confound(side, None, 4).share


def test_furniture_is_not_judged():
    side = _corpora(True, ({"menu": 40, "claim": 5}, {"menu": 40, "claim": 5}))
    assert source_confound(side, None, 0).count == 2
    row = source_confound(side, "menu", 0)
    assert (row.status, row.count, row.share) == ("ok", None, None)
    assert "could not be checked: no label has two known sources" in row.detail


def test_a_source_of_one_article_is_not_judged():
    rows = _rows("north", "claim", 40, SHARED, 0)
    rows += _rows("south", "claim", 40, SHARED, 0, per_article=40)
    assert source_confound(_side(rows), None, 0).count is None


def test_rows_without_articles_are_judged():
    rows = _rows("north", "claim", 40, SHARED, 0) + _rows(
        "south", "claim", 40, SHARED, 0
    )
    side = _side([("", *row[1:]) for row in rows])
    assert source_confound(side, None, 0).count == 2


def test_a_label_of_one_source_in_training_is_a_warning():
    train = _corpora(False, ({"claim": 30, "opinion": 30}, {"claim": 30}))
    held_out = _corpora(False, ({"claim": 30}, {"opinion": 30}))
    row = one_source_labels(train, held_out)
    assert (row.status, row.count, row.share) == ("warn", 1, 0.5)
    assert row.examples == ("opinion from north",)


def test_a_label_of_one_source_on_both_sides_is_a_failure():
    side = _corpora(False, ({"claim": 30, "opinion": 30}, {"claim": 30}))
    row = one_source_labels(side, side)
    assert row.status == "fail"
    assert "1 of 2 labels come from one of the 2 sources only, 1 of them on both" in (
        row.detail
    )


def test_a_rare_label_of_one_source_is_no_failure():
    side = _corpora(False, ({"claim": 30, "opinion": 3}, {"claim": 30}))
    assert one_source_labels(side, side).status == "warn"


def test_rows_of_unknown_source_may_be_of_another():
    rows = _rows("north", "claim", 30, SHARED, 0) + _rows("", "claim", 1, SHARED, 0)
    rows += _rows("south", "opinion", 5, SHARED, 0)
    row = one_source_labels(_side(rows), _side(rows))
    assert (row.status, row.examples) == ("warn", ("opinion from south",))


def test_labels_of_many_sources_are_well():
    side = _corpora(False, ALIKE)
    row = one_source_labels(side, side)
    assert (row.status, row.count, row.examples) == ("ok", 0, ())


@pytest.mark.parametrize(("source", "found"), [("", "no"), ("north", "1")])
def test_a_lone_source_cannot_be_checked(source, found):
    side = AuditSide(["a"], ["Rain fell."], ["claim"], [source], [""])
    row = one_source_labels(side, side)
    assert (row.status, row.count) == ("ok", None)
    assert row.detail == f"could not be checked: {found} source known, two needed"
