"""The tasks of a benchmark: the look-up table by name."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from difflib import get_close_matches
from functools import partial
from pathlib import Path

from mlpkg.benchmark.config import TaskSpec
from mlpkg.benchmark.tasks.base import BenchmarkTask
from mlpkg.benchmark.tasks.corpus_task import corpus_task
from mlpkg.benchmark.tasks.main_texts import main_text_task
from mlpkg.benchmark.tasks.own_task import own_task
from mlpkg.benchmark.tasks.recipe_pages import recipe_task
from mlpkg.benchmark.tasks.recipes import RECIPES
from mlpkg.exceptions import ConfigError

__all__ = ["TASKS", "make_task"]

Most = Mapping[str, int | None]

TASKS: dict[str, Callable[[Path, Most], BenchmarkTask]] = {
    "corpus": lambda _folder, most: corpus_task(most),
    **{name: partial(recipe_task, name, recipe) for name, recipe in RECIPES.items()},
    "wcxb-html": main_text_task,
}


def make_task(
    spec: TaskSpec, folder: Path, max_pages: int | None = None
) -> BenchmarkTask:
    """Return a task.

    Parameters
    ----------
    spec
        Its settings; without ``data`` the name is one of `TASKS`.
    folder
        Where the public corpora lie.
    max_pages
        Most articles of both sides, on top of those of the settings.

    Raises
    ------
    ConfigError
        The name is not known; the message lists the names and the nearest.
    """
    most = {
        "train": _least(spec.train_pages, max_pages),
        "test": _least(spec.test_pages, max_pages),
    }
    if spec.data is not None:
        return own_task(spec, spec.data, most)
    if spec.name not in TASKS:
        near = get_close_matches(spec.name, TASKS, n=1)
        hint = f"; did you mean {near[0]!r}?" if near else ""
        raise ConfigError(
            f"unknown task {spec.name!r}; known: {', '.join(TASKS)}{hint} (a task on "
            "files of your own has a section data with train)"
        )
    return TASKS[spec.name](folder, most)


def _least(*bounds: int | None) -> int | None:
    """Return the lowest of the bounds that are given."""
    return min((bound for bound in bounds if bound is not None), default=None)
