"""A config as YAML, as a hash, and the schema as JSON Schema for editors."""

from __future__ import annotations

import hashlib
import json
import sys
from typing import Any

import yaml

from mlpkg.config.schema import Config

__all__ = ["config_hash", "json_schema", "to_yaml"]

# PyYAML folds lines at these unless it escapes all that is not ASCII.
_LINE_BREAKS = "\x85\u2028\u2029"
# Leaves that do not decide the outcome of an experiment.
_NOT_HASHED = ("name", "data.train", "data.validation", "evaluation.keep_text")


def to_yaml(config: Config) -> str:
    """Write every setting as YAML.

    Returns
    -------
    str
        `mlpkg.config.load_config` reads it back to an equal config, provided that
        paths in ``data`` are absolute, as it makes them.
    """
    settings = config.resolved()
    words = json.dumps(settings, ensure_ascii=False)
    return yaml.safe_dump(
        settings,
        sort_keys=False,
        allow_unicode=not any(mark in words for mark in _LINE_BREAKS),
        width=sys.maxsize,  # folded lines are hard to read and to grep
    )


def config_hash(config: Config) -> str:
    """Hash what decides the outcome of an experiment.

    Returns
    -------
    str
        sha256 in hexadecimal over every leaf but ``name``, ``data.train``,
        ``data.validation`` and ``evaluation.keep_text``: names and paths differ
        between machines, the data have a fingerprint of their own, and keeping
        texts changes no score.

    Examples
    --------
    >>> config_hash(Config(name="a")) == config_hash(Config(name="b"))
    True
    """
    settings = config.resolved()
    for path in _NOT_HASHED:
        *sections, leaf = path.split(".")
        tree = settings
        for section in sections:
            tree = tree[section]
        del tree[leaf]
    canonical = json.dumps(settings, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(canonical.encode()).hexdigest()


def json_schema() -> dict[str, Any]:
    """Return the JSON Schema of a config file, `extends` included."""
    schema = Config.model_json_schema()
    extends = {
        "type": "string",
        "description": "A config file, relative to this one, or a shipped config's "
        "name; its settings hold where this file says nothing.",
    }
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        **schema,
        "properties": {"extends": extends, **schema["properties"]},
    }
