"""The settings of one experiment: schema, loading, hash."""

from __future__ import annotations

from mlpkg.config.data_section import (
    CORPUS_PARTS,
    CORPUS_PREFIX,
    Columns,
    DataConfig,
)
from mlpkg.config.export import config_hash, json_schema, to_yaml
from mlpkg.config.loading import load_config
from mlpkg.config.model_sections import EncoderConfig, LinearModelConfig
from mlpkg.config.schema import Config
from mlpkg.config.shipped import shipped_configs, shipped_folder
from mlpkg.config.training_sections import EvaluationConfig, TrainingConfig

__all__ = [
    "CORPUS_PARTS",
    "CORPUS_PREFIX",
    "Columns",
    "Config",
    "DataConfig",
    "EncoderConfig",
    "EvaluationConfig",
    "LinearModelConfig",
    "TrainingConfig",
    "config_hash",
    "json_schema",
    "load_config",
    "shipped_configs",
    "shipped_folder",
    "to_yaml",
]
