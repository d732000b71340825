import json
import re
import shutil
import subprocess

import numpy as np
import pytest
from resiliparse.parse.html import HTMLTree

from mlpkg.config import Config
from mlpkg.evaluation import evaluate_labels
from mlpkg.evaluation.audit_table import Audit, AuditRow
from mlpkg.exceptions import DataError
from mlpkg.report.run_report import run_report

LABELS = ("claim", "opinion", "attribution", "boilerplate")
SENTENCES = {
    "claim": "The ferry to Nordholm left the quay at seven with forty passengers.",
    "opinion": "It was a shabby way to treat people who had waited all night.",
    "attribution": '"Nobody told us anything," said Ida Quill, who runs the kiosk.',
    "boilerplate": "More from the harbour",
}
SECTIONS = [
    "headline config data audit scores confusion confidence mix slices errors".split()
]
HOSTILE = '</style><script>alert("x")</script><img src=x onerror=alert(1)>'


def made_rows(part, n_articles, seed):
    """Predictions whose confidence is worth something, on articles of 12 to 30 rows."""
    random = np.random.default_rng(seed)
    rows = []
    for number in range(n_articles):
        size = int(random.integers(12, 30))
        page = {
            "article_id": f"{part}-{number:03}.page",
            "outlet": f"Paper {number % 5}",
            "genre": ("news", "column", "science")[number % 3],
            "register": ("plain", "literary")[number % 2],
            "english": "british" if number % 4 else "american",
            "year": str(1998 + number),
        }
        for index in range(size):
            gold = str(random.choice(LABELS, p=(0.3, 0.15, 0.2, 0.35)))
            logits = random.normal(0, 1, 4)
            logits[LABELS.index(gold)] += 2.5 if gold != "opinion" else 1.2
            shares = np.exp(logits) / np.exp(logits).sum()
            label = LABELS[int(shares.argmax())]
            rows.append(
                page
                | {f"p_{x}": float(p) for x, p in zip(LABELS, shares, strict=True)}
                | {
                    "part": part,
                    "fold": number % 5,
                    "index": index,
                    "start": 80 * index,
                    "end": 80 * index + len(SENTENCES[gold]),
                    "text": SENTENCES[gold],
                    "gold": gold,
                    "label": label,
                    "confidence": float(shares.max()),
                    "hard": bool(random.random() < 0.1),
                }
            )
    return rows


def scored(rows, labels=LABELS):
    def column(name):
        return [row[name] for row in rows]

    return evaluate_labels(
        column("gold"),
        column("label"),
        column("article_id"),
        labels,
        [[row[f"p_{x}"] for x in labels] for row in rows],
        n=100,
    ).to_json()


def made_audit():
    return Audit(
        (
            AuditRow("shared articles", "ok", 0, 0.0, "no article is on both sides"),
            AuditRow(
                "same prose",
                "warn",
                2,
                0.004,
                "2 of 500 held-out sentences stand in the training data, word for word",
                ("validation-003.page: The ferry to Nordholm left",),
            ),
            AuditRow("one source", "fail", 1, None, "opinion comes from Paper 2 only"),
            AuditRow("time", "ok", None, None, "could not be checked: no dates"),
        )
    ).to_json()


@pytest.fixture(scope="module")
def run():
    parts = {
        "out-of-fold": made_rows("out-of-fold", 24, seed=1),
        "validation": made_rows("validation", 8, seed=2),
    }
    config = Config(name="harbour", seed=7).resolved()
    config["model"]["C"] = 0.5
    return {
        "config": config,
        "run": {
            "id": "2026-11-21T080000-harbour-0123abcd",
            "status": "finished",
            "name": "harbour",
            "config_fingerprint": "0123abcd" * 8,
            "data_fingerprint": "89ef4567" * 8,
            "n_pages": 24,
            "n_segments": len(parts["out-of-fold"]),
            "codebook_version": "1.1",
            "licence": None,
            "seed": 7,
            "command": ["mlpkg", "train", "harbour.yaml"],
            "git": {"commit": "5e1f" * 10, "dirty": True},
            "versions": {"python": "3.11.9", "mlpkg": "0.1.0", "numpy": "2.4.6"},
            "machine": {"system": "Linux", "processor": "Made Up 9000", "cores": 2},
            "timings_s": {"embed": 12.5, "fit": 3.25, "total": 17.0},
            "started_utc": "2026-11-21T08:00:00",
        },
        "splits": {
            "train": [f"out-of-fold-{i:03}.page" for i in range(24)],
            "validation": [f"validation-{i:03}.page" for i in range(8)],
            "folds": {f"out-of-fold-{i:03}.page": i % 5 for i in range(24)},
        },
        "metrics": {name: scored(rows) for name, rows in parts.items()},
        "audit": {"validation": made_audit()},
        "predictions": [row for rows in parts.values() for row in rows],
    }


@pytest.fixture(scope="module")
def html(run):
    return run_report(run)
