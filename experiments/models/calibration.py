"""Calibration of a model: whether confidence means what it says, real pages too.

``python experiments/models/calibration.py`` scores the default model (or a folder) on
the corpus's validation part, as text and as HTML, and, where they are there, on the
reference pages beside the checkout, pooled. It writes ``calibration.json``: expected
calibration error with its interval over articles, error and coverage of the labels
kept at each risk, the curve of error against coverage, and the goals beside what was
reached; no text. It only measures: thresholds and temperature are the model's own.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from mlpkg import load_model
from mlpkg.data.gold import GoldPage, load_gold
from mlpkg.evaluation import Evaluation, evaluate_labels, reliability, risk_coverage
from mlpkg.evaluation.bootstrap import MetricRow
from mlpkg.evaluation.report_table import interval_cell
from mlpkg.exceptions import MlpkgError
from mlpkg.models import SentenceClassifier
from mlpkg.models.store import manifest_of
from mlpkg.training.evaluate import RISKS, judge, with_kept

sys.path.append(str(Path(__file__).resolve().parents[1]))

from scored_pages import SHARED, load_present

HERE = Path(__file__).resolve().parent
REAL = "seeds and dev"
REAL_PARTS: dict[str, str | Path] = {"seeds": SHARED / "seeds", "dev": SHARED / "dev"}
CORPUS = ("corpus:validation", "corpus:validation@html")
# Issue 6: on seeds and dev pooled.
MOST_CALIBRATION_ERROR, MOST_KEPT_ERROR, AT_RISK = 0.04, 0.05, 0.05
# Points of the stored curve: every fourth percent of coverage.
POINTS = 25


def main() -> None:
    """Score the model on everything that is there and write the figures."""
    options = _options()
    try:
        classifier = load_model(options.model, precision="float32", cache=True)
        data = {name: load_gold(name) for name in CORPUS} | _real_pages()
    except MlpkgError as error:
        sys.exit(f"error: {error}")
    figures = {
        name: _figures(classifier, pages, options.resamples)
        for name, pages in data.items()
    }
    goals = _goals(figures)
    found = {
        "model": _facts(options.model, classifier),
        "goals": goals,
        "data": figures,
    }
    text = json.dumps(found, indent=1, allow_nan=False)
    options.output.write_text(text + "\n", encoding="utf-8")
    print(_summary(figures, goals))


def _options() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--model", default="default", help="a folder or a name")
    parser.add_argument("--output", type=Path, default=HERE / "calibration.json")
    parser.add_argument("--resamples", type=int, default=1000)
    return parser.parse_args()


def _real_pages() -> dict[str, list[GoldPage]]:
    """Load the reference pages as one set; nothing where none are here."""
    parts = load_present(REAL_PARTS)
    pages = [page for part in parts.values() for page in part]
    return {REAL: pages} if len(parts) == len(REAL_PARTS) else {}


def _facts(model: str, classifier: SentenceClassifier) -> dict[str, Any]:
    """Say which model was measured, and what it promises itself."""
    manifest = manifest_of(model)
    curve = classifier.risk_curve_
    thresholds = {
        f"{risk:g}": curve.threshold(risk) if curve.reachable(risk) else None
        for risk in RISKS
        if curve
    }
    return {
        "name": manifest.get("name"),
        "config_fingerprint": manifest.get("config_fingerprint"),
        "data_fingerprint": manifest.get("data_fingerprint"),
        "files": manifest["files"],
        "temperature": classifier.temperature_,
        "thresholds": thresholds,
        "lowest_risk": curve.lowest_risk if curve else None,
    }


def _figures(
    classifier: SentenceClassifier, pages: Sequence[GoldPage], resamples: int
) -> dict[str, Any]:
    """Measure confidence on one set of pages."""
    scheme = classifier.scheme_
    judged = judge(classifier, pages, scheme)
    scores = evaluate_labels(
        judged.y_true,
        judged.y_pred,
        judged.articles,
        scheme.names,
        judged.probabilities,
        resamples,
    )
    scores = with_kept(scores, judged, classifier.risk_curve_)
    confidence = judged.probabilities.max(axis=1)
    correct = [a == b for a, b in zip(judged.y_true, judged.y_pred, strict=True)]
    curve = risk_coverage(confidence, correct, judged.articles, n=resamples)
    step = max(1, len(curve.points) // POINTS)
    return {
        "n_articles": scores.n_articles,
        "n_segments": scores.n_segments,
        "macro_f1": scores.value("macro_f1"),
        "accuracy": scores.value("accuracy"),
        "mean_confidence": float(confidence.mean()),
        "calibration_error": _stored(_row(scores, "calibration_error")),
        "bins": [asdict(item) for item in reliability(confidence, correct)],
        "kept": {
            f"{risk:g}": {
                "error": _stored(_row(scores, f"kept_error_at_{risk:g}")),
                "coverage": _stored(_row(scores, f"coverage_at_{risk:g}")),
            }
            for risk in RISKS
        },
        "area_under_curve": curve.area,
        "curve": [asdict(point) for point in curve.points[::step]],
    }


def _row(scores: Evaluation, metric: str) -> MetricRow | None:
    """Return the row of a metric, None where the model could not promise it."""
    return next((row for row in scores.rows if row.metric == metric), None)


def _stored(row: MetricRow | None) -> dict[str, Any] | None:
    """Return a value with its interval."""
    if row is None:
        return None
    return {"value": row.value, "low": row.low, "high": row.high, "n": row.support}


def _goals(figures: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Set the goals beside what was reached; empty without the real pages."""
    if REAL not in figures:
        return []
    real = figures[REAL]
    kept = real["kept"][f"{AT_RISK:g}"]["error"]
    found = [
        ("calibration error", MOST_CALIBRATION_ERROR, real["calibration_error"]),
        (f"kept-label error at --max-risk {AT_RISK:g}", MOST_KEPT_ERROR, kept),
    ]
    return [
        {
            "goal": name,
            "at_most": most,
            "reached": None if row is None else row["value"],
            "met": row is not None
            and row["value"] is not None
            and row["value"] <= most,
        }
        for name, most, row in found
    ]


def _summary(figures: Mapping[str, Any], goals: Sequence[Mapping[str, Any]]) -> str:
    """Write the main figures for readers."""
    lines = []
    for name, found in figures.items():
        lines.append(
            f"{name} ({found['n_articles']} pages): calibration error "
            f"{_cell(found['calibration_error'])}"
        )
        lines += [
            f"  --max-risk {risk}: error {_cell(kept['error'])}, coverage "
            f"{_cell(kept['coverage'])}"
            for risk, kept in found["kept"].items()
        ]
    words = {True: "met", False: "missed"}
    lines += [f"{g['goal']} <= {g['at_most']:g}: {words[g['met']]}" for g in goals]
    return "\n".join(lines)


def _cell(row: Mapping[str, Any] | None) -> str:
    """Write a value with its interval."""
    return "-" if row is None else interval_cell(row)


if __name__ == "__main__":
    main()
