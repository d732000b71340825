from __future__ import annotations

import json
import logging
import re
from datetime import UTC, datetime

import pytest

from mlpkg.exceptions import DataError
from mlpkg.tracking import RunFolder, run_folder
from mlpkg.tracking.lock import LOCK, is_held

HASH = "0123456789abcdef"


class _FixedClock:
    """A clock that stands still: every run begins in the same second."""

    @staticmethod
    def now(zone):
        return datetime(2024, 3, 5, 6, 7, 8, tzinfo=zone)


@pytest.fixture
def fixed_clock(monkeypatch):
    monkeypatch.setattr(run_folder, "datetime", _FixedClock)


@pytest.fixture
def package_log():
    """The package's logger, put back as it was."""
    logger = logging.getLogger("mlpkg")
    level, handlers = logger.level, list(logger.handlers)
    logger.setLevel(logging.NOTSET)
    yield logger
    logger.setLevel(level)
    logger.handlers[:] = handlers


def _names(root):
    return sorted(path.name for path in root.iterdir())


def test_the_folder_gets_its_name_at_the_end(tmp_path, fixed_clock):
    root = tmp_path / "some" / "runs"
    with RunFolder(root, "demo", HASH) as run:
        run.write_text("card.md", "é\n")
        run.write_json("metrics.json", {"é": 0.5})
        assert not run.path.exists()
        assert _names(root) == [".2024-03-05T060708-demo-01234567"]
    assert run.path == root / "2024-03-05T060708-demo-01234567"
    assert _names(root) == [run.path.name]
    assert _names(run.path) == ["card.md", "log.txt", "metrics.json", "run.json"]
    assert (run.path / "card.md").read_text(encoding="utf-8") == "é\n"
    metrics = (run.path / "metrics.json").read_text(encoding="utf-8")
    assert metrics == '{\n  "é": 0.5\n}\n'


def test_a_lock_tells_that_its_process_lives(tmp_path):
    with RunFolder(tmp_path, "demo", HASH) as run:
        assert is_held(run.work / LOCK)
    assert not (run.path / LOCK).exists()


def test_the_name_begins_with_the_utc_time(tmp_path):
    before = datetime.now(UTC).replace(microsecond=0)
    name = RunFolder(tmp_path, "demo", HASH).path.name
    stamp = datetime.strptime(name[:17] + "+0000", "%Y-%m-%dT%H%M%S%z")
    assert before <= stamp <= datetime.now(UTC)
    assert ":" not in name


@pytest.mark.parametrize("error", [ValueError, KeyboardInterrupt, SystemExit])
def test_nothing_is_left_after_an_exception(tmp_path, error, package_log):
    before = list(package_log.handlers)

    def fail():
        with RunFolder(tmp_path, "demo", HASH) as run:
            run.write_text("half.txt", "half")
            raise error("stop")

    with pytest.raises(error, match="stop"):
        fail()
    assert _names(tmp_path) == []
    assert package_log.handlers == before
    assert package_log.level == logging.NOTSET


def test_nothing_is_left_where_the_facts_cannot_be_written(tmp_path):
    def fail():
        with RunFolder(tmp_path, "demo", HASH) as run:
            run.facts["macro_f1"] = float("nan")

    with pytest.raises(DataError, match=r"run\.json: Out of range float"):
        fail()
    assert _names(tmp_path) == []


def test_two_runs_in_one_second_get_two_folders(tmp_path, fixed_clock):
    for number in (1, 2, 3):
        with RunFolder(tmp_path, "demo", HASH) as run:
            run.write_text("number.txt", str(number))
    base = "2024-03-05T060708-demo-01234567"
    assert _names(tmp_path) == [base, f"{base}-2", f"{base}-3"]
    assert (tmp_path / f"{base}-2" / "number.txt").read_text() == "2"
    assert json.loads((run.path / "run.json").read_text())["id"] == f"{base}-3"


def test_two_runs_that_are_open_at_once_get_two_folders(tmp_path, fixed_clock):
    with RunFolder(tmp_path, "demo", HASH) as first:
        with RunFolder(tmp_path, "demo", HASH) as second:
            second.write_text("who.txt", "second")
        first.write_text("who.txt", "first")
    assert first.path != second.path
    assert (first.path / "who.txt").read_text() == "first"
    assert (second.path / "who.txt").read_text() == "second"


def test_run_json_tells_what_a_repetition_needs(tmp_path, monkeypatch):
    monkeypatch.setattr(run_folder, "git_state", lambda folder: None)
    with RunFolder(tmp_path, "demo", HASH) as run:
        run.facts |= {"seed": 7}
        run.lap("fit", 1.23456)
    found = json.loads((run.path / "run.json").read_text(encoding="utf-8"))
    assert found["id"] == run.path.name
    assert found["status"] == "finished"
    assert found["seed"] == 7
    assert found["git"] is None
    assert found["versions"]["mlpkg"]
    assert found["machine"]["cores"] >= 1
    assert found["timings_s"]["fit"] == 1.235
    assert found["timings_s"]["total"] >= 0


def test_the_log_of_the_package_is_kept_whatever_the_caller_shows(
    tmp_path, package_log
):
    logging.getLogger("mlpkg.training").info("before")
    with RunFolder(tmp_path, "demo", HASH) as run:
        logging.getLogger("mlpkg.training").info("fit: %.1f s — ok", 1.5)
        logging.getLogger("another").warning("not ours")
    logging.getLogger("mlpkg.training").info("after")
    (line,) = (run.path / "log.txt").read_text(encoding="utf-8").splitlines()
    assert re.fullmatch(r"[\d-]+ [\d:,]+ mlpkg\.training fit: 1\.5 s — ok", line)


def test_a_level_that_tells_more_is_left_alone(tmp_path, package_log):
    package_log.setLevel(logging.DEBUG)
    with RunFolder(tmp_path, "demo", HASH) as run:
        package_log.debug("a detail")
    assert package_log.level == logging.DEBUG
    assert "a detail" in (run.path / "log.txt").read_text(encoding="utf-8")


@pytest.mark.parametrize("value", [float("nan"), float("inf")])
def test_json_without_a_number_is_refused(tmp_path, value):
    with (
        RunFolder(tmp_path, "demo", HASH) as run,
        pytest.raises(DataError, match=r"metrics\.json: Out of range float values"),
    ):
        run.write_json("metrics.json", {"rows": [value]})
    assert not (run.path / "metrics.json").exists()
