"""The package's version, as the installed distribution states it."""

from __future__ import annotations

from importlib.metadata import PackageNotFoundError, version

__all__ = ["__version__"]

try:
    __version__ = version("mlpkg")
except PackageNotFoundError:  # a source tree that was never installed
    __version__ = "0+unknown"
