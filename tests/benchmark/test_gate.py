from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from mlpkg.benchmark.gate import check_gate, load_gate
from mlpkg.data.gold import data_fingerprint, load_gold
from mlpkg.exceptions import ConfigError, DataError

GATE = Path(__file__).parents[2] / "experiments" / "gate.yaml"
FLOOR = {"score": "accuracy", "at_least": 0.5, "reason": "measured in a test"}


@pytest.fixture
def write(own_rows, tmp_path):
    """Write a gate on tiny rows: ``write(fingerprint="x")``."""

    def gate(**more):
        rows = own_rows("rows.jsonl", "ab")
        facts = {
            "model": "default",
            "data": str(rows),
            "fingerprint": data_fingerprint(load_gold(rows)),
            "floors": [FLOOR],
        }
        path = tmp_path / "gate.yaml"
        path.write_text(yaml.safe_dump(facts | more), encoding="utf-8")
        return path

    return gate


@pytest.mark.e2e
@pytest.mark.skipif(not GATE.is_file(), reason="the floors are in the checkout alone")
def test_the_model_that_ships_stands_above_its_floors():
    lines = check_gate(GATE)
    assert [line.to_text() for line in lines if not line.holds] == []
    assert {line.floor.label for line in lines} >= {"", "claim", "opinion"}


@pytest.mark.e2e
def test_a_score_under_its_floor_is_told_with_the_reason(write):
    floors = [FLOOR | {"at_least": 0.01}, FLOOR | {"at_least": 1.0}]
    low, high = check_gate(write(floors=floors))
    assert low.holds
    assert "measured in a test" not in low.to_text()
    if not high.holds:
        assert "UNDER" in high.to_text()
        assert "measured in a test" in high.to_text()


def test_other_data_need_other_floors(write):
    with pytest.raises(DataError, match="measure anew"):
        check_gate(write(fingerprint="0"))


def test_a_floor_needs_a_reason(write):
    with pytest.raises(ConfigError, match="floors.0.reason"):
        load_gate(write(floors=[{"score": "accuracy", "at_least": 0.5, "reason": ""}]))
