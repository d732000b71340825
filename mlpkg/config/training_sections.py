"""Settings of how a model is fitted, calibrated and scored."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from mlpkg.config.section import Float, Section, Text

__all__ = ["EvaluationConfig", "TrainingConfig"]


class TrainingConfig(Section):
    """How a model is fitted and calibrated."""

    context_dropout: Annotated[
        float,
        Field(
            ge=0,
            le=1,
            description="Share of segments that are also learned without context.",
        ),
        Float,
    ] = 0.3
    markup_dropout: Annotated[
        float,
        Field(
            ge=0,
            le=1,
            description="Share of pages with markup that are also learned without.",
        ),
        Float,
    ] = 1.0
    folds: Annotated[
        int,
        Field(
            ge=2,
            description="Folds by article, for calibration and out-of-fold scores.",
        ),
    ] = 5
    folds_by: Annotated[
        Text,
        Field(
            description="What a fold keeps together: article, outlet, time, or a key "
            "of the pages (hand, genre); articles always stay whole."
        ),
    ] = "article"
    max_iter: Annotated[
        int, Field(ge=1, description="Most iterations of the solver.")
    ] = 300


class EvaluationConfig(Section):
    """How scores get their intervals, and what a run keeps of the texts."""

    bootstrap: Annotated[
        int, Field(ge=1, description="Bootstrap samples of articles.")
    ] = 1000
    level: Annotated[
        float, Field(gt=0, lt=1, description="Level of the intervals."), Float
    ] = 0.95
    keep_text: Annotated[
        bool,
        Field(
            description="Whether a run's predictions hold the words; false for texts "
            "that must not be passed on."
        ),
    ] = True
