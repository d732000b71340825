import os
from pathlib import Path

import numpy as np
import pytest

from mlpkg.training.worker_pool import run_tasks


def _outcomes(work, tasks, jobs):
    return sorted(run_tasks(work, tasks, jobs), key=lambda outcome: outcome.index)


@pytest.mark.parametrize("jobs", [1, 2])
def test_every_task_has_its_outcome(jobs):
    def work(a, b):
        return a / b

    outcomes = _outcomes(work, [(1, 2), (1, 0), (3, 1)], jobs)
    assert [outcome.index for outcome in outcomes] == [0, 1, 2]
    assert [outcome.value for outcome in outcomes] == [0.5, None, 3]
    assert [outcome.error for outcome in outcomes] == [
        "",
        "ZeroDivisionError: division by zero",
        "",
    ]


@pytest.mark.parametrize("jobs", [1, 2])
def test_work_has_one_thread(jobs):
    def work(size):
        from threadpoolctl import threadpool_info

        assert np.ones((size, size)).sum() == size**2
        return [pool["num_threads"] for pool in threadpool_info()]

    (outcome,) = _outcomes(work, [(3,)], jobs)
    assert outcome.error == ""
    assert set(outcome.value) == {1}


def test_a_task_that_kills_its_worker_is_told_and_the_others_are_done(caplog):
    def work(number):
        if number == 2:
            os._exit(1)
        return number

    outcomes = _outcomes(work, [(number,) for number in range(6)], 2)
    assert [outcome.value for outcome in outcomes] == [0, 1, None, 3, 4, 5]
    assert outcomes[2].error.startswith("its worker process died twice")
    assert "a worker process died" in caplog.text


def test_a_task_that_loses_its_worker_once_is_done(tmp_path):
    def work(number, folder):
        if number == 1 and not (Path(folder) / "died").exists():
            (Path(folder) / "died").touch()
            os._exit(1)
        return number

    outcomes = _outcomes(work, [(n, str(tmp_path)) for n in range(3)], 2)
    assert [(o.value, o.error) for o in outcomes] == [(0, ""), (1, ""), (2, "")]
