"""A benchmark of a few tiny pages, and a classifier that knows nothing."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import yaml

from mlpkg.benchmark.classifiers.base import Classifier, Unlabelled
from mlpkg.benchmark.config import BenchmarkConfig
from mlpkg.benchmark.runner import BenchmarkRun
from mlpkg.benchmark.stopwatch import Stopwatch

SENTENCES = {
    "claim": ["The mill closed in May.", "The bridge opened in 1931."],
    "opinion": ["It is a disgrace.", "The town deserves better."],
    "attribution": ["“We had no choice,” she said.", "He said it was late."],
    "boilerplate": ["Share this article", "Home | News | Sport"],
}


class Fixed(Classifier):
    """Knows nothing and says what it was made to say, one row for every segment."""

    learns = False

    def __init__(self, classes: Sequence[str], row: Sequence[float]) -> None:
        self.classes = tuple(classes)
        self.row = np.array(row)

    def predict_proba(self, pages: Sequence[Unlabelled], watch: Stopwatch) -> list[Any]:
        return [np.tile(self.row, (len(asked.page), 1)) for asked in pages]


@pytest.fixture
def fixed() -> type[Fixed]:
    """A classifier that always gives the same: ``fixed(classes, row)``."""
    return Fixed


@pytest.fixture
def own_rows(tmp_path) -> Callable[..., Path]:
    """Write labelled rows of a few articles: ``own_rows("train.jsonl", "abc")``."""

    def write(name: str, articles: str, suffix: str = "") -> Path:
        rows = [
            {"text": f"{text} {article}{suffix}", "label": label, "article": article}
            for article in articles
            for label, texts in SENTENCES.items()
            for text in texts
        ]
        path = tmp_path / name
        path.write_text("\n".join(map(json.dumps, rows)), encoding="utf-8")
        return path

    return write


@pytest.fixture
def settings(own_rows) -> Callable[..., dict[str, Any]]:
    """Return settings of a benchmark on own rows, others put on top."""
    data = {
        "train": str(own_rows("train.jsonl", "abcdef")),
        "validation": str(own_rows("test.jsonl", "uvwxyz")),
    }

    def make(**more: Any) -> dict[str, Any]:
        return {
            "name": "tiny",
            "threads": 1,
            "classifiers": ["majority"],
            "tasks": [{"name": "desk", "data": data}],
            "limits": {"latency_calls": 2, "row_minutes": 5},
            "evaluation": {"bootstrap": 20},
            **more,
        }

    return make


@pytest.fixture
def benchmark_run(settings, tmp_path) -> Callable[..., BenchmarkRun]:
    """Make a run: ``benchmark_run(overwrite="always", classifiers=[…])``."""

    def make(**more: Any) -> BenchmarkRun:
        names = {"only", "tasks_only", "overwrite", "max_pages", "corpora"} & set(more)
        options = {name: more.pop(name) for name in names}
        options["tasks"] = options.pop("tasks_only", ())
        options.setdefault("corpora", tmp_path / "corpora")
        config = BenchmarkConfig.model_validate(settings(**more))
        return BenchmarkRun(config, tmp_path / "out", tmp_path, **options)

    return make


@pytest.fixture
def write_config(settings, tmp_path) -> Callable[..., Path]:
    """Write settings as YAML."""

    def write(**more: Any) -> Path:
        path = tmp_path / "benchmark.yaml"
        path.write_text(yaml.safe_dump(settings(**more)), encoding="utf-8")
        return path

    return write
