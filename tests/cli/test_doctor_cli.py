import json

import pytest
from joblib import cpu_count


def test_tells_what_the_machine_has(command, tmp_path):
    done = command("doctor", "--no-probe", "--json")
    assert done.code == 0
    facts = json.loads(done.out)
    assert {"mlpkg", "torch"} <= set(facts["versions"])
    computing = facts["computing"]
    assert computing["threads"] >= 1
    crew = computing["bulk_workers"] * computing["threads_of_a_bulk_worker"]
    assert 1 <= crew <= cpu_count()
    assert facts["encoder"]["as_trained"] is True
    assert facts["model"]["name"] == "tuned"
    assert facts["cache"]["path"].startswith(str(tmp_path))
    assert "speed" not in facts


def test_prints_a_section_a_topic(command):
    done = command("doctor", "--no-probe")
    sections = [line for line in done.out.splitlines() if not line.startswith(" ")]
    assert sections[:3] == ["versions:", "machine:", "computing:"]


@pytest.mark.e2e
def test_the_probe_measures_speed(command):
    speed = json.loads(command("doctor", "--json").out)["speed"]
    assert speed["encoded_segments_per_s"] > 0
    assert speed["described_segments_per_s"] > 0
