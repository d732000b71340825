"""Every error that mlpkg raises on purpose.

Each stands under `MlpkgError` and under the builtin that a caller would catch.
"""

from __future__ import annotations

__all__ = [
    "CalibrationError",
    "CanaryError",
    "ConfigError",
    "DataError",
    "EncoderNotFoundError",
    "MlpkgError",
    "ModelFormatError",
    "ModelIntegrityError",
    "ModelNotFoundError",
    "ReadError",
    "SplitError",
]


class MlpkgError(Exception):
    """Root of the errors of this package."""


class ConfigError(MlpkgError, ValueError):
    """A configuration is wrong; the message lists every fault with its line."""


class DataError(MlpkgError, ValueError):
    """Labelled data are wrong; the message names file, line and remedy."""


class ReadError(MlpkgError, OSError):
    """A source cannot be opened at all (a single bad record is a `ReadFailure`)."""


class SplitError(MlpkgError, ValueError):
    """A split is impossible or would share articles between its parts."""


class CalibrationError(MlpkgError, ValueError):
    """A model cannot promise what is asked of its confidence."""


class ModelNotFoundError(MlpkgError, FileNotFoundError):
    """No model folder stands at the given place or under the given name."""


class ModelFormatError(MlpkgError, ValueError):
    """A model folder has a format that this version cannot read."""


class ModelIntegrityError(MlpkgError, ValueError):
    """A file of a model folder is not the file that was saved."""


class EncoderNotFoundError(MlpkgError, FileNotFoundError):
    """The encoder that a model or config names is not on this machine."""


class CanaryError(MlpkgError, RuntimeError):
    """The encoder no longer gives the vectors that the model was trained on."""
