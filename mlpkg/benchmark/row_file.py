"""A row as it is stored: made, written whole, and found again."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from mlpkg.benchmark.judging import Judgement
from mlpkg.benchmark.request import Request
from mlpkg.benchmark.tasks.base import BenchmarkTask
from mlpkg.data.whole_file import whole_file
from mlpkg.report.benchmark_records import Row
from mlpkg.report.benchmark_rows import SCHEMA
from mlpkg.tracking.provenance import machine, versions

__all__ = [
    "STAGES",
    "Status",
    "counts_path",
    "failed_row",
    "read_counts",
    "row_of",
    "write_json",
    "write_row",
]

Status = Literal["failed", "missing-data", "skipped"]
STAGES = ("read", "segment", "embed", "features", "head")
# A reason is one line in a table.
REASON_LENGTH = 300


def row_of(
    request: Request,
    task: BenchmarkTask,
    judgement: Judgement,
    more: Mapping[str, Any],
) -> dict[str, Any]:
    """Make a row that went well; `more` holds what was measured beside its scores."""
    versions_ = _facts(request, task)["versions"] | more.get("versions", {})
    return _facts(request, task) | {
        "status": "ok",
        "main_score": task.facts.main_score,
        "scores": judgement.scores(),
        "per_class": judgement.per_class(),
        "pages": list(judgement.pages),
        **more,
        "versions": versions_,
    }


def failed_row(
    request: Request, task: BenchmarkTask, status: Status, reason: str
) -> dict[str, Any]:
    """Make a row without scores."""
    lines = [line.strip() for line in reason.strip().splitlines()]
    told = " ".join(lines)[:REASON_LENGTH]
    return _facts(request, task) | {"status": status, "reason": told, "pages": []}


def write_row(
    path: Path, row: Mapping[str, Any], judgement: Judgement | None = None
) -> None:
    """Write a row and, beside it, the counts of each article that tests need."""
    path.parent.mkdir(parents=True, exist_ok=True)
    counts = None
    if judgement is not None:
        beside = counts_path(path)
        counts = beside.name
        stored = {
            "labels": list(judgement.labels),
            "pages": list(judgement.pages),
            "counts": judgement.counts.tolist(),
        }
        write_json(beside, stored, indent=None)
    write_json(path, {**row, "page_counts": counts})


def counts_path(path: Path) -> Path:
    """Return the place of the counts beside a row."""
    return path.with_suffix(".counts.json")


def read_counts(path: Path) -> tuple[list[str], NDArray[np.int64]]:
    """Return the ids of the articles of a row, and the counts of each."""
    stored = json.loads(counts_path(path).read_text(encoding="utf-8"))
    return stored["pages"], np.array(stored["counts"], dtype=np.int64)


def write_json(path: Path, value: Any, indent: int | None = 1) -> None:
    """Write a JSON file that stands under its name only when it is whole."""
    text = json.dumps(value, indent=indent, ensure_ascii=False, allow_nan=False)
    with whole_file(path) as draft:
        draft.write_text(text + "\n", encoding="utf-8")


def _facts(request: Request, task: BenchmarkTask) -> dict[str, Any]:
    """Return what is known of a row before it is made, every key of the schema."""
    row = Row(
        classifier=request.classifier.name,
        task=task.name,
        seed=request.seed,
        kind=request.kind,
        part=task.part,
        status="failed",
        revision=request.revision,
        train=request.train,
        n_train_pages=request.few,
        stages=None,
        threads=request.settings.threads,
        machine=dict(machine()),
        versions=dict(versions()),
        date=datetime.now(UTC).isoformat(timespec="seconds"),
    )
    return {"schema": SCHEMA, **asdict(row)}
