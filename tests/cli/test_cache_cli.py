import json

import numpy as np

from mlpkg.embedding import EmbeddingCache


def filled():
    with_vectors = EmbeddingCache()
    with_vectors.put("space", ["one", "two"], np.eye(2, dtype=np.float32))
    return with_vectors


def test_info_tells_place_and_size(command, tmp_path):
    filled()
    facts = json.loads(command("cache", "info", "--json").out)
    assert facts["path"] == str(tmp_path / "cache" / "embeddings.sqlite")
    assert facts["vectors"] == 2
    assert facts["bytes"] > 0
    assert "2 vectors" in command("cache", "info").out


def test_info_of_an_absent_cache_makes_none(command, tmp_path):
    facts = json.loads(command("cache", "info", "--json").out)
    assert facts["vectors"] == 0
    assert not (tmp_path / "cache").exists()


def test_clear_forgets_every_vector(command):
    cache = filled()
    assert command("cache", "clear").out == "2 vectors removed\n"
    assert cache.info().vectors == 0
    assert command("cache", "clear").out == "0 vectors removed\n"
