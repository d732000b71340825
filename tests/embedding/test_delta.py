from __future__ import annotations

import numpy as np
import pytest
import torch

from mlpkg.embedding import SentenceTransformerEncoder
from mlpkg.embedding.delta import Delta
from mlpkg.exceptions import ConfigError, ModelFormatError


def delta(name: str = "dense.weight", n: int = 4, m: int = 3, rank: int = 2) -> Delta:
    rng = np.random.default_rng(0)
    return Delta(
        {f"{name}.up": rng.normal(size=(n, rank)), f"{name}.down": np.ones((rank, m))}
    )


def test_adds_the_product_of_its_factors_to_the_weights_that_it_names():
    weights = {"dense.weight": torch.ones(4, 3), "dense.bias": torch.ones(4)}
    change = delta()
    merged = change.merged(weights)
    up, down = (change.arrays[f"dense.weight.{part}"] for part in ("up", "down"))
    expected = 1 + up.astype(np.float32) @ down.astype(np.float32)
    np.testing.assert_allclose(merged["dense.weight"].numpy(), expected, rtol=1e-6)
    assert torch.equal(merged["dense.bias"], weights["dense.bias"])
    assert torch.equal(weights["dense.weight"], torch.ones(4, 3))


@pytest.mark.parametrize("given", [delta("other.weight"), delta(n=5), delta(m=4)])
def test_weights_of_another_encoder_are_refused(given):
    with pytest.raises(ModelFormatError, match=r"changes (other|dense)\.weight of sha"):
        given.merged({"dense.weight": torch.ones(4, 3)})


def test_is_read_as_it_was_saved(tmp_path):
    change = delta()
    change.save(tmp_path / "delta.safetensors")
    again = Delta.load(tmp_path / "delta.safetensors")
    assert again.sha256 == change.sha256
    assert again.sha256 != delta("other.weight").sha256
    assert again.names == ["dense.weight"]


def _change_of(encoder: SentenceTransformerEncoder) -> Delta:
    name = "encoder.layer.0.output.dense.weight"
    n, m = encoder.tunable().weights[name].shape
    return delta(name, n, m)


def test_a_tuned_encoder_is_another_encoder(library_folder):
    folder = str(library_folder("bert", "mean_tokens"))
    plain = SentenceTransformerEncoder(folder, device="cpu", precision="float32")
    before = plain.encode(["It rained."])
    tuned = plain.with_delta(_change_of(plain))
    assert tuned.fingerprint != plain.fingerprint
    assert np.abs(tuned.encode(["It rained."]) - before).max() > 0.01
    np.testing.assert_array_equal(plain.encode(["It rained."]), before)


def test_only_a_plain_bert_can_be_tuned(library_folder):
    folder = str(library_folder("distilbert", "mean_tokens"))
    encoder = SentenceTransformerEncoder(folder, device="cpu", precision="float32")
    with pytest.raises(ConfigError, match="no BERT with mean pooling"):
        encoder.tunable()
    with pytest.raises(ConfigError, match="leave it as it is"):
        encoder.with_delta(delta()).encode(["It rained."])
