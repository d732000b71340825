from __future__ import annotations

from pathlib import Path

import pytest

from mlpkg.embedding import precision
from mlpkg.embedding.precision import has_fast_bfloat16, resolve
from mlpkg.exceptions import ConfigError


@pytest.fixture
def machine(monkeypatch):
    """Pretend what the machine has: ``machine(gpu=…, gpu_bf16=…, cpu_bf16=…)``."""
    torch = pytest.importorskip("torch")

    def pretend(*, gpu=False, gpu_bf16=False, cpu_bf16=False):
        monkeypatch.setattr(torch.cuda, "is_available", lambda: gpu)
        monkeypatch.setattr(
            torch.cuda, "is_bf16_supported", lambda including_emulation: gpu_bf16
        )
        monkeypatch.setattr(precision, "has_fast_bfloat16", lambda: cpu_bf16)

    return pretend


@pytest.mark.parametrize(
    ("has", "expected"),
    [
        ({}, ("cpu", "float32")),
        ({"cpu_bf16": True}, ("cpu", "bfloat16")),
        ({"gpu": True, "cpu_bf16": True}, ("cuda", "float32")),
        ({"gpu": True, "gpu_bf16": True}, ("cuda", "bfloat16")),
    ],
)
def test_auto_takes_what_the_hardware_has(machine, has, expected):
    machine(**has)
    assert resolve("auto", "auto") == expected


@pytest.mark.parametrize("wanted", ["float32", "bfloat16"])
def test_a_named_precision_and_device_are_kept(machine, wanted):
    machine(cpu_bf16=True, gpu=True, gpu_bf16=True)
    assert resolve("cpu", wanted) == ("cpu", wanted)
    assert resolve("cuda:1", wanted) == ("cuda:1", wanted)


def test_auto_judges_the_named_gpu_and_not_the_processor(machine):
    machine(gpu=True, cpu_bf16=True)
    assert resolve("cuda:1", "auto") == ("cuda:1", "float32")


def test_other_devices_compute_in_float32(machine):
    machine(cpu_bf16=True)
    assert resolve("mps", "auto") == ("mps", "float32")


def test_an_unknown_precision_is_refused_with_the_known_ones():
    with pytest.raises(ConfigError, match="'bf16' is not one of auto, float32, bfloat"):
        resolve("cpu", "bf16")


@pytest.mark.parametrize(
    ("info", "expected"),
    [
        ("processor : 0\nflags\t\t: fpu sse avx512_bf16 amx_tile\n", True),
        ("processor : 0\nFeatures\t: fp asimd bf16\n", True),
        ("processor : 0\nflags\t\t: fpu sse avx2 avx512_bf16x\n", False),
        ("processor : 0\n", False),
        ("", False),
    ],
)
def test_the_processors_flags_tell_bfloat16(monkeypatch, info, expected):
    monkeypatch.setattr(Path, "read_text", lambda *_args, **_keywords: info)
    assert has_fast_bfloat16.__wrapped__() is expected


def test_a_system_without_such_a_file_has_no_fast_bfloat16(monkeypatch):
    def refuse(*_args, **_keywords):
        raise FileNotFoundError

    monkeypatch.setattr(Path, "read_text", refuse)
    assert has_fast_bfloat16.__wrapped__() is False
