"""From a config to objects: the one place that turns names into what they name."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mlpkg.config.schema import Config
from mlpkg.labels import LabelScheme

if TYPE_CHECKING:
    from mlpkg.data.gold import GoldPage
    from mlpkg.embedding import SentenceTransformerEncoder
    from mlpkg.models import SentenceClassifier

__all__ = ["make_classifier", "make_encoder", "make_gold", "make_scheme"]


def make_scheme(config: Config) -> LabelScheme:
    """Return the label scheme that the config names."""
    return LabelScheme.from_names(config.data.labels, config.data.furniture)


def make_encoder(config: Config) -> SentenceTransformerEncoder:
    """Return the encoder; its weights are loaded at first use."""
    from mlpkg.embedding import SentenceTransformerEncoder

    return SentenceTransformerEncoder(**config.encoder.model_dump())


def make_classifier(config: Config) -> SentenceClassifier:
    """Return the unfitted classifier."""
    from mlpkg.models import SentenceClassifier
    from mlpkg.models.heads import make_head

    parameters = config.model.model_dump(exclude={"kind"})
    if config.model.kind == "linear":
        parameters["max_iter"] = config.training.max_iter
    head = make_head(config.model.kind, parameters)
    return SentenceClassifier(
        head,
        encoder=make_encoder(config),
        context_dropout=config.training.context_dropout,
        markup_dropout=config.training.markup_dropout,
        folds=config.training.folds,
        random_state=config.seed,
    )


def make_gold(config: Config, source: str) -> list[GoldPage]:
    """Load labelled data with the config's columns, labels and weights."""
    from mlpkg.data.gold import load_gold
    from mlpkg.data.label_map import LabelMap
    from mlpkg.data.rows import Columns

    data = config.data
    return load_gold(
        source,
        columns=Columns(**data.columns.model_dump()),
        scheme=make_scheme(config),
        label_map=LabelMap(data.mapping, data.allowed, data.unlabelled),
        source_weights=data.source_weights,
    )
