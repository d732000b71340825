"""A real scheduler with real workers on the loopback interface."""

import os
import signal
import sys

import pytest

pytest.importorskip("distributed", reason="needs the extra dask")

from mlpkg.bulk import Job, run_bulk
from mlpkg.bulk.cluster import connect
from mlpkg.exceptions import DataError

pytestmark = [
    pytest.mark.skipif(sys.platform == "win32", reason="needs POSIX signals"),
    pytest.mark.filterwarnings("ignore::DeprecationWarning"),
    pytest.mark.filterwarnings("ignore::ResourceWarning"),
]


@pytest.fixture(autouse=True)
def environment():
    """Put back what dask sets for its workers, OMP_NUM_THREADS=1 above all.

    Later tests compare what processes of both kinds compute, digit by digit.
    """
    before = dict(os.environ)
    yield
    os.environ.clear()
    os.environ.update(before)


def test_a_machine_lost_in_mid_run_costs_no_row(
    make_pages, tmp_path, read_shards, quarantine
):
    from distributed import Client, LocalCluster

    pages = make_pages(24, {7: "KILL-THE-WORKER"})
    killed = []

    def kill_one(stage, done, known):
        if not killed:
            address = next(iter(client.nthreads()))
            [pid] = client.run(os.getpid, workers=[address]).values()
            killed.append(pid)
            os.kill(pid, signal.SIGKILL)

    with (
        LocalCluster(
            n_workers=2,
            threads_per_worker=1,
            dashboard_address=":0",
            scheduler_kwargs={"allowed_failures": 3},
        ) as cluster,
        Client(cluster) as client,
    ):
        result = run_bulk(
            [str(pages)],
            tmp_path / "out",
            Job(loader="tiny_bulk:load", pages=3),
            cluster=cluster.scheduler_address,
            report=kill_one,
        )
    assert killed
    assert (result.shards, result.failed) == (8, ())
    ids = [row["article_id"] for row in read_shards(tmp_path / "out")]
    distinct = list(dict.fromkeys(ids))
    assert distinct == [f"p{n:03}.txt" for n in range(24) if n != 7]
    assert len(ids) == 3 * len(distinct)
    [page] = quarantine(tmp_path / "out")
    assert page["kind"] == "died"


def test_an_address_without_a_scheduler_is_told():
    import dask

    with (
        dask.config.set({"distributed.comm.timeouts.connect": "1s"}),
        pytest.raises(DataError, match="no dask scheduler at 'tcp://127.0.0.1:9'"),
        connect("tcp://127.0.0.1:9", 1),
    ):
        pass
