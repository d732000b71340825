"""A user's own labelled files as a task."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache, partial

from mlpkg.benchmark.config import TaskSpec
from mlpkg.benchmark.tasks.base import BenchmarkTask, first_pages
from mlpkg.config import Config, DataConfig
from mlpkg.config.objects import make_gold, make_scheme
from mlpkg.data.gold import GoldPage, data_fingerprint
from mlpkg.data.splits import require_disjoint, split_pages
from mlpkg.report.benchmark_records import Task
from mlpkg.training.look import refuse_test_parts

__all__ = ["own_task"]


def own_task(
    spec: TaskSpec, data: DataConfig, most: Mapping[str, int | None]
) -> BenchmarkTask:
    """Make a task of files that `mlpkg.data.gold.load_gold` takes.

    Without ``data.validation`` a share of the articles (`TaskSpec.held_out`) is held
    out, always the same ones.

    Raises
    ------
    DataError
        A file is wrong, or it is a test part of the bundled corpus.
    SplitError
        An article stands on both sides.
    """
    for source in (data.train, data.validation):
        refuse_test_parts(source or "")
    config = Config(data=data)
    parts = cache(partial(_parts, config, spec.held_out))
    train, test = parts()
    scheme = make_scheme(config)
    facts = Task(
        spec.name,
        spec.title or spec.name,
        "the user's own files",
        "",
        spec.licence,
        spec.citation,
        f"{data_fingerprint(train)} {data_fingerprint(test)}",
        data.columns.label,
        "macro_f1",
        "user",
    )
    return BenchmarkTask(
        facts,
        "user",
        scheme,
        {name: (name,) for name in scheme.names},
        train_name=f"{spec.name}:train",
        train=lambda: first_pages(parts()[0], most["train"]),
        test=lambda: first_pages(parts()[1], most["test"]),
    )


def _parts(config: Config, held_out: float) -> tuple[list[GoldPage], list[GoldPage]]:
    """Load both sides."""
    train = make_gold(config, config.data.train)
    if config.data.validation is None:
        shares = {"train": 1 - held_out, "test": held_out}
        found = split_pages(train, parts=shares, seed=0)
        return found["train"], found["test"]
    test = make_gold(config, config.data.validation)
    require_disjoint(train, test)
    return train, test
