"""Files that stand under their name only when they are whole."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from mlpkg.exceptions import DataError

__all__ = ["require_writable", "whole_file"]


@contextmanager
def whole_file(path: Path) -> Iterator[Path]:
    """Give a name to write under; the file gets its own when the block ends well.

    When it does not, nothing is left and an older file stays. A link goes on pointing
    where it did.

    Raises
    ------
    DataError
        As `require_writable` raises it.
    """
    require_writable(path)
    target = path.resolve()
    draft = target.with_name(f".mlpkg-{secrets.token_hex(8)}.tmp")
    try:
        yield draft
        draft.replace(target)
    finally:
        draft.unlink(missing_ok=True)


def require_writable(path: Path) -> None:
    """Refuse a file that could not be written.

    Raises
    ------
    DataError
        Its folder does not exist, or the name is taken by no regular file.
    """
    if not path.parent.is_dir():
        raise DataError(
            f"{path}: the folder {str(path.parent)!r} does not exist; make it first"
        )
    if path.exists() and not path.is_file():
        raise DataError(f"{path}: not a regular file; name a file to write")
