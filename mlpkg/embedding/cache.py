"""The embedding cache: one SQLite file of raw vectors, shared by every process.

A key holds all that changes the value (encoder fingerprint, precision, device kind
and the text), so a cached vector is never another model's.
"""

from __future__ import annotations

import hashlib
import os
import sqlite3
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["CacheInfo", "EmbeddingCache", "default_cache_path"]

# A vector of the default encoder takes 1.5 kB, so this holds about 650,000 of them.
DEFAULT_MAX_BYTES = 1 << 30
# SQLite takes a limited number of values in one statement.
CHUNK = 500
# How long a writer waits for another one before it gives up, in seconds.
BUSY_SECONDS = 60.0
# Version of the layout, kept in the file; 0 is a new file or one without `held`.
LAYOUT = 1
# The bytes of all vectors are kept by triggers, so that they are right whichever
# process writes, an older mlpkg too. SQLite runs no delete trigger for the row that
# an INSERT OR REPLACE displaces; hence the one before inserting.
SCHEMA = (
    "CREATE TABLE IF NOT EXISTS vectors "
    "(key BLOB PRIMARY KEY, vector BLOB NOT NULL, used REAL NOT NULL)",
    "CREATE INDEX IF NOT EXISTS vectors_by_use ON vectors (used)",
    "CREATE TABLE IF NOT EXISTS held AS "
    "SELECT coalesce(sum(length(vector)), 0) AS bytes FROM vectors",
    "CREATE TRIGGER IF NOT EXISTS vector_displaced BEFORE INSERT ON vectors BEGIN "
    "UPDATE held SET bytes = bytes - coalesce("
    "(SELECT length(vector) FROM vectors WHERE key = NEW.key), 0); END",
    "CREATE TRIGGER IF NOT EXISTS vector_added AFTER INSERT ON vectors BEGIN "
    "UPDATE held SET bytes = bytes + length(NEW.vector); END",
    "CREATE TRIGGER IF NOT EXISTS vector_dropped AFTER DELETE ON vectors BEGIN "
    "UPDATE held SET bytes = bytes - length(OLD.vector); END",
    f"PRAGMA user_version = {LAYOUT}",
)


def default_cache_path() -> Path:
    """Return the cache file: ``$MLPKG_CACHE`` or a place under the user's cache."""
    named = os.environ.get("MLPKG_CACHE")
    if named:
        return Path(named) / "embeddings.sqlite"
    if os.name == "nt":
        base = Path(os.environ.get("LOCALAPPDATA", Path.home() / "AppData" / "Local"))
    else:
        base = Path(os.environ.get("XDG_CACHE_HOME", Path.home() / ".cache"))
    return base / "mlpkg" / "embeddings.sqlite"


@dataclass(frozen=True, slots=True)
class CacheInfo:
    """What a cache holds: its path, vectors and bytes on disk."""

    path: Path
    vectors: int
    bytes: int


class EmbeddingCache:
    """Vectors by key in one SQLite file.

    Parameters
    ----------
    path
        The file; made with its folder at the first write.
    max_bytes
        Size of the vectors above which those used longest ago are dropped.

    Notes
    -----
    Each batch is one transaction under SQLite's write-ahead log: a killed process
    leaves whole batches, and two writers take turns.
    """

    def __init__(
        self, path: Path | None = None, max_bytes: int = DEFAULT_MAX_BYTES
    ) -> None:
        self.path = path or default_cache_path()
        self.max_bytes = max_bytes

    def get(
        self, namespace: str, texts: Sequence[str]
    ) -> dict[str, NDArray[np.float32]]:
        """Return the vectors that are known, by text.

        Parameters
        ----------
        namespace
            All that changes a vector but the text.
        texts
            Distinct texts.
        """
        if not self.path.exists():
            return {}
        by_key = {_key(namespace, text): text for text in texts}
        found: dict[str, NDArray[np.float32]] = {}
        with self._connected() as connection:
            for keys in _chunks(list(by_key)):
                marks = ",".join("?" * len(keys))
                rows = connection.execute(
                    f"SELECT key, vector FROM vectors WHERE key IN ({marks})",  # noqa: S608 (marks only)
                    keys,
                ).fetchall()
                for key, blob in rows:
                    found[by_key[key]] = np.frombuffer(blob, dtype="<f4")
                connection.executemany(
                    "UPDATE vectors SET used = ? WHERE key = ?",
                    [(time.time(), key) for key, _ in rows],
                )
            connection.commit()
        return found

    def put(
        self, namespace: str, texts: Sequence[str], vectors: NDArray[np.float32]
    ) -> None:
        """Store one vector a text, then drop the oldest beyond the size cap."""
        now = time.time()
        rows = [
            (_key(namespace, text), vector.astype("<f4").tobytes(), now)
            for text, vector in zip(texts, vectors, strict=True)
        ]
        with self._connected() as connection:
            connection.executemany(
                "INSERT OR REPLACE INTO vectors VALUES (?,?,?)", rows
            )
            self._evict(connection)
            connection.commit()

    def info(self) -> CacheInfo:
        """Return path, number of vectors and size."""
        if not self.path.exists():
            return CacheInfo(self.path, 0, 0)
        with self._connected() as connection:
            count = connection.execute("SELECT count(*) FROM vectors").fetchone()[0]
        return CacheInfo(self.path, count, self.path.stat().st_size)

    def clear(self) -> int:
        """Forget everything; return how many vectors there were."""
        count = self.info().vectors
        if count:
            with self._connected() as connection:
                connection.execute("DELETE FROM vectors")
                connection.commit()
                connection.execute("VACUUM")
        return count

    def _evict(self, connection: sqlite3.Connection) -> None:
        """Drop the vectors used longest ago until the cap holds."""
        total: int = connection.execute("SELECT bytes FROM held").fetchone()[0]
        excess = total - self.max_bytes
        if excess <= 0:
            return
        dropped = []
        for key, size in connection.execute(
            "SELECT key, length(vector) FROM vectors ORDER BY used, rowid"
        ):
            dropped.append((key,))
            excess -= size
            if excess <= 0:
                break
        connection.executemany("DELETE FROM vectors WHERE key = ?", dropped)

    @contextmanager
    def _connected(self) -> Iterator[sqlite3.Connection]:
        """Open the file, bring it to this layout, close it again."""
        self.path.parent.mkdir(parents=True, exist_ok=True)
        with closing(sqlite3.connect(self.path, timeout=BUSY_SECONDS)) as connection:
            connection.execute("PRAGMA journal_mode=WAL")
            connection.execute("PRAGMA synchronous=NORMAL")
            if connection.execute("PRAGMA user_version").fetchone()[0] < LAYOUT:
                connection.execute("BEGIN IMMEDIATE")  # all of it, or nothing
                for statement in SCHEMA:
                    connection.execute(statement)
                connection.commit()
            yield connection


def _key(namespace: str, text: str) -> bytes:
    """Hash of everything that changes the vector."""
    digest = hashlib.sha256(namespace.encode())
    digest.update(b"\0")
    digest.update(text.encode("utf-8", errors="surrogatepass"))
    return digest.digest()


def _chunks(items: list[bytes]) -> Iterable[list[bytes]]:
    """Cut a list into pieces that one statement takes."""
    return (items[i : i + CHUNK] for i in range(0, len(items), CHUNK))
