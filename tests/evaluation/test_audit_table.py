from __future__ import annotations

import json

import pytest

from mlpkg.evaluation.audit_table import Audit, AuditRow, AuditSide, worst_of
from mlpkg.exceptions import DataError

AUDIT = Audit(
    (
        AuditRow("shared articles", "ok", 0, 0.0, "0 of 9 articles"),
        AuditRow("same prose", "fail", 12, 0.25, "12 of 48 rows", ("b[3] as a[1]",)),
        AuditRow("time overlap", "ok", None, None, "could not be checked: no date"),
    )
)


def test_json_keeps_the_table():
    stored = json.loads(json.dumps(AUDIT.to_json(), allow_nan=False))
    assert stored["worst"] == "fail"
    assert stored["rows"] == AUDIT.frame()
    assert Audit.from_json(stored) == AUDIT


def test_the_frame_is_tidy():
    keys = ["name", "status", "count", "share", "detail", "examples"]
    assert [list(row) for row in AUDIT.frame()] == [keys] * 3
    assert AUDIT.frame()[1]["examples"] == ["b[3] as a[1]"]


def test_text_is_aligned():
    assert AUDIT.to_text() == (
        "status  check            count  share  detail\n"
        "ok      shared articles      0   0.0%  0 of 9 articles\n"
        "fail    same prose          12  25.0%  12 of 48 rows\n"
        "ok      time overlap         -      -  could not be checked: no date\n"
    )


@pytest.mark.parametrize(
    ("statuses", "worst"),
    [(["ok"], "ok"), (["warn", "ok"], "warn"), (["warn", "fail", "ok"], "fail")],
)
def test_worst_is_the_gravest_status(statuses, worst):
    rows = tuple(AuditRow("x", status, 0, 0.0, "") for status in statuses)
    assert Audit(rows).worst == worst


def _checks(share, status="ok", count=1):
    rows = AuditRow("x", status, count, share, f"{share} of all")
    return Audit((rows, AuditRow("y", "ok", None, None, "could not be checked: no")))


def test_the_worst_fold_of_each_check_is_named_as_such():
    folds = [_checks(0.5), _checks(0.1, "warn"), _checks(0.2, "warn")]
    first, second = worst_of(folds).rows
    assert (first.status, first.share) == ("warn", 0.2)
    assert first.detail == "worst of 3 folds: 0.2 of all"
    assert second.detail == "could not be checked: no"
    assert worst_of(folds[:1]) == folds[0]


def test_a_fold_that_could_be_checked_goes_before_one_that_could_not():
    checked, unchecked = _checks(0.0, count=0), _checks(None, count=None)
    assert worst_of([unchecked, checked]).rows[0].count == 0


def test_a_side_needs_rows_of_equal_length():
    with pytest.raises(
        DataError, match="1 articles, 1 texts, 0 labels, 1 sources, 1 d"
    ):
        AuditSide(["a"], ["t"], [], [""], [""])
    with pytest.raises(DataError, match=r"needs rows.* got 0 articles"):
        AuditSide([], [], [], [], [])
