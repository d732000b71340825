from __future__ import annotations

import pytest

from mlpkg.config import (
    Columns,
    Config,
    DataConfig,
    EncoderConfig,
    LinearModelConfig,
    TrainingConfig,
)
from mlpkg.config.objects import make_classifier, make_encoder, make_gold, make_scheme
from mlpkg.exceptions import DataError
from mlpkg.labels import DEFAULT_SCHEME

MAIL = DataConfig(
    labels=("spam", "ham"), furniture=None, columns=Columns(text="body", label="kind")
)


def test_the_default_config_has_the_default_scheme():
    assert make_scheme(Config()) == DEFAULT_SCHEME


def test_other_labels_make_another_scheme_in_their_order():
    scheme = make_scheme(Config(data=MAIL))
    assert scheme.names == ("spam", "ham")
    assert scheme.furniture is None


def test_default_labels_keep_the_configs_order_and_furniture():
    names = ("opinion", "claim", "boilerplate", "attribution")
    scheme = make_scheme(Config(data=DataConfig(labels=names, furniture=None)))
    assert scheme.names == names
    assert scheme.furniture is None
    assert scheme.by_letter("O") == DEFAULT_SCHEME.by_name("opinion")


def test_the_encoder_takes_every_setting():
    settings = EncoderConfig(precision="bfloat16", max_length=64, batch_size=7)
    encoder = make_encoder(Config(encoder=settings))
    found = {name: getattr(encoder, name) for name in EncoderConfig.model_fields}
    assert found == settings.model_dump()


def test_the_classifier_takes_every_setting():
    config = Config(
        seed=5,
        model=LinearModelConfig(C=0.5, neighbour_weight=0, class_weight="balanced"),
        training=TrainingConfig(context_dropout=0.1, folds=3, max_iter=9),
    )
    classifier = make_classifier(config)
    assert classifier.context_dropout == 0.1
    assert classifier.folds == 3
    assert classifier.random_state == 5
    expected = config.model.model_dump(exclude={"kind"}) | {"max_iter": 9}
    assert classifier.model.get_params() == expected
    assert classifier.encoder_object().name == "minilm"
    assert not hasattr(classifier, "classes_")


def test_gold_is_read_with_the_configs_columns_and_labels(tmp_path):
    path = tmp_path / "r.csv"
    path.write_text("body,kind\nBuy now,spam\nSee you,ham\n", encoding="utf-8")
    pages = make_gold(Config(data=MAIL), str(path))
    assert [page.labels for page in pages] == [("spam",), ("ham",)]


def test_gold_is_read_with_what_the_config_says_of_labels_and_sources(tmp_path):
    path = tmp_path / "r.csv"
    path.write_text(
        "body,kind,from\nBuy now,1,a\nSee you,?,b\nWell,,b\n", encoding="utf-8"
    )
    data = MAIL.model_copy(
        update={
            "columns": Columns(text="body", label="kind", source="from"),
            "mapping": {"1": "spam"},
            "allowed": {"?": ("spam", "ham")},
            "unlabelled": "skip",
            "source_weights": {"b": 0.5},
        }
    )
    pages = make_gold(Config(data=data), str(path))
    assert [page.labels[0] for page in pages[:1]] == ["spam"]
    assert [page.allowed for page in pages] == [None, *[(("spam", "ham"),)] * 2]
    assert [page.weights for page in pages] == [None, (0.5,), (0.0,)]


def test_gold_with_labels_that_the_config_does_not_name_is_refused():
    with pytest.raises(DataError, match=r"corpus:test has the labels .*\(spam, ham\)"):
        make_gold(Config(data=MAIL), "corpus:test")
