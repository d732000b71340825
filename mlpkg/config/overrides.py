"""Settings from the command line: ``--set data.labels=[a, b]``."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from mlpkg.config.document import Document, KeyPath, read_document
from mlpkg.exceptions import ConfigError

__all__ = ["read_overrides"]


def read_overrides(overrides: Sequence[str]) -> Document:
    """Read ``a.b=value`` strings into one document.

    Parameters
    ----------
    overrides
        A dotted path, an equals sign and a value in YAML; a later one wins.

    Returns
    -------
    Document
        With a fault for each string that cannot be read.
    """
    document = Document({})
    for override in overrides:
        try:
            document = document.merged(_read_one(override))
        except ConfigError as error:
            document.faults.append(str(error))
    return document


def _read_one(override: str) -> Document:
    """Read one string; `ConfigError` where nothing of it can be used."""
    place = f"--set {override}"
    name, sign, text = override.partition("=")
    path: KeyPath = tuple(part.strip() for part in name.split("."))
    if not sign or not all(path):
        raise ConfigError(
            f"{override!r} is not a setting; write a dotted path, = and a value, "
            f"as in model.C=0.5 ({place})"
        )
    if path[0] == "extends":
        raise ConfigError(
            f'"extends" stands in files only, got {text!r}; load a file that extends '
            f"it ({place})"
        )
    document = read_document(text, lambda _: place, path)
    value: Any = document.value
    for part in reversed(path):
        value = {part: value}
    parents = {path[:length]: place for length in range(1, len(path))}
    return Document(value, parents | document.places, document.faults)
