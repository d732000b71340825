from __future__ import annotations

import json
from typing import get_args

import pytest
from pydantic import BaseModel, ValidationError

from mlpkg.config import (
    CORPUS_PARTS,
    CORPUS_PREFIX,
    Config,
    DataConfig,
    EncoderConfig,
    TrainingConfig,
)
from mlpkg.data.corpus import PARTS
from mlpkg.data.gold import CORPUS
from mlpkg.embedding.precision import PRECISIONS
from mlpkg.labels import DEFAULT_SCHEME


def sections(model: type[BaseModel]) -> list[type[BaseModel]]:
    nested = [
        info.annotation
        for info in model.model_fields.values()
        if isinstance(info.annotation, type) and issubclass(info.annotation, BaseModel)
    ]
    return [model, *(found for part in nested for found in sections(part))]


def test_every_setting_has_a_description_and_a_default():
    for section in sections(Config):
        for name, info in section.model_fields.items():
            assert info.description, name
            assert not info.is_required(), name


def test_default_labels_are_those_of_the_default_scheme():
    assert DataConfig().labels == DEFAULT_SCHEME.names
    assert DataConfig().furniture == DEFAULT_SCHEME.furniture


def test_precisions_are_those_of_the_encoder():
    assert get_args(EncoderConfig.model_fields["precision"].annotation) == PRECISIONS


def test_corpus_sources_are_those_of_the_bundled_corpus():
    assert (CORPUS_PREFIX, CORPUS_PARTS) == (CORPUS, PARTS)


def test_a_config_cannot_be_changed():
    with pytest.raises(ValidationError, match="frozen"):
        Config().seed = 1


def test_furniture_must_be_a_label_even_by_default():
    with pytest.raises(ValidationError, match=r"must be one of data.labels \(a, b\)"):
        DataConfig(labels=("a", "b"))
    assert DataConfig(labels=("a", "b"), furniture=None).furniture is None


def test_resolved_holds_every_leaf_in_the_order_of_the_schema():
    resolved = Config(training=TrainingConfig(folds=3)).resolved()
    assert list(resolved) == list(Config.model_fields)
    assert resolved["data"]["labels"] == list(DEFAULT_SCHEME.names)
    assert resolved["training"]["folds"] == 3
    assert json.loads(json.dumps(resolved)) == resolved
    assert Config.model_validate(resolved).resolved() == resolved
