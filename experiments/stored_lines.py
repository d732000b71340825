"""JSON lines that a study keeps between its starts, each under a key of its own."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from mlpkg.data.row_files import read_records
from mlpkg.data.whole_file import whole_file
from mlpkg.exceptions import DataError

Line = dict[str, Any]


def read_lines(path: Path) -> Iterator[Line]:
    """Yield the lines of an earlier start; of a file that is not there, none."""
    for number, record in read_records(path) if path.exists() else ():
        if isinstance(record, DataError) or "key" not in record:
            raise DataError(
                f"{path}, line {number}: expected a line as this script writes it; "
                "mend or delete the file"
            )
        yield dict(record)


def write_lines(path: Path, lines: Sequence[Mapping[str, Any]]) -> None:
    """Write all lines, or leave the file as it was."""
    write_text(path, "".join(json.dumps(line) + "\n" for line in lines))


def write_text(path: Path, text: str) -> None:
    """Write a whole file, or leave it as it was."""
    with whole_file(path) as draft:
        draft.write_text(text, encoding="utf-8")
