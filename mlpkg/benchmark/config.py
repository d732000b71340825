"""The settings of a benchmark: which classifiers, on which tasks, measured how.

Data only; `mlpkg.benchmark.loading` reads them from YAML.
"""

from __future__ import annotations

import re
from typing import Annotated, Any

from pydantic import AfterValidator, BeforeValidator, Field

from mlpkg.config import DataConfig, EvaluationConfig
from mlpkg.config.section import Count, Float, Section, Text

__all__ = [
    "BenchmarkConfig",
    "ClassifierSpec",
    "CrossCorpus",
    "FewShot",
    "Limits",
    "TaskSpec",
]

_NAME = r"^[A-Za-z0-9][A-Za-z0-9._-]{0,79}$"


def _file_name(name: str) -> str:
    """Refuse what could not be part of a row's path."""
    if not re.fullmatch(_NAME, name):
        raise ValueError(
            "must be 1 to 80 letters (a-z, A-Z), digits, '.', '-' and '_', the first "
            "a letter or digit"
        )
    return name


def _spelled_out(value: Any) -> Any:
    """Turn the one-line form of a classifier, what it uses, into a section."""
    if isinstance(value, str):
        return {"use": value}
    return value


def _named(value: Any) -> Any:
    """Give a classifier that has no name that of what it uses."""
    value = _spelled_out(value)
    if isinstance(value, dict) and "name" not in value:
        use = value.get("use", "command")
        if isinstance(use, str):
            name = re.sub(r"[^A-Za-z0-9._-]+", "-", use).strip("-._")[-80:]
            return {**value, "name": name}
    return value


def _task(value: Any) -> Any:
    """Turn the one-line form of a task, its name, into a section."""
    return {"name": value} if isinstance(value, str) else value


def _distinct(specs: tuple[Any, ...]) -> tuple[Any, ...]:
    """Refuse two entries of one name."""
    names = [spec.name for spec in specs]
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise ValueError(f"must have different names; twice: {', '.join(twice)}")
    return specs


_Seeds = Annotated[
    tuple[Annotated[int, Field(ge=0, le=2**32 - 1)], ...],
    Field(strict=False, min_length=1),
]
_Names = Annotated[tuple[Text, ...], Field(strict=False)]


class ClassifierSpec(Section):
    """One classifier; a bare string is its `use`."""

    name: Annotated[
        str, AfterValidator(_file_name), Field(description="Its name in the tables.")
    ]
    use: Annotated[
        Text,
        Field(
            description="A name of the ladder; model:NAME or model:FOLDER, a model of "
            "mlpkg; config:NAME or config:FILE, an experiment of mlpkg; "
            "package.module:attribute, a scikit-learn classifier or what makes one; a "
            "name in the entry point group mlpkg.classifiers; or command."
        ),
    ] = "command"
    parameters: Annotated[
        dict[str, Any], Field(description="Keyword arguments of what is used.")
    ] = {}
    command: Annotated[
        _Names,
        Field(
            description="Program and arguments that read segments as JSON lines and "
            "write probabilities as JSON lines."
        ),
    ] = ()
    python: Annotated[
        Text | None,
        Field(
            description="Interpreter of a peer that lives in an environment of its "
            "own; else MLPKG_NAME_PYTHON or this one."
        ),
    ] = None
    seeds: Annotated[
        _Seeds, Field(description="A row is made with each; 0 alone without chance.")
    ] = (0,)
    tasks: Annotated[
        _Names | None, Field(description="Only these tasks; null for all.")
    ] = None


class TaskSpec(Section):
    """One task; a bare string is its name."""

    name: Annotated[
        str,
        AfterValidator(_file_name),
        Field(description="corpus, a public corpus, or a name for files of your own."),
    ]
    data: Annotated[
        DataConfig | None,
        Field(description="Files of your own, as in an experiment's config."),
    ] = None
    held_out: Annotated[
        float,
        Field(
            gt=0,
            lt=1,
            description="Share of the articles of data.train to score on where "
            "data.validation is null.",
        ),
        Float,
    ] = 0.3
    title: Annotated[str, Field(description="What the data are.")] = ""
    licence: Annotated[str, Field(description="Licence of the data.")] = ""
    citation: Annotated[str, Field(description="Source of the data.")] = ""
    train_pages: Annotated[
        Count | None, Field(description="Most articles to learn from.")
    ] = None
    test_pages: Annotated[
        Count | None, Field(description="Most articles to score on.")
    ] = None


class CrossCorpus(Section):
    """Training on one corpus, scoring on another."""

    classifiers: Annotated[
        _Names, Field(description="Which of the classifiers; those that learn.")
    ] = ()
    sources: Annotated[
        _Names,
        Field(description="Tasks to learn from; each scores where its labels fit."),
    ] = ("corpus",)
    train_pages: Annotated[
        Count | None,
        Field(description="Most articles to learn from, on top of the task's own."),
    ] = None


class FewShot(Section):
    """Learning from few pages of one task."""

    task: Annotated[Text, Field(description="The task.")] = "corpus"
    classifiers: Annotated[_Names, Field(description="Which of the classifiers.")] = ()
    pages: Annotated[
        tuple[Count, ...], Field(strict=False, description="Numbers of pages.")
    ] = (4, 16, 64)
    draws: Annotated[Count, Field(description="Draws of each number; the seeds.")] = 3


class Limits(Section):
    """What a row may take."""

    row_minutes: Annotated[
        float, Field(gt=0, description="A row that takes longer is stopped."), Float
    ] = 20.0
    memory_gb: Annotated[
        Annotated[float, Field(gt=0), Float] | None,
        Field(description="A row that takes more is stopped; null for no limit."),
    ] = None
    latency_calls: Annotated[
        Count, Field(description="Segments judged one by one for the latency.")
    ] = 50


class BenchmarkConfig(Section):
    """One benchmark."""

    name: Annotated[str, Field(description="Name of the benchmark.")] = "benchmark"
    data: Annotated[
        str | None,
        Field(description="Folder of the public corpora; --data goes before it."),
    ] = None
    threads: Annotated[
        Count, Field(description="Threads of every row, for every library.")
    ] = 2
    reference: Annotated[
        Text | None, Field(description="The classifier to which ratios are taken.")
    ] = None
    classifiers: Annotated[
        tuple[Annotated[ClassifierSpec, BeforeValidator(_named)], ...],
        AfterValidator(_distinct),
        Field(strict=False, min_length=1, description="The classifiers."),
    ]
    tasks: Annotated[
        tuple[Annotated[TaskSpec, BeforeValidator(_task)], ...],
        AfterValidator(_distinct),
        Field(strict=False, min_length=1, description="The tasks."),
    ] = (TaskSpec(name="corpus"),)
    cross_corpus: Annotated[
        CrossCorpus, Field(description="Training on one corpus, scoring on another.")
    ] = CrossCorpus()
    few_shot: Annotated[FewShot, Field(description="Learning from few pages.")] = (
        FewShot()
    )
    limits: Annotated[Limits, Field(description="What a row may take.")] = Limits()
    evaluation: Annotated[
        EvaluationConfig, Field(description="Scores and their intervals.")
    ] = EvaluationConfig()
