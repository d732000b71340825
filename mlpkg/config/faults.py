"""What pydantic finds, put as a user's mistakes: path, place, value, expectation."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Iterator
from types import NoneType
from typing import Any, get_args

from pydantic import BaseModel, ValidationError

from mlpkg.config.document import Document, KeyPath, dotted
from mlpkg.config.schema import Config

__all__ = ["describe", "nearest"]

_MAX_SHOWN = 80

_EXPECTED: dict[str, Callable[[dict[str, Any]], str]] = {
    "bool_type": lambda _: "must be true or false",
    "finite_number": lambda _: "must be a finite number",
    "float_type": lambda _: "must be a number",
    "greater_than": lambda ctx: f"must be greater than {ctx['gt']:.12g}",
    "greater_than_equal": lambda ctx: f"must be at least {ctx['ge']:.12g}",
    "int_type": lambda _: "must be a whole number",
    "less_than": lambda ctx: f"must be less than {ctx['lt']:.12g}",
    "less_than_equal": lambda ctx: f"must be at most {ctx['le']:.12g}",
    "literal_error": lambda ctx: f"must be {ctx['expected']}",
    "model_type": lambda _: "must be a mapping of settings",
    "string_too_short": lambda _: "must not be empty",
    "string_type": lambda _: "must be text",
    "tuple_type": lambda _: "must be a list",
    "union_tag_invalid": lambda ctx: (
        f"must be {' or '.join(ctx['expected_tags'].rsplit(', ', 1))}"
    ),
    "value_error": lambda ctx: str(ctx["error"]),
}


def describe(
    error: ValidationError, document: Document, root: type[BaseModel] = Config
) -> list[str]:
    """Turn a validation error into one line a fault.

    Parameters
    ----------
    error
        What pydantic raised for ``document.value``.
    document
        The settings, which know their places.
    root
        The model that they were checked against.
    """
    return [_line(dict(detail), document, root) for detail in error.errors()]


def nearest(name: str, known: list[str]) -> str | None:
    """Return the known name that is spelt most like `name`, letter case aside."""
    by_lower = {key.lower(): key for key in known}
    found = difflib.get_close_matches(name.lower(), by_lower, n=1, cutoff=0.5)
    return by_lower[found[0]] if found else None


def _line(detail: dict[str, Any], document: Document, root: type[BaseModel]) -> str:
    """Describe one fault."""
    path, siblings, nullable = _locate(detail["loc"], root)
    value = detail["input"]
    if detail["type"] == "union_tag_invalid":
        path, value, nullable = (*path, "kind"), detail["ctx"]["tag"], False
    shown = repr(value)
    if len(shown) > _MAX_SHOWN:
        shown = shown[: _MAX_SHOWN - 1] + "…"
    place = document.place(path)
    if detail["type"] == "extra_forbidden":
        return (
            f'"{dotted(path)}" is not a setting, got {shown}'
            f"{_advice(path, siblings)} ({place})"
        )
    expected = _EXPECTED.get(detail["type"])
    words = (
        expected(detail.get("ctx", {})) if expected else f"is wrong: {detail['msg']}"
    )
    if nullable:
        words += " or null"
    # YAML reads yes, 007 and 2026-01-01 as something else than text.
    if detail["type"] == "string_type" and not isinstance(value, dict | list | None):
        words += " (put it in quotes)"
    name = f'"{dotted(path)}"' if path else "the file"
    return f"{name} {words}, got {shown} ({place})"


def _advice(path: KeyPath, siblings: list[str]) -> str:
    """Name the nearest setting and those that stand where the unknown key does."""
    if len(path) == 1:
        siblings = ["extends", *siblings]
    near = nearest(str(path[-1]), siblings)
    known = f"known here: {', '.join(siblings)}"
    if near is None:
        return f"; {known}"
    return f'; the nearest is "{dotted((*path[:-1], near))}", {known}'


def _locate(loc: KeyPath, root: type[BaseModel]) -> tuple[KeyPath, list[str], bool]:
    """Follow pydantic's location through the schema.

    Returns
    -------
    path
        The location without the tags that unions put into it.
    siblings
        Names of the settings beside the last part.
    nullable
        Whether the last part may be null.
    """
    models = [root]
    path: list[str | int] = []
    siblings: list[str] = []
    nullable = False
    for position, part in enumerate(loc):
        fields = {
            name: info for model in models for name, info in model.model_fields.items()
        }
        if isinstance(part, str) and part in fields:
            annotation = fields[part].annotation
            siblings = list(fields)
            nullable = NoneType in get_args(annotation)
            models = list(_models_in(annotation))
        elif isinstance(part, str) and position < len(loc) - 1:
            models = [m for m in models if _kind(m) == part] or models
            continue
        else:
            siblings, nullable = list(fields), False
        path.append(part)
    return tuple(path), siblings, nullable


def _kind(model: type[BaseModel]) -> Any:
    """Return the tag that pydantic gives a member of a union."""
    field = model.model_fields.get("kind")
    return field.default if field is not None else None


def _models_in(annotation: Any) -> Iterator[type[BaseModel]]:
    """Yield the models that a field may hold."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    for argument in get_args(annotation):
        yield from _models_in(argument)
