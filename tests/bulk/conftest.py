"""Pages to write in bulk, and ways to read what was written."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

# Worker processes get our paths and import `tiny_bulk` by its name.
sys.path.insert(0, str(Path(__file__).parent))


@pytest.fixture
def make_pages(tmp_path) -> Callable[..., Path]:
    """Write small text pages: ``make_pages(5, {2: "a last line"})``."""

    def make(count: int, lines: dict[int, str] | None = None) -> Path:
        folder = tmp_path / "pages"
        folder.mkdir(exist_ok=True)
        for number in range(count):
            text = f"Home | News\nThe bridge number {number} opened. It was bad.\n"
            text += (lines or {}).get(number, "")
            (folder / f"p{number:03}.txt").write_text(text, encoding="utf-8")
        return folder

    return make


@pytest.fixture
def read_shards() -> Callable[[Path], list[dict[str, Any]]]:
    """Read the rows of all shards in order, whatever their form."""

    def read(folder: Path) -> list[dict[str, Any]]:
        from pyarrow import parquet

        rows = []
        for path in sorted(folder.glob("shard-*")):
            if path.suffix == ".parquet":
                rows += parquet.read_table(path).to_pylist()
            else:
                lines = path.read_text(encoding="utf-8").splitlines()
                rows += [json.loads(line) for line in lines]
        return rows

    return read


@pytest.fixture
def quarantine() -> Callable[[Path], list[dict[str, Any]]]:
    """Read the list of pages without rows."""

    def read(folder: Path) -> list[dict[str, Any]]:
        text = (folder / "_mlpkg" / "quarantine.jsonl").read_text(encoding="utf-8")
        return [json.loads(line) for line in text.splitlines()]

    return read
