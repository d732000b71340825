from __future__ import annotations

import json

import numpy as np
import pytest

from mlpkg.evaluation import evaluate_labels
from mlpkg.exceptions import DataError

LABELS = ("claim", "opinion", "boilerplate")
TRUE = ["claim", "opinion", "claim", "opinion"]
PREDICTED = ["claim", "claim", "claim", "opinion"]
ARTICLES = ["a", "a", "b", "b"]
PROBABILITIES = [[0.8, 0.1, 0.1], [0.6, 0.4, 0], [0.7, 0.2, 0.1], [0.3, 0.7, 0]]


def test_the_frame_is_tidy():
    frame = evaluate_labels(TRUE, PREDICTED, ARTICLES, LABELS).frame()
    keys = {"metric", "label", "value", "low", "high", "support"}
    assert all(set(row) == keys for row in frame)
    places = [(row["metric"], row["label"]) for row in frame]
    assert len(set(places)) == len(places) == 3 * len(LABELS) + 3
    assert frame[0] == {
        "metric": "precision",
        "label": "claim",
        "value": pytest.approx(2 / 3),
        "low": 0.5,
        "high": 1.0,
        "support": 2,
    }


def test_json_keeps_every_value_and_holds_no_nan():
    result = evaluate_labels(TRUE, PREDICTED, ARTICLES, LABELS, PROBABILITIES)
    stored = result.to_json()
    assert json.loads(json.dumps(stored, allow_nan=False)) == stored
    assert stored["rows"] == result.frame()
    assert stored["confusion"] == [[2, 0, 0], [1, 1, 0], [0, 0, 0]]
    assert (stored["n_articles"], stored["n_segments"]) == (2, 4)


def test_probabilities_add_three_losses():
    result = evaluate_labels(TRUE, PREDICTED, ARTICLES, LABELS, PROBABILITIES)
    expected = -np.log([0.8, 0.4, 0.7, 0.7]).mean()
    assert result.value("log_loss") == pytest.approx(expected)
    assert result.value("brier") == pytest.approx((0.06 + 0.72 + 0.14 + 0.18) / 4)
    assert result.value("calibration_error") == pytest.approx(
        (0.2 + 0.6 + abs(2 - 0.7 - 0.7)) / 4
    )
    log_loss = next(row for row in result.rows if row.metric == "log_loss")
    assert log_loss.low < log_loss.value < log_loss.high
    error = next(row for row in result.rows if row.metric == "calibration_error")
    assert error.low < error.high
    assert any("over 15 bins of equally many" in note for note in result.notes)


def test_without_probabilities_there_is_no_loss():
    result = evaluate_labels(TRUE, PREDICTED, ARTICLES, LABELS)
    with pytest.raises(KeyError, match="no metric 'log_loss' for label ''; metrics:"):
        result.value("log_loss")


def test_refuses_probabilities_of_another_shape():
    with pytest.raises(DataError, match=r"expected \(4, 3\)"):
        evaluate_labels(TRUE, PREDICTED, ARTICLES, LABELS, PROBABILITIES[:2])


def test_one_article_is_scored_and_noted():
    result = evaluate_labels(TRUE, PREDICTED, ["a"] * 4, LABELS, PROBABILITIES)
    assert {row.low for row in result.rows} == {None}
    assert result.value("accuracy") == 0.75
    assert "no intervals: they need at least two articles" in result.to_text()
