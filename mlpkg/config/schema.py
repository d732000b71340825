"""The tree of one experiment's settings: names, types, limits and defaults.

Data only: nothing here opens a file or makes an encoder or a model.
"""

from __future__ import annotations

import re
from typing import Annotated, Any

from pydantic import AfterValidator, Discriminator, Field, Tag

from mlpkg.config.data_section import DataConfig
from mlpkg.config.model_sections import (
    EncoderConfig,
    LinearModelConfig,
    PageModelConfig,
    StaticModelConfig,
    TunedModelConfig,
    model_kind,
)
from mlpkg.config.section import Section
from mlpkg.config.training_sections import EvaluationConfig, TrainingConfig

__all__ = ["Config"]

_NAME = r"^[A-Za-z0-9_-]{1,100}$"


def _experiment_name(name: str) -> str:
    """Refuse what could not be part of a run folder's name."""
    if not re.fullmatch(_NAME, name):
        raise ValueError("must be 1 to 100 letters (a-z, A-Z), digits, - and _")
    return name


class Config(Section):
    """One experiment.

    Notes
    -----
    `mlpkg.config.load_config` makes one from a file and reports mistakes with their
    lines; made directly, mistakes are pydantic's ``ValidationError``.

    Examples
    --------
    >>> Config(name="small", training=TrainingConfig(folds=3)).training.folds
    3
    """

    name: Annotated[
        str,
        AfterValidator(_experiment_name),
        Field(
            description="Name of the experiment: letters, digits, - and _.",
            json_schema_extra={"pattern": _NAME},
        ),
    ] = "default"
    # scikit-learn and numpy take seeds of 32 bits.
    seed: Annotated[
        int,
        Field(ge=0, le=2**32 - 1, description="Seed of everything that is random."),
    ] = 0
    data: Annotated[DataConfig, Field(description="Pages and labels.")] = DataConfig()
    encoder: Annotated[
        EncoderConfig, Field(description="From texts to sentence vectors.")
    ] = EncoderConfig()
    model: Annotated[
        Annotated[LinearModelConfig, Tag("linear")]
        | Annotated[PageModelConfig, Tag("page")]
        | Annotated[TunedModelConfig, Tag("tuned")]
        | Annotated[StaticModelConfig, Tag("static")],
        Discriminator(model_kind),
        Field(description="From vectors and features to labels."),
    ] = LinearModelConfig()
    training: Annotated[
        TrainingConfig, Field(description="Fitting and calibration.")
    ] = TrainingConfig()
    evaluation: Annotated[
        EvaluationConfig, Field(description="Scores and their intervals.")
    ] = EvaluationConfig()

    def resolved(self) -> dict[str, Any]:
        """Return every leaf as plain JSON types, in the order of the schema."""
        return self.model_dump(mode="json")
