import pytest

from mlpkg.tracking.run_diff import changed_leaves, diff_runs
from mlpkg.tracking.stored_run import StoredRun

GOLD = ("claim", "opinion", "attribution", "boilerplate") * 8
WORSE = ("claim", "claim", "attribution", "boilerplate") * 8
A, B = "2031-01-02T030405-a-0123abcd", "2031-01-03T030405-b-0123abcd"


def test_changed_leaves_tell_old_new_and_absent_values():
    rows = changed_leaves({"a": {"b": 1, "c": None}, "d": [1]}, {"a": {"b": 2}, "e": 0})
    assert rows == [
        {"path": "a.b", "old": 1, "new": 2},
        {"path": "a.c", "old": None},
        {"path": "d", "old": [1]},
        {"path": "e", "new": 0},
    ]


def test_equal_runs_have_no_difference_but_in_no_score(make_run):
    a, b = (StoredRun(make_run(run_id)) for run_id in (A, B))
    diff = diff_runs(a, b)
    assert diff.config == diff.notes == ()
    assert {row["difference"] for row in diff.scores} == {0}


def test_tells_settings_and_what_they_did_to_the_scores(make_run):
    a = StoredRun(make_run(A))
    b = StoredRun(
        make_run(B, predicted={"out-of-fold": WORSE}, settings={"model": {"C": 0.5}})
    )
    diff = diff_runs(a, b)
    assert diff.config == ({"path": "model.C", "old": 0.03, "new": 0.5},)
    macro, *classes = diff.scores
    assert (macro["part"], macro["metric"]) == ("out-of-fold", "macro_f1")
    assert macro["old"]["value"] == 1
    assert macro["difference"] == pytest.approx((2 / 3 + 0 + 1 + 1) / 4 - 1)
    assert [row["label"] for row in classes] == list(GOLD[:4])
    assert diff.to_json()["scores"][0] == macro


def test_notes_tell_what_the_tables_do_not_show(make_run):
    a = StoredRun(make_run(A, predicted={"out-of-fold": GOLD, "validation": GOLD}))
    facts = {"data_fingerprint": "e" * 64, "git": None}
    b = StoredRun(make_run(B, facts=facts, audit=None))
    notes = "\n".join(diff_runs(a, b).notes)
    assert "different data" in notes
    assert f"commit {'a' * 40} and None" in notes
    assert f"audit of {B} says: none" in notes
    assert f"part 'validation' has scores in {A} alone" in notes


def test_a_missing_score_has_no_difference(make_run):
    a, b = (StoredRun(make_run(run_id)) for run_id in (A, B))
    for row in b.metrics["out-of-fold"]["rows"]:
        if (row["metric"], row["label"]) == ("f1", "claim"):
            row["value"] = None
    row = next(row for row in diff_runs(a, b).scores if row["label"] == "claim")
    assert row["new"]["value"] is None
    assert row["difference"] is None
