"""A lock that dies with its process, so that none is left behind by a kill."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

__all__ = ["LOCK", "is_held", "try_lock"]

# Name of the lock file in a folder that a training works in.
LOCK = "lock"


@contextmanager
def try_lock(path: Path) -> Iterator[bool]:
    """Try to hold a lock file for the length of a block.

    Parameters
    ----------
    path
        The lock file, made with its folder. Its holder may remove both.

    Yields
    ------
    bool
        Whether the lock was got; False when another process holds it.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o644)
    except FileNotFoundError:  # its holder removed the folder in between
        yield False
        return
    try:
        yield _lock(descriptor) and _is_at(descriptor, path)
    finally:
        os.close(descriptor)  # the system drops the lock with it


def is_held(path: Path) -> bool:
    """Tell whether a living process holds a lock file; nothing is made or changed.

    A file that this user may not open counts as held.
    """
    try:
        descriptor = os.open(path, os.O_RDWR)
    except FileNotFoundError:
        return False
    except PermissionError:
        return True
    try:
        return not _lock(descriptor)
    finally:
        os.close(descriptor)


def _lock(descriptor: int) -> bool:
    """Lock an open file without waiting."""
    try:
        if os.name == "nt":
            import msvcrt

            msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)  # type: ignore[attr-defined]
        else:
            import fcntl

            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True


def _is_at(descriptor: int, path: Path) -> bool:
    """Tell whether an open file still has its path; a removed one locks nobody out."""
    try:
        return os.path.samestat(os.fstat(descriptor), path.stat())
    except FileNotFoundError:
        return False
