"""From sources to shards: the units of work, the same for the same input every time."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import astuple, dataclass
from itertools import count
from pathlib import Path
from typing import Any

from mlpkg.articles.files import DATASET, InputFile, iter_files
from mlpkg.articles.streams import MAX_BYTES, STDIN
from mlpkg.bulk.cuts import Cutting, cut
from mlpkg.bulk.job import Job, digest
from mlpkg.exceptions import DataError
from mlpkg.records import ReadFailure

__all__ = ["Shard", "Slice", "plan_shards"]

Item = InputFile | ReadFailure


@dataclass(frozen=True, slots=True)
class Shard:
    """One unit of work: files, or runs of the records of one, in order.

    Parameters
    ----------
    index
        Its place in the plan, from 0.
    items
        What is read; a failure among them is a link or folder that cannot be.
    input_sha256
        Hash of names, runs, sizes and times of change: not of the content, which
        would have to be read twice.
    """

    index: int
    items: tuple[Item, ...]
    input_sha256: str


@dataclass(frozen=True, slots=True)
class Slice:
    """Every so manieth shard, for runs that share an output folder.

    Parameters
    ----------
    number
        Which one, from 1.
    of
        How many there are.

    Examples
    --------
    >>> Slice.parse("2/3").holds(4)
    True
    """

    number: int = 1
    of: int = 1

    def __post_init__(self) -> None:
        if not 1 <= self.number <= self.of:
            raise DataError(
                f"a slice needs 1 <= number <= of, got {self.number}/{self.of}"
            )

    @classmethod
    def parse(cls, text: str) -> Slice:
        """Read ``number/of``."""
        number, sign, of = text.partition("/")
        if not (sign and number.isdecimal() and of.isdecimal()):
            raise DataError(f"a slice is written as 3/16, got {text!r}")
        return cls(int(number), int(of))

    def holds(self, index: int) -> bool:
        """Tell whether a shard is in it."""
        return index % self.of == self.number - 1


def plan_shards(sources: Iterable[str], job: Job) -> Iterator[Shard]:
    """Yield the shards of the sources, holding one of them at a time.

    Raises
    ------
    ReadError
        A source does not exist, or holds nothing to read.
    DataError
        Standard input is among them: a shard must be there for a second reading.
    """
    numbers = count()
    group: list[tuple[Item, Any]] = []
    weight = 0
    for item, stamp, pages in _pieces(sources, job):
        if group and weight + pages > job.pages:
            yield _shard(next(numbers), group)
            group, weight = [], 0
        group.append((item, stamp))
        weight += pages
    if group:
        yield _shard(next(numbers), group)


def _pieces(sources: Iterable[str], job: Job) -> Iterator[tuple[Item, Any, int]]:
    """Yield what is read with what tells that it has changed, and its pages."""
    cutting = Cutting(
        job.pages,
        job.encoding,
        job.format,
        job.record_fields,
        MAX_BYTES if job.page_bytes is None else job.page_bytes,
    )
    for file in iter_files(sources):
        if isinstance(file, ReadFailure):
            yield file, None, 0
            continue
        if file.path == STDIN:
            raise DataError(
                "standard input cannot be read in shards; write it to a file first"
            )
        stamp = _stamp(file)
        for piece, pages in cut(file, cutting):
            yield piece, stamp, pages


def _stamp(file: InputFile) -> list[list[int]]:
    """Sizes and times of change of a file, or of the files of a data set."""
    path = Path(file.path)
    paths = sorted(path.iterdir()) if file.form == DATASET else [path]
    stamps = []
    for each in paths:
        try:
            found = each.stat()
        except OSError:  # gone since it was listed; its reader will say so
            continue
        stamps.append([found.st_size, found.st_mtime_ns])
    return stamps


def _shard(index: int, group: list[tuple[Item, Any]]) -> Shard:
    """Make a shard of what was collected."""
    items = tuple(item for item, _ in group)
    described = [[*astuple(item), stamp] for item, stamp in group]
    return Shard(index, items, digest(described))
