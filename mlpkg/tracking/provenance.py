"""What a run must remember to be repeated or doubted: code, versions, machine."""

from __future__ import annotations

import hashlib
import os
import platform
import shutil
import subprocess
from pathlib import Path

__all__ = ["PACKAGES", "code_sha256", "git_state", "machine", "versions"]

PACKAGES = (
    "mlpkg",
    "numpy",
    "scikit-learn",
    "torch",
    "tokenizers",
    "sentence-transformers",
    "nupunkt",
    "resiliparse",
    "safetensors",
)


def versions() -> dict[str, str]:
    """Return the versions of Python and of the packages that change results."""
    from importlib.metadata import PackageNotFoundError, version

    found = {"python": platform.python_version()}
    for name in PACKAGES:
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            found[name] = "missing"
    return found


def machine() -> dict[str, str | int]:
    """Return processor, cores and system, without names of hosts or users."""
    return {
        "system": platform.system(),
        "machine": platform.machine(),
        "processor": _processor(),
        "cores": len(os.sched_getaffinity(0))
        if hasattr(os, "sched_getaffinity")
        else os.cpu_count() or 1,
    }


def code_sha256(*parts: str) -> str:
    """Return a hash of the Python files in subpackages of mlpkg, names and contents.

    Parameters
    ----------
    parts
        Names of subpackages, such as ``features``.
    """
    root = Path(__file__).parent.parent
    digest = hashlib.sha256()
    for path in sorted(path for part in parts for path in (root / part).rglob("*.py")):
        content = hashlib.sha256(path.read_bytes()).hexdigest()
        digest.update(f"{path.relative_to(root).as_posix()} {content}\n".encode())
    return digest.hexdigest()


def git_state(folder: Path) -> dict[str, str | bool] | None:
    """Return commit and dirty mark of the checkout around a folder, else None."""
    git = shutil.which("git")
    if git is None:
        return None
    try:
        commit = _git(git, folder, "rev-parse", "HEAD")
        changes = _git(git, folder, "status", "--porcelain", "--untracked-files=no")
    except (subprocess.SubprocessError, OSError):
        return None
    return {"commit": commit, "dirty": bool(changes)}


def _git(git: str, folder: Path, *arguments: str) -> str:
    """Run git and return what it printed."""
    done = subprocess.run(  # noqa: S603 (fixed arguments)
        [git, "-C", str(folder), *arguments],
        check=True,
        capture_output=True,
        text=True,
        timeout=10,
    )
    return done.stdout.strip()


def _processor() -> str:
    """Return the processor's name where the system tells it."""
    try:
        for line in Path("/proc/cpuinfo").read_text(encoding="ascii").splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    except (OSError, UnicodeDecodeError):
        pass
    return platform.processor()
