from __future__ import annotations

from dataclasses import replace

import pytest

from mlpkg.training.audits import audit_folds, audit_pages, audit_side


def _with_facts(gold, **facts):
    """The same page with other facts of its article."""
    article = replace(gold.page.article, **facts)
    return replace(gold, page=replace(gold.page, article=article))


def _row(audit, name):
    (row,) = (row for row in audit.rows if row.name == name)
    return row


def test_a_side_has_a_row_a_decided_span(mail_pages):
    allowed = (None, ("spam", "ham"), None, None, None, None)
    page = _with_facts(
        replace(mail_pages[0], allowed=allowed), outlet="Post", published="2024-03"
    )
    side = audit_side([page, mail_pages[1]])
    assert list(side.articles) == ["watch"] * 5 + ["lamp"] * 6
    texts = page.page.texts
    assert list(side.texts) == [texts[0], *texts[2:], *mail_pages[1].page.texts]
    assert list(side.labels[:5]) == [page.labels[i] for i in (0, 2, 3, 4, 5)]
    assert list(side.sources[:6]) == ["Post"] * 5 + [mail_pages[1].source]
    assert list(side.dates[:6]) == ["2024-03"] * 5 + [""]


def test_rows_without_a_page_have_no_article(mail_rows):
    assert set(audit_side(mail_rows).articles) == {""}


def test_the_source_of_the_data_stands_in_for_an_outlet(mail_pages):
    side = audit_side([replace(mail_pages[0], source="letters")])
    assert set(side.sources) == {"letters"}


def test_different_pages_pass_and_shared_ones_fail(mail_pages, mail):
    name = "shared articles"
    clean = audit_pages(mail_pages[:5], mail_pages[5:], mail)
    assert (_row(clean, name).status, _row(clean, name).count) == ("ok", 0)
    leaky = audit_pages(mail_pages[:6], mail_pages[5:], mail)
    assert (_row(leaky, name).status, _row(leaky, name).count) == ("fail", 1)
    assert leaky.worst == "fail"


def test_folds_show_the_worst_of_each_check(mail_pages, mail):
    clean = audit_folds(mail_pages, [0, 1] * 5, mail)
    assert [row.name for row in clean.rows] == [
        row.name for row in audit_pages(mail_pages[:5], mail_pages[5:], mail).rows
    ]
    assert clean.worst != "fail"
    copy = _with_facts(mail_pages[0], id="copy")
    pages = [*mail_pages, copy]
    apart = audit_folds(pages, [*[0, 1, 2, 1, 2] * 2, 1], mail)
    assert _row(apart, "shared articles").status == "fail"
    together = audit_folds(pages, [*[0, 1, 2, 1, 2] * 2, 0], mail)
    assert _row(together, "shared articles").status == "ok"


def test_a_page_without_a_fold_is_always_trained_on(mail_pages, mail):
    copy = _with_facts(mail_pages[0], id="copy")
    audit = audit_folds([*mail_pages, copy], [*[0, 1] * 5, -1], mail)
    row = _row(audit, "shared articles")
    assert (row.status, row.count) == ("fail", 1)


@pytest.mark.parametrize("seed", [0, 1])
def test_an_audit_is_repeated_by_its_seed(mail_pages, mail, seed):
    first, second = (
        audit_pages(mail_pages[:5], mail_pages[5:], mail, seed=seed) for _ in range(2)
    )
    assert first == second
