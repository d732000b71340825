"""The manifest: a line for each shard that is whole, written when it has its name."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from mlpkg.bulk.steps import reached

__all__ = ["Line", "append_line", "read_lines", "sync_folder"]

Line = dict[str, Any]


def append_line(path: Path, line: Line) -> None:
    """Add a line and sync it; what a cut-off write left before is taken away."""
    data = json.dumps(line).encode("ascii") + b"\n"
    is_new = not path.exists()
    with path.open("ab") as stream:
        stream.truncate(_whole_length(path))
        stream.write(data[: len(data) // 2])
        stream.flush()
        reached("half of the line written")
        stream.write(data[len(data) // 2 :])
        stream.flush()
        os.fsync(stream.fileno())
    if is_new:
        sync_folder(path.parent)
    reached("line written")


def read_lines(path: Path) -> Iterator[Line]:
    """Yield the whole lines; one that was cut off by a kill is none."""
    if not path.exists():
        return
    with path.open("rb") as stream:
        for text in stream:
            if not text.endswith(b"\n"):
                return
            line = _parsed(text)
            if line:
                yield line


def sync_folder(path: Path) -> None:
    """Bring new names in a folder to the disk, where a system can."""
    if os.name == "nt":
        return
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _parsed(text: bytes) -> Line | None:
    """Read a line; None for one that was damaged."""
    try:
        line = json.loads(text)
    except ValueError:
        return None
    return line if isinstance(line, dict) and type(line.get("shard")) is int else None


def _whole_length(path: Path) -> int:
    """Return the length up to the last line end."""
    with path.open("rb") as stream:
        size = stream.seek(0, os.SEEK_END)
        while size:
            start = max(0, size - 65_536)
            stream.seek(start)
            end = stream.read(size - start).rfind(b"\n")
            if end >= 0:
                return start + end + 1
            size = start
    return 0
