"""Run folders made by code, as `mlpkg train` leaves them."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import yaml

from mlpkg.config import Config
from mlpkg.evaluation import evaluate_labels

GOLD = ("claim", "opinion", "attribution", "boilerplate")
ARTICLES = 8
NOTHING_FOUND = {
    "worst": "ok",
    "rows": [
        {
            "name": "shared articles",
            "status": "ok",
            "count": 0,
            "share": 0.0,
            "detail": "no article stands on both sides",
            "examples": [],
        }
    ],
}


def write_run(
    root: Path,
    run_id: str = "2031-01-02T030405-small-0123abcd",
    *,
    predicted: Mapping[str, Sequence[str]] | None = None,
    gold: Sequence[str] = GOLD * ARTICLES,
    settings: Mapping[str, Any] | None = None,
    facts: Mapping[str, Any] | None = None,
    audit: Mapping[str, Any] | None = NOTHING_FOUND,
) -> Path:
    """Write a finished run and return its folder.

    Parameters
    ----------
    root, run_id
        The folder of all runs and the name in it.
    predicted
        Predicted labels by part; the gold labels out of fold where it is not given.
    gold
        Gold labels of every part; each article has as many rows as there are labels.
    settings
        Sections and leaves of `mlpkg.config.Config` that are not the default.
    facts
        Entries of ``run.json`` to change.
    audit
        The audit of every part; None for a run without.
    """
    parts = predicted or {"out-of-fold": gold}
    config = Config.model_validate({"name": "small", **(settings or {})}).resolved()
    labels = config["data"]["labels"]
    articles = [f"page-{row // len(labels)}" for row in range(len(gold))]
    evaluations = {
        part: evaluate_labels(gold, found, articles, labels, n=20).to_json()
        for part, found in parts.items()
    }
    folder = root / run_id
    (folder / "model").mkdir(parents=True)
    (folder / "model" / "model.json").write_text('{"name": "small"}\n')
    (folder / "log.txt").write_text("done\n")
    (folder / "config.yaml").write_text(yaml.safe_dump(config, sort_keys=False))
    tables: dict[str, Any] = {
        "run": {
            "id": run_id,
            "status": "finished",
            "name": config["name"],
            "config": config,
            "config_fingerprint": "c" * 64,
            "data_fingerprint": "d" * 64,
            "n_pages": len(set(articles)),
            "n_segments": len(gold),
            "codebook_version": "1.2",
            "licence": None,
            "metrics": {},
            "seed": config["seed"],
            "command": ["mlpkg", "train", "small.yaml"],
            "git": {"commit": "a" * 40, "dirty": False},
            "versions": {"python": "3.11.0", "mlpkg": "0.1.0"},
            "machine": {"system": "Linux", "cores": 2},
            "timings_s": {"fit": 1.25, "total": 2.5},
            "started_utc": "2031-01-02T03:04:05+00:00",
        }
        | dict(facts or {}),
        "splits": {"train": sorted(set(articles)), "validation": [], "folds": {}},
        "metrics": evaluations,
    }
    if audit is not None:
        tables["audit"] = dict.fromkeys(parts, audit)
    for name, table in tables.items():
        (folder / f"{name}.json").write_text(json.dumps(table, indent=2))
    _write_predictions(folder, parts, gold, articles, labels)
    return folder


def _write_predictions(folder, parts, gold, articles, labels):
    rows = [
        {
            "part": part,
            "fold": -1,
            "article_id": article,
            "index": place % len(labels),
            "start": 10 * (place % len(labels)),
            "end": 10 * (place % len(labels)) + 9,
            "text": "",
            "gold": truth,
            "label": label,
            "confidence": 0.7,
            **{f"p_{name}": 0.7 if name == label else 0.1 for name in labels},
            "hard": False,
            **dict.fromkeys(("outlet", "genre", "register", "english", "year"), ""),
        }
        for part, found in parts.items()
        for place, (article, truth, label) in enumerate(
            zip(articles, gold, found, strict=True)
        )
    ]
    table = pa.Table.from_pylist(rows)
    table = table.replace_schema_metadata({"mlpkg.labels": json.dumps(labels)})
    pq.write_table(table, folder / "predictions.parquet")


@pytest.fixture
def make_run(tmp_path: Path) -> Callable[..., Path]:
    """Write a run under ``tmp_path / "runs"``: see `write_run`."""

    def make(*arguments: Any, **options: Any) -> Path:
        return write_run(tmp_path / "runs", *arguments, **options)

    return make
