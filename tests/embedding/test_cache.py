from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from mlpkg.embedding.cache import EmbeddingCache, default_cache_path

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


def test_a_killed_writer_leaves_whole_batches(cache):
    writer = start_writer(cache.path, "left", 1_000_000)
    with writer:
        assert writer.stdout is not None
        done = [writer.stdout.readline() for _ in range(3)]
        writer.kill()
    assert done == ["0\n", "1\n", "2\n"]
    assert cache.info().vectors % 25 == 0
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
