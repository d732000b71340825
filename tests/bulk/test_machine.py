import joblib
import pytest

from mlpkg.bulk.machine import Crew, choose_crew
from mlpkg.exceptions import ConfigError


@pytest.mark.parametrize(
    ("cores", "given", "expected"),
    [
        (1, {}, Crew(1, 1)),
        (2, {}, Crew(2, 1)),
        (16, {}, Crew(16, 1)),
        (16, {"workers": 4}, Crew(4, 4)),
        (16, {"threads": 8}, Crew(2, 8)),
        (2, {"threads": 4}, Crew(1, 4)),
        (2, {"workers": 8}, Crew(8, 1)),
    ],
)
def test_workers_and_threads_fill_the_cores(monkeypatch, cores, given, expected):
    monkeypatch.setattr(joblib, "cpu_count", lambda: cores)
    assert choose_crew(**given) == expected


def test_none_at_all_is_refused():
    with pytest.raises(ConfigError, match="must be at least 1"):
        choose_crew(workers=0)
