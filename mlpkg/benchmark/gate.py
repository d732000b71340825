"""The quality gate: committed floors under a model's scores, each with its reason."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

from pydantic import Field, ValidationError

from mlpkg.config.document import read_document
from mlpkg.config.faults import describe
from mlpkg.config.section import Float, Section, Text
from mlpkg.data.gold import data_fingerprint, load_gold
from mlpkg.exceptions import ConfigError, DataError
from mlpkg.models.store import load_model
from mlpkg.training.evaluate import evaluate

__all__ = ["Floor", "Gate", "GateLine", "check_gate", "load_gate"]


class Floor(Section):
    """One floor."""

    score: Annotated[Text, Field(description="macro_f1, accuracy, f1, …")]
    label: Annotated[str, Field(description="A label, empty for all of them.")] = ""
    at_least: Annotated[float, Field(ge=0, le=1, description="The floor."), Float]
    reason: Annotated[
        str, Field(min_length=10, description="Why it stands where it stands.")
    ]


class Gate(Section):
    """The floors of one model on one set of data."""

    model: Annotated[Text, Field(description="Name or folder of the model.")]
    data: Annotated[Text, Field(description="As mlpkg evaluate takes it.")]
    fingerprint: Annotated[
        Text, Field(description="Hash of the data: other data, other floors.")
    ]
    floors: Annotated[tuple[Floor, ...], Field(strict=False, min_length=1)]


@dataclass(frozen=True, slots=True)
class GateLine:
    """One floor held against the score of now."""

    floor: Floor
    value: float | None

    @property
    def holds(self) -> bool:
        """Whether the score reaches the floor."""
        return self.value is not None and self.value >= self.floor.at_least

    def to_text(self) -> str:
        """Say it in one line; under the floor with the reason of the floor."""
        name = f"{self.floor.score} {self.floor.label}".strip()
        value = "none" if self.value is None else f"{self.value:.4f}"
        line = f"{'ok' if self.holds else 'UNDER'}  {name} {value}"
        line += f", floor {self.floor.at_least:g}"
        return line if self.holds else f"{line} ({self.floor.reason})"


def load_gate(path: Path) -> Gate:
    """Read a file of floors.

    Raises
    ------
    ConfigError
        Lists every fault with its line.
    """
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(f"{path}: cannot be read as a gate ({error})") from error
    document = read_document(text, lambda line: f"{path}, line {line}")
    try:
        gate = Gate.model_validate(document.value)
    except ValidationError as error:
        faults = [*document.faults, *describe(error, document, Gate)]
        raise ConfigError("\n".join(faults)) from error
    if document.faults:
        raise ConfigError("\n".join(document.faults))
    return gate


def check_gate(path: Path) -> list[GateLine]:
    """Score the model in float32 and hold each floor against it.

    Raises
    ------
    DataError
        The data are not those that the floors were set on.
    """
    gate = load_gate(path)
    pages = load_gold(gate.data)
    found = data_fingerprint(pages)
    if found != gate.fingerprint:
        raise DataError(
            f"{gate.data} has the fingerprint {found}, {path} was written for "
            f"{gate.fingerprint}: measure anew, and write fingerprint, floors and "
            "reasons for these data"
        )
    model = load_model(gate.model, precision="float32")
    # Points alone are held against floors.
    result = evaluate(model, pages, n=1)
    return [
        GateLine(floor, result.value(floor.score, floor.label)) for floor in gate.floors
    ]
