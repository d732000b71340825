"""Pages of a public corpus, read by its recipe."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any, Literal

from mlpkg.benchmark.tasks.base import BenchmarkTask, PinnedFile, first_pages
from mlpkg.benchmark.tasks.pins import HOW_TO_GET, PINS
from mlpkg.benchmark.tasks.recipes import HeldOut, Recipe, Rule
from mlpkg.data.gold import GoldPage
from mlpkg.data.row_files import read_records
from mlpkg.data.row_pages import pages_of_rows
from mlpkg.data.rows import LabelledRow
from mlpkg.exceptions import DataError
from mlpkg.labels import LabelScheme
from mlpkg.report.benchmark_records import Task

__all__ = ["recipe_task", "row_label"]

Side = Literal["train", "test"]


def recipe_task(
    name: str,
    recipe: Recipe,
    folder: Path,
    most: Mapping[str, int | None],
    pins: Mapping[str, str] = PINS,
) -> BenchmarkTask:
    """Make the task of a recipe.

    Parameters
    ----------
    name, recipe
        A row of `RECIPES`.
    folder
        Where the local form lies.
    most
        Most articles of each side, ``train`` and ``test``; None for all.
    pins
        Checksums by file.
    """
    files = tuple(
        PinnedFile(folder / file, pins[file])
        for file in dict.fromkeys((recipe.train, recipe.test))
    )
    facts = Task(
        name,
        recipe.title,
        recipe.origin,
        recipe.revision,
        recipe.licence,
        recipe.citation,
        " ".join(f"{file.path.name} {file.sha256}" for file in files),
        recipe.field,
        "macro_f1",
        "development",
        recipe.published,
    )
    return BenchmarkTask(
        facts,
        "development",
        LabelScheme.from_names(tuple(recipe.meaning)),
        recipe.meaning,
        train_name=f"{name}:train",
        train=partial(_pages, recipe, folder, "train", most["train"]),
        test=partial(_pages, recipe, folder, "test", most["test"]),
        files=files,
        how_to_get=HOW_TO_GET,
    )


def row_label(record: Mapping[str, Any], rules: tuple[Rule, ...]) -> str | None:
    """Return the label of a row by the first rule that fits, None where none does.

    Examples
    --------
    >>> rules = (Rule("opinion", raw=("SUBJ",)), Rule("not opinion", raw=("OBJ",)))
    >>> row_label({"raw": "OBJ|cue-verb"}, rules), row_label({"raw": "?"}, rules)
    ('not opinion', None)
    """
    return next((rule.label for rule in rules if _fits(record, rule)), None)


def _fits(record: Mapping[str, Any], rule: Rule) -> bool:
    """Tell whether a rule takes a row; a key that the row lacks fits no bound."""
    raw = str(record.get("raw", ""))
    bounds = (rule.least or {}).items()
    return (
        raw.startswith(rule.raw)
        and (not rule.of or record.get("label") in rule.of)
        and all((record.get(key) or 0) >= least for key, least in bounds)
    )


def _pages(
    recipe: Recipe, folder: Path, side: Side, most: int | None
) -> list[GoldPage]:
    """Read one side: whole pages, or rows that share no more than their document."""
    path = folder / getattr(recipe, side)
    rows = list(_rows(recipe, path, side))
    if recipe.whole_pages:
        pages = pages_of_rows(rows, path.name, f"{path}, line")
    else:
        pages = [_lone_row(row, path) for row in rows]
    return [page for page in first_pages(pages, most) if page.decided]


def _lone_row(row: LabelledRow, path: Path) -> GoldPage:
    """Make a page without context of one row, under the id of its document."""
    (page,) = pages_of_rows([row], path.name, f"{path}, line")
    return replace(page, has_context=False)


def _rows(recipe: Recipe, path: Path, side: Side) -> Iterator[LabelledRow]:
    """Yield the rows of one side, open ones with all labels and no weight."""
    labels = tuple(recipe.meaning)
    for number, record in read_records(path):
        if isinstance(record, DataError):
            raise record
        if recipe.held_out and _is_held_out(record, recipe.held_out) != (
            side == "test"
        ):
            continue
        label = row_label(record, recipe.rules)
        yield LabelledRow(
            number,
            record["text"],
            label or labels[0],
            str(record["doc"]),
            None if label else labels,
            1.0 if label else 0.0,
            index=record["i"],
        )


def _is_held_out(record: Mapping[str, Any], held_out: HeldOut) -> bool:
    """Tell whether a row falls to the part that is scored."""
    digest = hashlib.sha256(str(record[held_out.key]).encode()).hexdigest()
    return int(digest[:8], 16) % 100 < held_out.percent
