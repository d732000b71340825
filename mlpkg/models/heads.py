"""The table of heads: from a name to a fresh, unfitted head."""

from __future__ import annotations

from collections.abc import Mapping
from difflib import get_close_matches
from typing import Any

from sklearn.base import clone

from mlpkg.exceptions import ConfigError
from mlpkg.models.base import Head
from mlpkg.models.linear import LinearHead
from mlpkg.models.page_head import PageHead
from mlpkg.models.static_head import StaticHead
from mlpkg.models.tuned_head import TunedHead

__all__ = ["HEADS", "head_name", "make_head"]

HEADS: dict[str, type[Head]] = {
    "linear": LinearHead,
    "page": PageHead,
    "tuned": TunedHead,
    "static": StaticHead,
}


def make_head(model: str | Head, parameters: Mapping[str, Any] | None = None) -> Head:
    """Return a fresh head.

    Parameters
    ----------
    model
        A name in `HEADS`, or a head whose parameters are taken over.
    parameters
        Constructor parameters, for a name only.

    Raises
    ------
    ConfigError
        The name is not known; the message lists the names and the nearest.
    """
    if isinstance(model, Head):
        fresh: Head = clone(model)
        return fresh
    if model not in HEADS:
        near = get_close_matches(str(model), HEADS, n=1)
        hint = f"; did you mean {near[0]!r}?" if near else ""
        raise ConfigError(f"unknown head {model!r}; known: {', '.join(HEADS)}{hint}")
    return HEADS[model](**(parameters or {}))


def head_name(head: Head) -> str:
    """Return the name under which a head's class stands in `HEADS`."""
    for name, kind in HEADS.items():
        if type(head) is kind:
            return name
    raise ConfigError(
        f"{type(head).__name__} is not in the table of heads; only members of "
        "mlpkg.models.heads.HEADS can be saved"
    )
