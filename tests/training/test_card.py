from __future__ import annotations

import pytest

from mlpkg.config import Config, DataConfig
from mlpkg.evaluation import evaluate_labels
from mlpkg.training.card import model_card

FACTS = {
    "n_pages": 12,
    "n_segments": 345,
    "data_fingerprint": "d" * 64,
    "config_fingerprint": "c" * 64,
}


@pytest.fixture
def evaluations():
    gold, found = ["claim", "opinion"] * 2, ["claim", "claim"] * 2
    return {"validation": evaluate_labels(gold, found, list("aabb"), gold[:2], n=5)}


def test_the_card_tells_data_fingerprints_and_scores(evaluations):
    card = model_card(Config(name="small"), FACTS, evaluations)
    assert card.startswith("# Model small\n")
    assert "corpus:train, 12 pages, 345 segments (fingerprint dddddddddddd)" in card
    assert "Config fingerprint cccccccccccc;" in card
    assert "## Validation\n\n```\n" + evaluations["validation"].to_text() in card


def test_the_card_names_no_folder_of_this_machine():
    config = Config(data=DataConfig(train="/home/somebody/rows.csv"))
    card = model_card(config, FACTS, {})
    assert "Data: rows.csv, 12 pages" in card
    assert "somebody" not in card
