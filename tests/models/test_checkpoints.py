from __future__ import annotations

import numpy as np
import pytest

from mlpkg.exceptions import ModelIntegrityError
from mlpkg.models.checkpoints import Checkpoints

LOGITS = np.array([[0.5, -np.inf], [-1.25, 3.0]], dtype=np.float32)


@pytest.fixture
def kept(tmp_path):
    return Checkpoints(tmp_path / "deep" / "checkpoints")


def test_arrays_come_back_as_they_were(kept):
    kept.put("fold-0", {"logits": LOGITS, "empty": np.empty((0, 2), np.float32)})
    found = Checkpoints(kept.folder).get("fold-0")
    np.testing.assert_array_equal(found["logits"], LOGITS)
    assert found["logits"].dtype == np.float32
    assert found["empty"].shape == (0, 2)


def test_nothing_is_made_or_found_before_the_first_write(kept):
    assert kept.get("fold-0") is None
    assert not kept.folder.exists()


def test_names_are_kept_apart_and_a_second_write_counts(kept):
    kept.put("fold-0", {"logits": LOGITS})
    kept.put("fold-1", {"logits": LOGITS + 1})
    kept.put("fold-0", {"logits": LOGITS + 2})
    np.testing.assert_array_equal(kept.get("fold-0")["logits"], LOGITS + 2)
    np.testing.assert_array_equal(kept.get("fold-1")["logits"], LOGITS + 1)
    assert len(list(kept.folder.iterdir())) == 2


def test_a_file_that_was_not_finished_is_not_found(kept, monkeypatch):
    def stop(arrays, path):
        path.write_bytes(b"half of a file")
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr("safetensors.numpy.save_file", stop)
        with pytest.raises(KeyboardInterrupt):
            kept.put("fold-0", {"logits": LOGITS})
    assert len(list(kept.folder.iterdir())) == 1
    assert kept.get("fold-0") is None
    kept.put("fold-0", {"logits": LOGITS})
    np.testing.assert_array_equal(kept.get("fold-0")["logits"], LOGITS)


@pytest.mark.parametrize("damage", ["cut", "other"])
def test_a_damaged_file_is_told_with_the_remedy(kept, damage):
    kept.put("fold-0", {"logits": LOGITS})
    path = kept.folder / "fold-0.safetensors"
    whole = path.read_bytes()
    path.write_bytes(whole[:-3] if damage == "cut" else b"not a checkpoint")
    message = r"fold-0\.safetensors: a damaged checkpoint .*; remove the file"
    with pytest.raises(ModelIntegrityError, match=message):
        kept.get("fold-0")
