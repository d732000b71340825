import json
import re

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from mlpkg.evaluation.audit_table import Audit, AuditRow
from mlpkg.exceptions import DataError
from mlpkg.tracking.stored_run import StoredRun, leaves


def test_gives_back_every_part_of_a_run(make_run):
    run = StoredRun(make_run("2031-01-02T030405-small-0123abcd"))
    assert run.id == "2031-01-02T030405-small-0123abcd"
    assert run.run["n_pages"] == 8
    assert run.config["name"] == "small"
    assert run.metrics["out-of-fold"]["n_segments"] == 32
    assert run.splits["train"][0] == "page-0"
    assert run.audit_status == "ok"
    assert run.labels == ("claim", "opinion", "attribution", "boilerplate")
    assert [row["label"] for row in run.predictions[:2]] == ["claim", "opinion"]


def test_reads_only_the_columns_that_are_asked_for(make_run):
    rows = StoredRun(make_run()).prediction_rows(["part", "gold"])
    assert rows[0] == {"part": "out-of-fold", "gold": "claim"}


def test_a_run_keeps_its_id_when_its_folder_is_renamed(make_run):
    folder = make_run("2031-01-02T030405-small-0123abcd")
    run = StoredRun(folder.rename(folder.with_name("best")))
    assert run.id == "2031-01-02T030405-small-0123abcd"


def test_a_run_without_audit_says_so(make_run):
    run = StoredRun(make_run(audit=None))
    assert run.audit is None
    assert run.checks == {}
    assert run.audit_status == "none"


@pytest.mark.parametrize(
    ("words", "gravest"), [(["ok", "warn"], "warn"), (["fail", "warn"], "fail")]
)
def test_the_status_of_the_audit_is_its_gravest_word(make_run, words, gravest):
    rows = [AuditRow("a check", word, 0, None, "nothing") for word in words]
    audit = Audit(tuple(rows)).to_json()
    assert StoredRun(make_run(audit=audit)).audit_status == gravest


def test_refuses_a_folder_that_is_no_run(tmp_path):
    with pytest.raises(DataError, match=r"holds no run\.json"):
        StoredRun(tmp_path)


def test_a_damaged_part_is_told_when_it_is_asked_for(make_run):
    folder = make_run()
    (folder / "metrics.json").write_text('{"out-of-fold": ')
    (folder / "splits.json").write_text("[]")
    (folder / "config.yaml").write_text("a: [")
    (folder / "audit.json").write_text('{"out-of-fold": 3}')
    (folder / "predictions.parquet").write_bytes(b"PAR1 and no more")
    run = StoredRun(folder)
    assert run.run["status"] == "finished"
    with pytest.raises(DataError, match=r"metrics\.json: not JSON .*line 1"):
        _ = run.metrics
    with pytest.raises(DataError, match=r"splits\.json: holds a list where an object"):
        _ = run.splits
    with pytest.raises(DataError, match=r"config\.yaml: not YAML .*line 1"):
        _ = run.config
    with pytest.raises(DataError, match=r"audit\.json: part 'out-of-fold' is no audit"):
        _ = run.audit_status
    with pytest.raises(DataError, match=r"predictions\.parquet: not a whole Parquet"):
        _ = run.predictions


def test_a_missing_part_is_told_by_its_name(make_run):
    folder = make_run()
    (folder / "config.yaml").unlink()
    place = re.escape(str(folder / "config.yaml"))
    with pytest.raises(DataError, match=f"{place}: missing from the run"):
        _ = StoredRun(folder).config


def test_refuses_metrics_that_no_table_can_be_made_from(make_run):
    folder = make_run()
    (folder / "metrics.json").write_text(json.dumps({"validation": {"labels": []}}))
    with pytest.raises(DataError, match="part 'validation' is no evaluation"):
        _ = StoredRun(folder).metrics


def test_predictions_of_an_older_version_say_what_they_lack(make_run):
    folder = make_run()
    pq.write_table(pa.table({"gold": ["claim"]}), folder / "predictions.parquet")
    run = StoredRun(folder)
    with pytest.raises(DataError, match="no column 'part'; the run is older"):
        run.prediction_rows(["gold", "part"])
    with pytest.raises(DataError, match=r"no 'mlpkg\.labels' in the metadata"):
        _ = run.labels


def test_leaves_keep_lists_and_empty_sections_whole():
    assert leaves({"a": {"b": {"c": [1]}, "d": {}}, "e": None}) == {
        "a.b.c": [1],
        "a.d": {},
        "e": None,
    }
