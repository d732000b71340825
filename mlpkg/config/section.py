"""What the parts of the settings' tree share: strictness, and types of leaves."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

__all__ = ["Count", "Float", "NotNegative", "Positive", "Section", "Share", "Text"]


def _float_of_text(value: object) -> object:
    """Read ``1e-3``, which YAML 1.1 takes for text for want of a dot."""
    if isinstance(value, str):
        try:
            return float(value)
        except ValueError:
            return value
    return value


class Section(BaseModel):
    """A part of the tree: unknown keys refused, no coercion, frozen."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


# A validator written last runs first; a limit written first is one of the float.
Float = BeforeValidator(_float_of_text)
Share = Annotated[float, Field(ge=0, lt=1), Float]
Positive = Annotated[float, Field(gt=0, allow_inf_nan=False), Float]
NotNegative = Annotated[float, Field(ge=0, allow_inf_nan=False), Float]
Count = Annotated[int, Field(ge=1)]
Text = Annotated[str, Field(min_length=1)]
