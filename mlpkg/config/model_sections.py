"""Settings of what is fitted: the sentence encoder and the model on its vectors."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Field

from mlpkg.config.section import (
    Count,
    NotNegative,
    Positive,
    Section,
    Share,
    Text,
)

__all__ = [
    "EncoderConfig",
    "LinearModelConfig",
    "PageModelConfig",
    "StaticModelConfig",
    "TunedModelConfig",
    "model_kind",
]

# The kind of a model section that names none.
DEFAULT_KIND = "linear"


class EncoderConfig(Section):
    """Which sentence encoder, and how it computes."""

    name: Annotated[
        Text,
        Field(
            description="minilm (bundled), the folder of a sentence-transformers "
            "model, or a hub name."
        ),
    ] = "minilm"
    revision: Annotated[
        Text | None, Field(description="Commit of a hub model; in quotes.")
    ] = None
    precision: Annotated[
        Literal["auto", "float32", "bfloat16"],
        Field(
            description="Number format; auto: bfloat16 on cpu, cuda and cuda:N where "
            "the hardware computes it, else float32."
        ),
    ] = "float32"
    device: Annotated[
        Text,
        Field(
            description="auto (cuda where there is one, else cpu), cpu, cuda, "
            "cuda:N or mps."
        ),
    ] = "auto"
    max_length: Annotated[
        Annotated[int, Field(gt=0)] | None,
        Field(description="Most tokens of a text; null for the encoder's own limit."),
    ] = None
    batch_size: Annotated[int, Field(gt=0, description="Most texts in a batch.")] = 64
    cache: Annotated[
        bool, Field(description="Whether vectors are kept in the embedding cache.")
    ] = True
    download: Annotated[
        bool, Field(description="Whether a hub model may be fetched.")
    ] = False


class LinearModelConfig(Section):
    """Logistic regression over sentence vectors, neighbours' vectors and features."""

    kind: Annotated[
        Literal["linear"], Field(description="Which model this section sets up.")
    ] = "linear"
    C: Annotated[Positive, Field(description="Inverse strength of the L2 penalty.")] = (
        0.03
    )
    vector_weight: Annotated[
        NotNegative,
        Field(description="Scale of the sentence vectors beside the features."),
    ] = 0.2
    neighbour_weight: Annotated[
        NotNegative,
        Field(description="Scale of the neighbours' vectors; 0 leaves them out."),
    ] = 0.2
    class_weight: Annotated[
        Literal["balanced"] | None,
        Field(description="balanced weighs rare labels up; null weighs rows alike."),
    ] = None


class _NetworkConfig(Section):
    """What every network over the segments of a page has."""

    # Narrowed by each kind; here it keeps its place as the first.
    kind: str
    width: Annotated[
        Count, Field(description="Units of the layers over features and pages.")
    ] = 128
    vector_width: Annotated[
        Count, Field(description="Units of the layer over sentence vectors.")
    ] = 64
    epochs: Annotated[Count, Field(description="Passes over the pages.")] = 6
    learning_rate: Annotated[Positive, Field(description="Highest learning rate.")] = (
        0.004
    )
    weight_decay: Annotated[
        NotNegative, Field(description="Weight decay of AdamW.")
    ] = 0.01
    batch_pages: Annotated[Count, Field(description="Pages in a training step.")] = 8
    dropout: Annotated[
        Share, Field(description="Share of hidden units hidden in training.")
    ] = 0.3
    vector_dropout: Annotated[
        Share, Field(description="Share of vector entries hidden in training.")
    ] = 0.5
    feature_dropout: Annotated[
        Share, Field(description="Share of features hidden in training.")
    ] = 0.1
    label_smoothing: Annotated[
        Share, Field(description="Share of the target spread over all labels.")
    ] = 0.05
    holdout: Annotated[
        Share,
        Field(
            description="Share of pages held out to stop early; 0 trains to the end."
        ),
    ] = 0.0
    patience: Annotated[
        Count,
        Field(description="Epochs without a lower held-out loss before it stops."),
    ] = 3


class PageModelConfig(_NetworkConfig):
    """Recurrent network over the segments of a page, vectors and features."""

    kind: Annotated[
        Literal["page"], Field(description="Which model this section sets up.")
    ] = "page"


class TunedModelConfig(_NetworkConfig):
    """The network over pages, and the sentence encoder tuned with it."""

    kind: Annotated[
        Literal["tuned"], Field(description="Which model this section sets up.")
    ] = "tuned"
    vector_width: Annotated[
        Count, Field(description="Units of the layer over sentence vectors.")
    ] = 128
    epochs: Annotated[Count, Field(description="Passes over the pages.")] = 4
    learning_rate: Annotated[Positive, Field(description="Highest learning rate.")] = (
        0.003
    )
    vector_dropout: Annotated[
        Share, Field(description="Share of vector entries hidden in training.")
    ] = 0.3
    patience: Annotated[
        Count,
        Field(description="Epochs without a lower held-out loss before it stops."),
    ] = 2
    rank: Annotated[
        Count, Field(description="Rank of the change of the encoder's matrices.")
    ] = 16
    encoder_learning_rate: Annotated[
        Positive, Field(description="Highest learning rate of the encoder.")
    ] = 0.0005
    encoder_dropout: Annotated[
        Share,
        Field(description="Share of the encoder's hidden units hidden in training."),
    ] = 0.1


class StaticModelConfig(_NetworkConfig):
    """The network over pages, and token vectors that learn with it."""

    kind: Annotated[
        Literal["static"], Field(description="Which model this section sets up.")
    ] = "static"
    vector_width: Annotated[
        Count, Field(description="Units of the layer over sentence vectors.")
    ] = 128
    epochs: Annotated[Count, Field(description="Passes over the pages.")] = 8
    vector_dropout: Annotated[
        Share, Field(description="Share of vector entries hidden in training.")
    ] = 0.0
    dimension: Annotated[Count, Field(description="Entries of a token's vector.")] = 128
    encoder_learning_rate: Annotated[
        Positive, Field(description="Highest learning rate of the token vectors.")
    ] = 0.002
    encoder_dropout: Annotated[
        Share, Field(description="Share of a text's tokens hidden in training.")
    ] = 0.3
    teacher: Annotated[
        Text | None,
        Field(
            description="Model whose encoder gives the token vectors to begin with; "
            "null takes the encoder as it was published."
        ),
    ] = None


def model_kind(section: Any) -> str:
    """Return the kind of a model section, as settings or as an object."""
    if isinstance(section, dict):
        return str(section.get("kind", DEFAULT_KIND))
    return str(getattr(section, "kind", DEFAULT_KIND))
