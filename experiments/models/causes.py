"""The causes of errors that a reader noted by hand."""

from __future__ import annotations

from pathlib import Path

from mlpkg.data.row_files import read_records
from mlpkg.exceptions import DataError

COLUMNS = ("article", "start", "cause")


def read_causes(path: Path) -> dict[tuple[str, int], str]:
    """Return causes by article and first character; of a file not there, none.

    Raises
    ------
    DataError
        A row is not as expected, or tells of a segment for the second time.
    """
    causes: dict[tuple[str, int], str] = {}
    for line, record in read_records(path) if path.exists() else ():
        if isinstance(record, DataError):
            raise DataError(f"{path}, line {line}: {record}")
        article, start, cause = (str(record.get(name, "")).strip() for name in COLUMNS)
        if not (article and start.isdecimal() and cause):
            raise DataError(
                f"{path}, line {line}: {dict(record)!r}, expected the columns "
                f"{', '.join(COLUMNS)}, all filled, start a number of characters"
            )
        if (article, int(start)) in causes:
            raise DataError(
                f"{path}, line {line}: the cause of {article!r}, {start} stands above "
                "already; keep one of the two"
            )
        causes[article, int(start)] = cause
    return causes
