"""Tells what each sentence of a news page does.

Claim, opinion, attribution or boilerplate: see `docs/CODEBOOK.md` for the meanings.
Everything is loaded at first use, so that importing the package costs nothing.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from mlpkg.articles import RecordFields, open_articles
    from mlpkg.data.corpus import load_corpus
    from mlpkg.exceptions import (
        CalibrationError,
        CanaryError,
        ConfigError,
        DataError,
        EncoderNotFoundError,
        MlpkgError,
        ModelFormatError,
        ModelIntegrityError,
        ModelNotFoundError,
        ReadError,
        SplitError,
    )
    from mlpkg.models.api import classify, extract
    from mlpkg.models.classifier import SentenceClassifier
    from mlpkg.models.extract import ExtractedArticle
    from mlpkg.models.store import load_model
    from mlpkg.records import (
        Article,
        Block,
        LabelledPage,
        Page,
        Prediction,
        ReadFailure,
        Segment,
    )
    from mlpkg.training import evaluate, train
    from mlpkg.version import __version__

_HOMES = {
    "Article": "records",
    "Block": "records",
    "CalibrationError": "exceptions",
    "CanaryError": "exceptions",
    "ConfigError": "exceptions",
    "DataError": "exceptions",
    "EncoderNotFoundError": "exceptions",
    "ExtractedArticle": "models.extract",
    "LabelledPage": "records",
    "MlpkgError": "exceptions",
    "ModelFormatError": "exceptions",
    "ModelIntegrityError": "exceptions",
    "ModelNotFoundError": "exceptions",
    "Page": "records",
    "Prediction": "records",
    "ReadError": "exceptions",
    "ReadFailure": "records",
    "RecordFields": "articles",
    "Segment": "records",
    "SentenceClassifier": "models.classifier",
    "SplitError": "exceptions",
    "__version__": "version",
    "classify": "models.api",
    "evaluate": "training",
    "extract": "models.api",
    "load_corpus": "data.corpus",
    "load_model": "models.store",
    "open_articles": "articles",
    "train": "training",
}

__all__ = [  # noqa: PLE0604 (names are resolved by __getattr__)
    "Article",
    "Block",
    "CalibrationError",
    "CanaryError",
    "ConfigError",
    "DataError",
    "EncoderNotFoundError",
    "ExtractedArticle",
    "LabelledPage",
    "MlpkgError",
    "ModelFormatError",
    "ModelIntegrityError",
    "ModelNotFoundError",
    "Page",
    "Prediction",
    "ReadError",
    "ReadFailure",
    "RecordFields",
    "Segment",
    "SentenceClassifier",
    "SplitError",
    "__version__",
    "classify",
    "evaluate",
    "extract",
    "load_corpus",
    "load_model",
    "open_articles",
    "train",
]


def __getattr__(name: str) -> Any:
    """Load a public name from its home at first use."""
    if name not in _HOMES:
        raise AttributeError(f"module 'mlpkg' has no attribute {name!r}")
    value = getattr(import_module(f"mlpkg.{_HOMES[name]}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    """List the public names."""
    return sorted(__all__)
