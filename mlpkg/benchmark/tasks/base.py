"""What a task is: pinned facts, labels with their meaning, and where its pages are."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, NamedTuple

from mlpkg.data.gold import GoldPage
from mlpkg.exceptions import DataError
from mlpkg.labels import LabelScheme
from mlpkg.report.benchmark_records import Part, Task

__all__ = [
    "BenchmarkTask",
    "MainText",
    "MissingDataError",
    "PinnedFile",
    "first_pages",
    "sides",
]


class MissingDataError(DataError):
    """The data of a task are not on this machine; the message says how to get them."""


class MainText(NamedTuple):
    """A page as HTML, and what its corpus calls the main text, a line a block."""

    id: str
    title: str
    text: str
    html: bytes


class PinnedFile(NamedTuple):
    """A file of a task's data, and the checksum that it must have."""

    path: Path
    sha256: str


@dataclass(frozen=True, slots=True)
class BenchmarkTask:
    """One task.

    Parameters
    ----------
    facts
        Name, origin, revision, licence, citation, checksum, field, main score.
    part
        Which part of its data the task scores on.
    scheme
        The labels that are scored.
    meaning
        For each label of the task the labels of other classifiers that fall to it:
        its probability is their sum.
    train_name
        Name of the pages to learn from; empty where the task has none.
    train
        Loads them.
    test
        Loads the pages to score on; empty for a task that scores kept text.
    html
        Loads pages and their main texts, for a task that scores kept text.
    form
        Whether pages are read as text or as HTML: who learns elsewhere for this task
        learns from the same form where the corpus has both.
    files
        What must be on this machine, with checksums.
    how_to_get
        What to do where a file is missing.
    """

    facts: Task
    part: Part
    scheme: LabelScheme
    meaning: Mapping[str, Sequence[str]]
    train_name: str = ""
    train: Callable[[], list[GoldPage]] = list
    test: Callable[[], list[GoldPage]] = list
    html: Callable[[], list[MainText]] | None = None
    form: Literal["text", "html"] = "text"
    files: tuple[PinnedFile, ...] = ()
    how_to_get: str = ""

    @property
    def name(self) -> str:
        """Name of the task."""
        return self.facts.name

    def check(self) -> None:
        """Make sure that the data are here and are those that the task pins.

        Raises
        ------
        MissingDataError
            A file is missing.
        DataError
            A file is another one than the task pins.
        """
        for file in self.files:
            if not file.path.is_file():
                raise MissingDataError(f"no file {str(file.path)!r}: {self.how_to_get}")
            with file.path.open("rb") as stream:
                found = hashlib.file_digest(stream, "sha256").hexdigest()
            if found != file.sha256:
                raise DataError(
                    f"{file.path}: sha256 {found[:12]}…, the task pins "
                    f"{file.sha256[:12]}…; {self.how_to_get}"
                )


def sides(
    meaning: Mapping[str, Sequence[str]], classes: Sequence[str]
) -> list[str] | None:
    """Return the label of the task that each class falls to; None if one has none.

    Examples
    --------
    >>> meaning = {"opinion": ("opinion",), "not opinion": ("claim", "boilerplate")}
    >>> sides(meaning, ["claim", "opinion"]), sides(meaning, ["weather"])
    (['not opinion', 'opinion'], None)
    """
    place = {name: label for label, names in meaning.items() for name in names}
    place.update({label: label for label in meaning})
    found = [place[name] for name in classes if name in place]
    return found if len(found) == len(classes) else None


def first_pages(pages: Sequence[GoldPage], most: int | None) -> list[GoldPage]:
    """Take at most so many articles, in an order that their ids alone decide.

    Rows that share an id are one article and stay together.
    """
    ids = sorted({page.id for page in pages}, key=_digest)
    kept = set(ids[:most])
    return [page for page in pages if page.id in kept]


def _digest(name: str) -> str:
    """Hash of an id: an order that has nothing to do with how pages are named."""
    return hashlib.sha256(name.encode()).hexdigest()
