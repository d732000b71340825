from __future__ import annotations

from mlpkg.benchmark.config import TaskSpec
from mlpkg.benchmark.tasks import make_task
from mlpkg.data.corpus import corpus_files


def test_learns_from_the_training_part_and_scores_on_validation():
    task = make_task(TaskSpec(name="corpus"), None, max_pages=3)
    parts = {
        part: {file.id for file in corpus_files(part)}
        for part in ("train", "validation")
    }
    assert {page.id for page in task.train()} < parts["train"]
    assert {page.id for page in task.test()} < parts["validation"]
    assert len(task.test()) == 3
    assert task.part == "development"
