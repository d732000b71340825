"""What goes to a worker and what comes back: plain values that travel as JSON."""

from __future__ import annotations

import hashlib
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from mlpkg.articles.files import InputFile
from mlpkg.bulk.plan import Item
from mlpkg.records import ReadFailure

__all__ = ["Key", "LeftOut", "Tally", "Task", "sha256_of"]

# A page: the file as shown, and the record in it, empty where the file is the page.
Key = tuple[str, str]


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A page without rows.

    Parameters
    ----------
    source, record
        As in the output rows.
    reason
        Why.
    kind
        ``unreadable``, ``died``, ``stalled`` or ``failed``.
    """

    source: str
    record: str
    reason: str
    kind: str


@dataclass(frozen=True, slots=True)
class Task:
    """What a worker is to do.

    Parameters
    ----------
    items
        What is read.
    draft
        File to write, new.
    alone
        Pages that are judged by themselves, with no other in the batch.
    skip
        Pages to leave out.
    """

    items: tuple[Item, ...]
    draft: str
    alone: frozenset[Key] = frozenset()
    skip: frozenset[Key] = frozenset()

    def to_json(self) -> dict[str, Any]:
        """Return plain values."""
        items = [[type(item) is InputFile, asdict(item)] for item in self.items]
        alone, skip = sorted(self.alone), sorted(self.skip)
        return {"items": items, "draft": self.draft, "alone": alone, "skip": skip}

    @classmethod
    def from_json(cls, values: dict[str, Any]) -> Task:
        """Read what `to_json` gave."""
        return cls(
            tuple(
                InputFile(**item) if is_file else ReadFailure(**item)
                for is_file, item in values["items"]
            ),
            values["draft"],
            frozenset(map(tuple, values["alone"])),
            frozenset(map(tuple, values["skip"])),
        )


@dataclass(slots=True)
class Tally:
    """What came of a shard.

    Parameters
    ----------
    pages, segments, rows
        Counts; a page that was left out is not among them.
    foreign
        Pages in another language than the model knows.
    cut
        Distinct texts that are longer than the encoder reads.
    size, sha256
        Of the draft.
    seconds
        How long it took.
    left_out
        Pages without rows.
    """

    pages: int = 0
    segments: int = 0
    rows: int = 0
    foreign: int = 0
    cut: int = 0
    size: int = 0
    sha256: str = ""
    seconds: float = 0.0
    left_out: list[LeftOut] = field(default_factory=list)

    @classmethod
    def from_json(cls, values: dict[str, Any]) -> Tally:
        """Read what `dataclasses.asdict` gave."""
        left_out = [LeftOut(**each) for each in values["left_out"]]
        return cls(**values | {"left_out": left_out})


def sha256_of(path: Path) -> str:
    """Hash of a file."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()
