from __future__ import annotations

import csv
import sys
from dataclasses import replace

import pytest

from mlpkg.exceptions import DataError, MlpkgError
from mlpkg.models import SentenceClassifier
from mlpkg.training.suspects import Suspect, find_suspects, write_suspects


@pytest.fixture
def classifier(tiny_encoder):
    """An unfitted classifier without context dropout."""
    return SentenceClassifier(encoder=tiny_encoder, folds=3, context_dropout=0)


@pytest.fixture
def need_cleanlab():
    """Skip where the extra is not installed."""
    pytest.importorskip("cleanlab", reason="needs the extra 'data'")


def _turn(page, place):
    """Give one span the other label."""
    labels = list(page.labels)
    labels[place] = {"spam": "ham", "ham": "spam"}[labels[place]]
    return replace(page, labels=tuple(labels))


@pytest.mark.usefixtures("need_cleanlab")
@pytest.mark.parametrize("kind", ["mail_pages", "mail_rows"])
def test_a_turned_label_is_the_most_suspect(request, classifier, mail, kind):
    pages = list(request.getfixturevalue(kind))
    true = pages[4].labels[0]
    pages[4] = _turn(pages[4], 0)
    first = find_suspects(classifier, pages, mail)[0]
    assert (first.article, first.index) == (pages[4].id, 0)
    assert first.text == pages[4].page.texts[0]
    assert (first.given, first.likely) == (pages[4].labels[0], true)
    assert 0 <= first.score < 0.5


@pytest.mark.usefixtures("need_cleanlab")
def test_suspects_are_ranked_and_differ_from_what_is_likely(
    classifier, mail_pages, mail
):
    turned = [
        _turn(page, place) for place, page in zip((0, 4), mail_pages, strict=False)
    ]
    pages = turned + mail_pages[2:]
    found = find_suspects(classifier, pages, mail)
    assert {suspect.article for suspect in found} >= {page.id for page in turned}
    scores = [suspect.score for suspect in found]
    assert scores == sorted(scores)
    assert all(suspect.given != suspect.likely for suspect in found)


@pytest.mark.usefixtures("need_cleanlab")
def test_partial_labels_are_not_judged(classifier, mail_pages, mail):
    turned = _turn(mail_pages[0], 0)
    allowed = (("spam", "ham"), *[None] * (len(turned.spans) - 1))
    pages = [replace(turned, allowed=allowed), *mail_pages[1:]]
    found = find_suspects(classifier, pages, mail)
    assert (turned.id, 0) not in {(s.article, s.index) for s in found}


@pytest.mark.usefixtures("need_cleanlab")
def test_one_label_alone_is_refused(classifier, mail_pages, mail):
    pages = [
        replace(
            page,
            allowed=tuple(
                ("spam", "ham") if label == "spam" else None for label in page.labels
            ),
        )
        for page in mail_pages
    ]
    with pytest.raises(DataError, match="1 labels given for certain"):
        find_suspects(classifier, pages, mail)


def test_without_cleanlab_the_extra_is_named(monkeypatch, classifier, mail_pages, mail):
    monkeypatch.setitem(sys.modules, "cleanlab.filter", None)
    with pytest.raises(MlpkgError, match=r"pip install 'mlpkg\[data\]'"):
        find_suspects(classifier, mail_pages, mail)


@pytest.mark.parametrize("n", [0, 1])
def test_the_table_has_its_header_even_when_empty(tmp_path, n):
    suspect = Suspect("a", 3, "It rained.", "opinion", "claim", 0.1)
    write_suspects(tmp_path / "s.csv", [suspect] * n)
    with (tmp_path / "s.csv").open(newline="") as stream:
        rows = list(csv.reader(stream))
    assert rows[0] == ["article", "index", "text", "given", "likely", "score"]
    assert rows[1:] == [["a", "3", "It rained.", "opinion", "claim", "0.1"]] * n
