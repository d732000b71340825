"""The configs that come with the package, found by bare name."""

from __future__ import annotations

from pathlib import Path

__all__ = ["shipped_config", "shipped_configs", "shipped_folder"]

# Files of the same folder that are no experiments: they begin with this word.
_BENCHMARKS = "benchmark"
_PACKAGE = Path(__file__).resolve().parents[1]


def shipped_folder() -> Path:
    """Return the folder of the shipped configs.

    Notes
    -----
    The wheel carries the repository's folder ``configs`` inside the package; a
    checkout has it beside the package.
    """
    inside = _PACKAGE / "configs"
    return inside if inside.is_dir() else _PACKAGE.parent / "configs"


def shipped_configs() -> list[str]:
    """Return the bare names that `mlpkg.config.load_config` knows, sorted.

    Examples
    --------
    >>> "default" in shipped_configs()
    True
    """
    names = sorted(path.stem for path in shipped_folder().glob("*.yaml"))
    return [name for name in names if not name.startswith(_BENCHMARKS)]


def shipped_config(name: str) -> Path | None:
    """Return the file of a shipped config, None where the name is not one."""
    return shipped_folder() / f"{name}.yaml" if name in shipped_configs() else None
