from __future__ import annotations

import logging

import pytest

from mlpkg.training import progress
from mlpkg.training.progress import log_each_minute


@pytest.fixture
def clock(monkeypatch):
    """A clock that stands until a test moves it."""

    class Clock:
        now = 1000.0

        def monotonic(self):
            return self.now

    clock = Clock()
    monkeypatch.setattr(progress, "time", clock)
    return clock


def test_a_stage_logs_a_line_a_minute(clock, caplog):
    caplog.set_level(logging.INFO, "mlpkg")
    report = log_each_minute()
    for seconds in range(0, 150, 10):
        clock.now = 1000.0 + seconds
        report("embed", seconds, 150)
    assert caplog.messages == ["embed: 60 of 150", "embed: 120 of 150"]


def test_stages_and_reports_have_minutes_of_their_own(clock, caplog):
    caplog.set_level(logging.INFO, "mlpkg")
    report, other = log_each_minute(), log_each_minute()
    report("embed", 0, 9)
    clock.now += 59
    report("fit", 1, 5)
    other("embed", 1, 9)
    clock.now += 2
    report("embed", 2, 9)
    report("fit", 2, 5)
    other("embed", 2, 9)
    assert caplog.messages == ["embed: 2 of 9"]
