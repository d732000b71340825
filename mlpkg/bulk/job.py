"""What a bulk run does to its pages: plain values, so that they travel as JSON."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any, Literal

from mlpkg.articles import RecordFields
from mlpkg.data.output import SCHEMA_VERSION
from mlpkg.version import __version__

__all__ = ["PAGES_A_SHARD", "PAGE_SECONDS", "Job", "digest"]

# A shard is what a kill costs at most: some ten seconds of work on one core. Smaller
# ones make more files than a reader of them likes.
PAGES_A_SHARD = 1000
# The slowest page of the reference pages takes two seconds with the default model; a
# batch of pages counts as one here.
PAGE_SECONDS = 60.0
# What the rows do not depend on beyond the tolerance that docs/DESIGN.md states.
_WITHOUT_EFFECT = (
    "loader",
    "precision",  # stands beside the options: `auto` is one of two
    "device",
    "threads",
    "batch_size",
    "cache",
    "download",
    "page_seconds",
    "folder",
)


@dataclass(frozen=True, slots=True)
class Job:
    """Settings of a bulk run.

    Parameters
    ----------
    model
        A model folder or a bundled name.
    to
        Form of the output shards.
    articles
        Whether a row is an article with its cleaned text, not a segment.
    select
        Labels whose segments make rows (or the text of an article); empty for all
        (for an article all but the furniture).
    with_text
        Whether rows hold the words.
    min_confidence, other_languages, max_risk, label_mix
        As `mlpkg.classify` takes them.
    encoding, format, fields
        As `mlpkg.open_articles` takes them; `fields` by the names of `RecordFields`.
    page_bytes
        Largest page that is read; None for the readers' own bound.
    page_seconds
        Time without any progress after which a worker counts as stalled.
    pages
        Pages of a shard, about.
    device, precision, batch_size, cache, download
        As `mlpkg.load_model` takes them.
    threads
        Threads of a worker.
    folder
        Working folder of the workers, where relative paths begin; empty for this
        process's own.
    loader
        Function that loads the model, ``module:name``.

    Examples
    --------
    >>> Job(select=("claim",)).options_sha256 == Job().options_sha256
    False
    >>> Job(threads=4).options_sha256 == Job(threads=1).options_sha256
    True
    """

    model: str = "default"
    to: Literal["parquet", "jsonl"] = "parquet"
    articles: bool = False
    select: tuple[str, ...] = ()
    with_text: bool = True
    min_confidence: float = 0.0
    other_languages: Literal["warn", "abstain", "skip"] = "warn"
    max_risk: float | None = None
    label_mix: Mapping[str, float] | None = None
    encoding: str | None = None
    format: str | None = None
    fields: Mapping[str, str] = field(default_factory=dict)
    page_bytes: int | None = None
    page_seconds: float = PAGE_SECONDS
    pages: int = PAGES_A_SHARD
    device: str = "auto"
    precision: str = "auto"
    batch_size: int = 64
    cache: bool = False
    download: bool = False
    threads: int = 1
    folder: str = ""
    loader: str = "mlpkg.models.store:load_model"

    @property
    def options(self) -> dict[str, Any]:
        """What the rows depend on beside the pages, the model and its precision."""
        settings = {k: v for k, v in asdict(self).items() if k not in _WITHOUT_EFFECT}
        return settings | {"schema": SCHEMA_VERSION, "package": __version__}

    @property
    def options_sha256(self) -> str:
        """Hash of `options`."""
        return digest(self.options)

    @property
    def record_fields(self) -> RecordFields:
        """The names of the fields of records."""
        return RecordFields(**self.fields)

    def to_json(self) -> str:
        """Spell the job on one line."""
        return json.dumps(asdict(self))

    @classmethod
    def from_json(cls, text: str) -> Job:
        """Read what `to_json` wrote."""
        values = json.loads(text)
        return cls(**values | {"select": tuple(values["select"])})


def digest(value: Any) -> str:
    """Hash plain values."""
    return hashlib.sha256(json.dumps(value, sort_keys=True).encode()).hexdigest()
