"""YAML text to plain values that remember where each of them was written.

What ``yaml.safe_load`` reads, less what hides mistakes in a config: duplicate keys
and aliases are faults.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import yaml
from yaml.reader import ReaderError

from mlpkg.exceptions import ConfigError

__all__ = ["Document", "KeyPath", "dotted", "read_document"]

KeyPath = tuple[str | int, ...]
_TAGS = "tag:yaml.org,2002:"
# What PyYAML's conversions let through for `!!int x`, `!!bool x`, `2026-99-99`.
_CONVERSION_ERRORS = (yaml.YAMLError, ValueError, LookupError, AttributeError)
# Stands for a value that a fault already tells of, so that no second one does.
_DROPPED: Any = object()


@dataclass(frozen=True, slots=True)
class Document:
    """Settings as they were written, not yet checked against the schema.

    Parameters
    ----------
    value
        Mappings, lists and scalars as plain Python objects.
    places
        Where the key or list item at a path stands, as words for a message.
    faults
        What is wrong with the text itself, a line each.
    """

    value: Any
    places: dict[KeyPath, str] = field(default_factory=dict)
    faults: list[str] = field(default_factory=list)

    def place(self, path: KeyPath) -> str:
        """Return the place of a path or of the nearest parent that has one."""
        for length in range(len(path), -1, -1):
            if path[:length] in self.places:
                return self.places[path[:length]]
        return "default value"

    def merged(self, over: Document) -> Document:
        """Return this document with another on top: mappings merge, the rest goes."""
        return Document(
            _merge(self.value, over.value),
            self.places | over.places,
            self.faults + over.faults,
        )


def _merge(base: Any, over: Any) -> Any:
    """Merge mappings key by key; anything else is replaced.

    So is a mapping that comes to be of another ``kind``: it has other keys.
    """
    if not (isinstance(base, dict) and isinstance(over, dict)):
        return over
    if "kind" in over and over["kind"] != base.get("kind"):
        return over
    merged = {key: _merge(base[key], over[key]) for key in base.keys() & over.keys()}
    return base | over | merged


def dotted(path: KeyPath) -> str:
    """Write a path as users do: ``data.labels.0``."""
    return ".".join(str(part) for part in path)


def read_document(
    text: str, place_of_line: Callable[[int], str], path: KeyPath = ()
) -> Document:
    """Read one YAML document.

    Parameters
    ----------
    text
        The YAML.
    place_of_line
        From a line number, from 1, to the words that tell a user the place.
    path
        Path in the config of what `text` holds.

    Returns
    -------
    Document
        With a fault for each duplicate key, alias and value that cannot be read.

    Raises
    ------
    ConfigError
        The text is not YAML, so that nothing can be said of its parts.
    """
    try:
        reader = _Reader(text, place_of_line)
        node = reader.loader.get_single_node()
        reader.places[path] = place_of_line(1)
        value = None if node is None else reader.read(node, path)
        if value is _DROPPED:
            raise ConfigError("\n".join(reader.faults))
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        offset = mark.index if mark else 0
        problem = error.problem or error.context
    except ReaderError as error:
        offset = error.position
        problem = f"character {text[offset]!r} is not allowed"
    except RecursionError:
        raise ConfigError(
            f"nested too deeply to be a configuration ({place_of_line(1)})"
        ) from None
    else:
        return Document(value, reader.places, reader.faults)
    before = text[:offset]
    line, column = before.count("\n") + 1, offset - before.rfind("\n")
    raise ConfigError(f"not YAML: {problem} ({place_of_line(line)}, column {column})")


class _Reader:
    """Builds the values of one text and collects places and faults on the way."""

    def __init__(self, text: str, place_of_line: Callable[[int], str]) -> None:
        self.loader = yaml.SafeLoader(text)
        self.places: dict[KeyPath, str] = {}
        self.faults: list[str] = []
        self._place_of_line = place_of_line
        self._seen: set[int] = set()

    def read(self, node: yaml.Node, path: KeyPath) -> Any:
        """Return the value of a node, or `_DROPPED` after a fault."""
        self.places.setdefault(path, self._place(node))
        # An alias is its anchor's node once more; it may even hold itself.
        if id(node) in self._seen:
            self._fault(path, "is a YAML alias; write the value out, or use extends")
            return _DROPPED
        self._seen.add(id(node))
        if node.tag == f"{_TAGS}map" and isinstance(node, yaml.MappingNode):
            return self._mapping(node, path)
        if node.tag == f"{_TAGS}seq" and isinstance(node, yaml.SequenceNode):
            items = [self.read(item, (*path, i)) for i, item in enumerate(node.value)]
            return [item for item in items if item is not _DROPPED]
        return self._scalar(node, path)

    def _mapping(self, node: yaml.MappingNode, path: KeyPath) -> dict[str, Any]:
        """Read a mapping; its keys are taken as they are spelt."""
        mapping: dict[str, Any] = {}
        seen: set[str] = set()
        for key_node, value_node in node.value:
            place = self._place(key_node)
            if not isinstance(key_node, yaml.ScalarNode):
                what = "has a key that is not a word; keys are words"
                self.faults.append(f"{_quoted(path)} {what} ({place})")
                continue
            here = (*path, key_node.value)
            if key_node.value in seen:
                first = self.places[here]
                what = "is set twice; keep one of the two"
                self.faults.append(f"{_quoted(here)} {what} ({first} and {place})")
                continue
            seen.add(key_node.value)
            self.places[here] = place
            value = self.read(value_node, here)
            if value is not _DROPPED:
                mapping[key_node.value] = value
        return mapping

    def _scalar(self, node: yaml.Node, path: KeyPath) -> Any:
        """Read text, a number, true, false, null or a date; refuse other tags."""
        try:
            if isinstance(node, yaml.ScalarNode):
                return self.loader.construct_object(node)
            shown = "a collection"
        except _CONVERSION_ERRORS:
            shown = repr(node.value)
        tag = node.tag.replace(_TAGS, "!!")
        self._fault(path, f"cannot be read as {tag}, got {shown}; write plain YAML")
        return _DROPPED

    def _place(self, node: yaml.Node) -> str:
        return self._place_of_line(node.start_mark.line + 1)

    def _fault(self, path: KeyPath, what: str) -> None:
        self.faults.append(f"{_quoted(path)} {what} ({self.places[path]})")


def _quoted(path: KeyPath) -> str:
    """Name a path in a message."""
    return f'"{dotted(path)}"' if path else "the file"
