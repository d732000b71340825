from __future__ import annotations

import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mlpkg.embedding.cache import EmbeddingCache, _key, default_cache_path

DIMENSION = 8
VECTOR_BYTES = 4 * DIMENSION

# What a writing process runs: batches of 25 vectors, each row its own number.
WRITER = """
import sys
from pathlib import Path
import numpy as np
from mlpkg.embedding.cache import EmbeddingCache

cache = EmbeddingCache(Path(sys.argv[1]))
for batch in range(int(sys.argv[3])):
    texts = [f"{sys.argv[2]} {batch} {row}" for row in range(25)]
    vectors = np.repeat(np.arange(25, dtype=np.float32)[:, None], 8, axis=1)
    cache.put("space", texts, vectors)
    print(batch, flush=True)
"""


def vectors_of(*values: float) -> np.ndarray:
    return np.repeat(np.array(values, dtype=np.float32)[:, None], DIMENSION, axis=1)


def start_writer(path: Path, name: str, batches: int) -> subprocess.Popen[str]:
    command = [sys.executable, "-c", WRITER, str(path), name, str(batches)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True)


@pytest.fixture
def cache(tmp_path: Path) -> EmbeddingCache:
    return EmbeddingCache(tmp_path / "deep" / "embeddings.sqlite")


def test_gives_back_what_was_put_in(cache):
    texts = ["It rained.", "", "É\ud800", "x" * 10_000]
    vectors = np.random.default_rng(0).normal(size=(4, 8)).astype(np.float32)
    cache.put("space", texts, vectors)
    found = cache.get("space", [*texts, "unknown"])
    assert set(found) == set(texts)
    for text, vector in zip(texts, vectors, strict=True):
        np.testing.assert_array_equal(found[text], vector)


def test_another_namespace_knows_nothing(cache):
    cache.put("space", ["a"], vectors_of(1))
    assert cache.get("other", ["a"]) == {}
    assert cache.get("spac", ["ea"]) == {}


def test_takes_more_texts_than_one_statement(cache):
    texts = [f"text {number}" for number in range(1_300)]
    cache.put("space", texts, vectors_of(*range(1_300)))
    found = cache.get("space", texts)
    assert [found[text][0] for text in texts] == list(range(1_300))


def test_reading_makes_no_file(cache):
    assert cache.get("space", ["a"]) == {}
    assert cache.info().vectors == 0
    assert cache.clear() == 0
    assert not cache.path.parent.exists()


def test_putting_again_replaces(cache):
    cache.put("space", ["a"], vectors_of(1))
    cache.put("space", ["a"], vectors_of(2))
    assert cache.get("space", ["a"])["a"][0] == 2
    assert cache.info().vectors == 1


def test_clearing_forgets_and_counts(cache):
    cache.put("space", ["a", "b"], vectors_of(1, 2))
    assert cache.clear() == 2
    assert cache.info().vectors == 0
    assert cache.get("space", ["a"]) == {}


def test_drops_those_used_longest_ago_above_the_cap(cache, monkeypatch):
    clock = iter(range(1, 1_000))
    monkeypatch.setattr("mlpkg.embedding.cache.time.time", lambda: float(next(clock)))
    small = EmbeddingCache(cache.path, max_bytes=3 * VECTOR_BYTES)
    for number, text in enumerate("abc"):
        small.put("space", [text], vectors_of(number))
    small.get("space", ["a"])
    small.put("space", ["d"], vectors_of(3))
    assert set(small.get("space", list("abcd"))) == set("acd")
    assert small.info().vectors == 3


def test_those_used_at_the_same_time_go_in_the_order_they_came(cache, monkeypatch):
    monkeypatch.setattr("mlpkg.embedding.cache.time.time", lambda: 1.0)
    small = EmbeddingCache(cache.path, max_bytes=2 * VECTOR_BYTES)
    small.put("space", list("abcd"), vectors_of(0, 1, 2, 3))
    assert set(small.get("space", list("abcd"))) == set("cd")


def held(path: Path) -> tuple[int, int]:
    """The size that the cache keeps, and the one that its vectors have."""
    with closing(sqlite3.connect(path)) as connection:
        kept = connection.execute("SELECT bytes FROM held").fetchone()[0]
        summed = connection.execute("SELECT sum(length(vector)) FROM vectors")
        return kept, summed.fetchone()[0] or 0


@settings(max_examples=15)
@given(st.lists(st.tuples(st.sampled_from("abcde"), st.integers(1, 20)), max_size=30))
def test_the_size_that_it_keeps_is_that_of_its_vectors(puts):
    with TemporaryDirectory() as folder:
        small = EmbeddingCache(Path(folder) / "c.sqlite", max_bytes=100)
        small.put("space", ["first"], vectors_of(1))
        for text, size in puts:
            small.put("space", [text, "x"], np.ones((2, size), dtype=np.float32))
            kept, summed = held(small.path)
            assert kept == summed <= 100
        small.clear()
        assert held(small.path) == (0, 0)


OLD_LAYOUT = (
    "CREATE TABLE IF NOT EXISTS vectors "
    "(key BLOB PRIMARY KEY, vector BLOB NOT NULL, used REAL NOT NULL)"
)


def test_a_file_of_the_first_layout_is_taken_over(cache):
    """What an older mlpkg wrote, and what it writes later, is read and counted."""
    cache.path.parent.mkdir()
    rows = [
        (_key("space", text), vectors_of(number).tobytes(), float(number))
        for number, text in enumerate("abc")
    ]
    insert = "INSERT OR REPLACE INTO vectors VALUES (?,?,?)"
    with closing(sqlite3.connect(cache.path)) as connection:
        connection.execute(OLD_LAYOUT)
        connection.executemany(insert, rows)
        connection.commit()
    assert cache.get("space", ["b"])["b"][0] == 1
    assert held(cache.path) == (3 * VECTOR_BYTES, 3 * VECTOR_BYTES)
    with closing(sqlite3.connect(cache.path)) as connection:
        connection.execute(OLD_LAYOUT)
        connection.executemany(insert, [*rows, (_key("space", "d"), b"1234", 9.0)])
        connection.commit()
    assert held(cache.path) == (3 * VECTOR_BYTES + 4, 3 * VECTOR_BYTES + 4)
    small = EmbeddingCache(cache.path, max_bytes=2 * VECTOR_BYTES)
    small.put("space", ["e"], vectors_of(5))
    assert set(small.get("space", list("abce"))) == {"e"}


def test_dropping_and_counting_do_not_go_over_all_vectors(cache):
    cache.put("space", ["a"], vectors_of(1))
    statement = "SELECT key, length(vector) FROM vectors ORDER BY used, rowid"
    with closing(sqlite3.connect(cache.path)) as connection:
        plan = connection.execute(f"EXPLAIN QUERY PLAN {statement}").fetchall()
    assert [row[-1] for row in plan] == ["SCAN vectors USING INDEX vectors_by_use"]


def test_a_cap_below_one_vector_keeps_nothing_and_works(cache):
    tiny = EmbeddingCache(cache.path, max_bytes=1)
    tiny.put("space", ["a"], vectors_of(1))
    assert tiny.get("space", ["a"]) == {}


def test_processes_that_write_at_once_lose_nothing(cache):
    writers = [start_writer(cache.path, name, 20) for name in ("left", "right", "mid")]
    for writer in writers:
        writer.communicate()
        assert writer.returncode == 0
    assert cache.info().vectors == 3 * 20 * 25
    assert held(cache.path) == (3 * 20 * 25 * VECTOR_BYTES,) * 2


def test_a_killed_writer_leaves_whole_batches(cache):
    writer = start_writer(cache.path, "left", 1_000_000)
    with writer:
        assert writer.stdout is not None
        done = [writer.stdout.readline() for _ in range(3)]
        writer.kill()
    assert done == ["0\n", "1\n", "2\n"]
    assert cache.info().vectors % 25 == 0
    kept, summed = held(cache.path)
    assert kept == summed
    found = cache.get("space", [f"left 2 {row}" for row in range(25)])
    assert [vector[0] for vector in found.values()].count(24) == 1
    assert len(found) == 25
    cache.put("space", ["later"], vectors_of(1))
    assert "later" in cache.get("space", ["later"])


def test_the_default_place_follows_the_environment(monkeypatch, tmp_path):
    monkeypatch.setenv("MLPKG_CACHE", str(tmp_path))
    assert default_cache_path() == tmp_path / "embeddings.sqlite"
    assert EmbeddingCache().path == tmp_path / "embeddings.sqlite"


@pytest.mark.skipif(sys.platform == "win32", reason="places of Unix")
def test_the_default_place_is_under_the_users_cache(monkeypatch, tmp_path):
    monkeypatch.delenv("MLPKG_CACHE", raising=False)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    assert default_cache_path() == tmp_path / "mlpkg" / "embeddings.sqlite"
