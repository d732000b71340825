"""Which device and number format an encoder computes with."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from mlpkg.exceptions import ConfigError

__all__ = [
    "DEVICES",
    "PRECISIONS",
    "has_fast_bfloat16",
    "require_device",
    "resolve",
]

PRECISIONS = ("auto", "float32", "bfloat16")
DEVICES = ("auto", "cpu", "cuda", "mps")
# Without one of these a processor computes bfloat16 more slowly than float32.
_BFLOAT16_FLAGS = {"avx512_bf16", "amx_bf16", "bf16"}


def resolve(device: str, precision: str) -> tuple[str, str]:
    """Fix what ``auto`` means on this machine.

    Parameters
    ----------
    device
        One of `DEVICES` or ``cuda:N``; `require_device` refuses other names.
    precision
        One of `PRECISIONS`.

    Returns
    -------
    device, precision : str, str
        Without ``auto``. bfloat16 is chosen for ``cpu`` where the processor's flags,
        for ``cuda`` and ``cuda:N`` where the GPU say that it is computed in hardware;
        for any other name float32.

    Raises
    ------
    ConfigError
        The precision is none of `PRECISIONS`.
    """
    if precision not in PRECISIONS:
        raise ConfigError(
            f"precision {precision!r} is not one of {', '.join(PRECISIONS)}"
        )
    if device == "auto":
        import torch

        device = "cuda" if torch.cuda.is_available() else "cpu"
    if precision == "auto":
        precision = "bfloat16" if _computes_bfloat16(device) else "float32"
    return device, precision


def require_device(device: str) -> None:
    """Refuse a device that torch does not know or this machine does not have.

    Raises
    ------
    ConfigError
        The message says what is known, or what this machine lacks.
    """
    if device in {"auto", "cpu"}:
        return
    import torch

    kind, colon, number = device.partition(":")
    if kind not in DEVICES or (colon and not number.isdecimal()):
        raise ConfigError(
            f"device {device!r} is none of {', '.join(DEVICES)}, or cuda:N"
        )
    count = torch.cuda.device_count() if kind == "cuda" else 0
    there = torch.backends.mps.is_available() if kind == "mps" else count > 0
    if not there or int(number or 0) >= max(count, 1):
        raise ConfigError(
            f"this machine has no device {device!r}; auto takes what is there"
        )


def _computes_bfloat16(device: str) -> bool:
    """Tell whether a device has bfloat16 in hardware."""
    if device.startswith("cuda"):
        import torch

        return bool(torch.cuda.is_bf16_supported(including_emulation=False))
    return device == "cpu" and has_fast_bfloat16()


@cache
def has_fast_bfloat16() -> bool:
    """Tell whether the processor's flags name bfloat16 products (Linux only)."""
    try:
        info = Path("/proc/cpuinfo").read_text(encoding="ascii", errors="replace")
    except OSError:
        return False
    for line in info.splitlines():
        if line.startswith(("flags", "Features")):
            return not _BFLOAT16_FLAGS.isdisjoint(line.split())
    return False
