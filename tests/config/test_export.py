from __future__ import annotations

import json
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mlpkg.config import (
    CORPUS_PARTS,
    Columns,
    Config,
    DataConfig,
    EncoderConfig,
    EvaluationConfig,
    LinearModelConfig,
    TrainingConfig,
    config_hash,
    json_schema,
    load_config,
    to_yaml,
)
from mlpkg.exceptions import ConfigError

text = st.text(min_size=1)
sources = st.sampled_from([f"corpus:{part}" for part in CORPUS_PARTS]) | text.map(
    lambda name: str(Path("/").joinpath(name))
)
positive = st.floats(min_value=0, exclude_min=True, allow_infinity=False)
label_sets = st.lists(
    text.filter(lambda name: name == name.strip()), min_size=2, unique=True
).map(tuple)


@st.composite
def data_configs(draw: st.DrawFn) -> DataConfig:
    labels = draw(label_sets)
    return DataConfig(
        train=draw(sources),
        validation=draw(st.none() | sources),
        columns=draw(st.builds(Columns, text=text, label=text, article=text)),
        labels=labels,
        furniture=draw(st.none() | st.sampled_from(labels)),
        mapping=draw(st.dictionaries(text, st.sampled_from(labels), max_size=3)),
        source_weights=draw(st.dictionaries(text, st.floats(0, 9), max_size=3)),
    )


configs = st.builds(
    Config,
    name=st.from_regex(r"[A-Za-z0-9_-]{1,100}", fullmatch=True),
    seed=st.integers(0, 2**32 - 1),
    data=data_configs(),
    encoder=st.builds(
        EncoderConfig,
        name=text,
        revision=st.none() | text,
        max_length=st.none() | st.integers(min_value=1),
        cache=st.booleans(),
    ),
    model=st.builds(
        LinearModelConfig,
        C=positive,
        vector_weight=positive,
        neighbour_weight=positive,
        class_weight=st.sampled_from([None, "balanced"]),
    ),
    training=st.builds(TrainingConfig, context_dropout=st.floats(0, 1)),
    evaluation=st.builds(EvaluationConfig, bootstrap=st.integers(min_value=1)),
)


@given(configs)
def test_yaml_reads_back_to_an_equal_config(config: Config):
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "x.yaml"
        path.write_text(to_yaml(config), encoding="utf-8", newline="")
        loaded = load_config(path)
    assert loaded == config
    assert config_hash(loaded) == config_hash(config)


def test_yaml_has_the_order_of_the_schema():
    lines = to_yaml(Config()).splitlines()
    assert [line.split(":")[0] for line in lines if line[0] not in " -"] == list(
        Config.model_fields
    )


def test_yaml_keeps_other_scripts_legible():
    labels = ("мнение", "факт")
    config = Config(data=DataConfig(labels=labels, furniture=None))
    assert "мнение" in to_yaml(config)


# One of these is a valid other value for any leaf that has one.
CANDIDATES = [
    "true",
    "false",
    "null",
    "7",
    "0.7",
    "other",
    "balanced",
    "bfloat16",
    "skip",
    "corpus:test",
    "[boilerplate, b]",
]
NOT_HASHED = {"name", "data.train", "data.validation", "evaluation.keep_text"}
ONE_VALUE = {"model.kind"}


def leaves(tree: dict[str, Any], prefix: str = "") -> Iterator[str]:
    for key, value in tree.items():
        if isinstance(value, dict):
            yield from leaves(value, f"{prefix}{key}.")
        else:
            yield prefix + key


def variants(leaf: str) -> Iterator[Config]:
    """Yield configs that differ from the default one in a leaf alone."""
    for candidate in CANDIDATES:
        try:
            config = load_config("default", [f"{leaf}={candidate}"])
        except ConfigError:
            continue
        if config != Config():
            yield config


@pytest.mark.parametrize("leaf", sorted({*leaves(Config().resolved())} - ONE_VALUE))
def test_the_hash_covers_every_leaf_that_decides_the_outcome(leaf: str):
    others = list(variants(leaf))
    assert others, f"add a valid other value of {leaf} to CANDIDATES"
    for other in others:
        unchanged = config_hash(other) == config_hash(Config())
        assert unchanged == (leaf in NOT_HASHED)


@pytest.mark.parametrize(
    "override",
    [
        "data.mapping={fact: claim}",
        "data.allowed={hm: [claim, opinion]}",
        "data.source_weights={wire: 2}",
    ],
)
def test_the_hash_covers_what_other_labels_and_sources_mean(override: str):
    assert config_hash(load_config("default", [override])) != config_hash(Config())


def test_the_hash_is_sha256_in_hexadecimal():
    assert len(config_hash(Config())) == 64
    assert int(config_hash(Config()), 16) >= 0


def test_the_hash_does_not_tell_whole_numbers_from_floats():
    first, second = (load_config("default", [f"model.C={c}"]) for c in ("2", "2.0"))
    assert config_hash(first) == config_hash(second)


def test_json_schema_knows_extends_limits_and_descriptions():
    schema = json_schema()
    assert list(schema["properties"]) == ["extends", *Config.model_fields]
    assert schema["additionalProperties"] is False
    model = schema["$defs"]["LinearModelConfig"]["properties"]
    assert model["C"]["exclusiveMinimum"] == 0
    assert model["C"]["description"]
    assert json.loads(json.dumps(schema)) == schema
