import pytest

from mlpkg.bulk import Job
from mlpkg.bulk.attempts import BLAMELESS, Bench, ShardFailure
from mlpkg.bulk.tasks import Tally, Task
from mlpkg.bulk.worker_process import Fault, WorkerBrokenError

A, B, C = (("r.jsonl", "1"), ("r.jsonl", "2"), ("r.jsonl", "3"))


class Scripted:
    """Does what is asked unless a page of its script is among the work."""

    def __init__(self, killers, reading=()):
        self.killers = killers
        self.reading = reading
        self.is_alive = True
        self.facts = {}
        self.tasks = []

    def run(self, task):
        self.tasks.append(task)
        pages = [page for page in (A, B, C) if page not in task.skip]
        together = [page for page in pages if page not in task.alone]
        for page in pages:
            if page in self.reading:
                return Fault("died", "killed", page, ())
        if any(page in self.killers for page in together):
            return Fault("died", "killed", None, tuple(together))
        for page in task.alone - task.skip:
            if page in self.killers:
                return Fault("stalled", "too slow", None, (page,))
        return Tally(pages=len(pages))

    def end(self):
        self.is_alive = False


def finish(worker, tmp_path):
    bench = Bench(Job(), lambda job: worker)
    return bench.finish(Task((), str(tmp_path / "draft")))


def test_a_page_is_left_out_once_it_kills_alone(tmp_path):
    worker = Scripted([B])
    tally = finish(worker, tmp_path)
    assert tally.pages == 2
    [page] = tally.left_out
    assert (page.source, page.record, page.kind, page.reason) == (
        *B,
        "stalled",
        "too slow",
    )
    assert [len(task.alone) for task in worker.tasks] == [0, 3, 3]


def test_several_pages_may_kill(tmp_path):
    tally = finish(Scripted([A, C]), tmp_path)
    assert tally.pages == 1
    assert {(page.source, page.record) for page in tally.left_out} == {A, C}


def test_a_page_that_kills_while_it_is_read_gets_a_second_chance(tmp_path):
    worker = Scripted([], reading=[B])
    tally = finish(worker, tmp_path)
    assert [page.record for page in tally.left_out] == ["2"]
    assert [sorted(task.skip) for task in worker.tasks] == [[], [], [B]]


def test_no_page_is_blamed_for_a_worker_that_died_by_itself(tmp_path):
    class Unlucky(Scripted):
        def run(self, task):
            self.tasks.append(task)
            if len(self.tasks) == 1:
                return Fault("died", "killed", None, (A, B))
            return Tally(pages=3)

    tally = finish(Unlucky([]), tmp_path)
    assert (tally.pages, tally.left_out) == (3, [])


def test_a_shard_that_always_fails_without_a_page_is_given_up(tmp_path):
    class Broken(Scripted):
        def run(self, task):
            self.tasks.append(task)
            return Fault("died", "no memory", None, ())

    worker = Broken([])
    assert finish(worker, tmp_path) == ShardFailure("no memory")
    assert len(worker.tasks) == BLAMELESS


def test_what_a_killed_worker_wrote_is_in_nobodys_way(tmp_path):
    (tmp_path / "draft").write_text("half")
    finish(Scripted([]), tmp_path)
    assert not (tmp_path / "draft").exists()


def test_a_dead_worker_is_replaced(tmp_path):
    first, second = Scripted([]), Scripted([])
    workers = iter([first, second])
    bench = Bench(Job(), lambda job: next(workers))
    assert bench.worker() is first
    first.is_alive = False
    assert bench.worker() is second


def test_a_closed_place_gets_no_worker():
    bench = Bench(Job(), lambda job: Scripted([]))
    bench.close()
    with pytest.raises(WorkerBrokenError, match="the run was ended"):
        bench.worker()
