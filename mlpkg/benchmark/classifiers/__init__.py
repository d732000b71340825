"""The classifiers of a benchmark: the ladder by name, and anybody's own."""

from __future__ import annotations

import importlib
from collections.abc import Callable
from difflib import get_close_matches
from importlib.metadata import entry_points
from pathlib import Path
from typing import Any

from mlpkg.benchmark.classifiers.base import Classifier, MissingClassifierError
from mlpkg.benchmark.classifiers.command import Command
from mlpkg.benchmark.classifiers.cue_rules import CueRules
from mlpkg.benchmark.classifiers.extractors import EXTRACTORS
from mlpkg.benchmark.classifiers.majority import Majority
from mlpkg.benchmark.classifiers.own_models import Experiment, ReadyModel
from mlpkg.benchmark.classifiers.peer import PEERS, Peer
from mlpkg.benchmark.classifiers.scikit_learn import (
    ScikitLearn,
    tfidf_chars,
    tfidf_svm,
    tfidf_words,
)
from mlpkg.benchmark.classifiers.vectors import encoder_vectors, static_vectors
from mlpkg.benchmark.config import ClassifierSpec
from mlpkg.exceptions import ConfigError
from mlpkg.labels import DEFAULT_SCHEME

__all__ = ["GROUP", "LADDER", "is_extractor", "learns", "make_classifier"]

# Entry points of other packages: name = "module:attribute".
GROUP = "mlpkg.classifiers"
MODEL, EXPERIMENT = "model:", "config:"

LADDER: dict[str, Callable[..., Classifier]] = {
    "majority": Majority,
    "cue-rules": CueRules,
    "tfidf-words-logistic": tfidf_words,
    "tfidf-chars-logistic": tfidf_chars,
    "tfidf-words-svm": tfidf_svm,
    "static-logistic": static_vectors,
    "minilm-logistic": encoder_vectors,
    "minilm-features": lambda **more: Experiment("default", **more),
    "page-head": lambda **more: Experiment("page-head", **more),
}
# What does not learn is known before it is made: making it loads its weights.
_READY = {"cue-rules", "command"}


def make_classifier(spec: ClassifierSpec, folder: Path) -> Classifier:
    """Make the classifier that a config names.

    Parameters
    ----------
    spec
        Its settings.
    folder
        Of the config: where a command is started.

    Raises
    ------
    ConfigError
        Nothing has that name; the message lists the names and the nearest.
    MissingClassifierError
        Something that it needs is not on this machine.
    """
    use, parameters = spec.use, dict(spec.parameters)
    if use == "command":
        labels = parameters.pop("labels", DEFAULT_SCHEME.names)
        return Command(spec.command, labels, str(folder), **parameters)
    if use.startswith(MODEL):
        return ReadyModel(use.removeprefix(MODEL), **parameters)
    if use.startswith(EXPERIMENT):
        return Experiment(use.removeprefix(EXPERIMENT), **parameters)
    if use in LADDER:
        return LADDER[use](**parameters)
    if use in PEERS:
        return Peer(use, spec.python, parameters)
    made = _find(use)(**parameters)
    return made if isinstance(made, Classifier) else ScikitLearn(made)


def learns(spec: ClassifierSpec) -> bool:
    """Tell whether a classifier is trained, without making it."""
    return not (spec.use in _READY or spec.use.startswith(MODEL) or is_extractor(spec))


def is_extractor(spec: ClassifierSpec) -> bool:
    """Tell whether it extracts text and judges no segments."""
    return spec.use in EXTRACTORS


def _find(use: str) -> Callable[..., Any]:
    """Return what an import path or an entry point leads to."""
    module, colon, attribute = use.partition(":")
    if colon:
        return _imported(module, attribute)
    found = entry_points(group=GROUP)
    if use in found.names:
        loaded: Callable[..., Any] = found[use].load()
        return loaded
    known = [*LADDER, *PEERS, *EXTRACTORS, *sorted(found.names)]
    near = get_close_matches(use, known, n=1)
    hint = f"; did you mean {near[0]!r}?" if near else ""
    raise ConfigError(
        f"unknown classifier {use!r}; known: {', '.join(known)}{hint} (or "
        "model:FOLDER, config:FILE, package.module:attribute)"
    )


def _imported(module: str, attribute: str) -> Callable[..., Any]:
    """Import an attribute of a module."""
    try:
        value: Any = importlib.import_module(module)
        for name in attribute.split("."):
            value = getattr(value, name)
    except ImportError as error:
        raise MissingClassifierError(
            f"missing: cannot import {module!r} ({error}); install it, or put it "
            "beside the config"
        ) from error
    except AttributeError as error:
        raise ConfigError(f"{module}:{attribute}: {error}") from error
    if not callable(value):
        raise ConfigError(
            f"{module}:{attribute} is a {type(value).__name__}; expected a class or a "
            "function that makes a classifier"
        )
    found: Callable[..., Any] = value
    return found
