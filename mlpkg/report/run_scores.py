"""The stored tables of a run, set out for its report: scores, audit, settings, facts.

Nothing is computed here that the run folder does not hold.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from mlpkg.config import Config
from mlpkg.evaluation.report_table import metric_title
from mlpkg.exceptions import DataError
from mlpkg.report.figures_svg import IntervalFigure, interval_figure
from mlpkg.tracking.stored_run import leaves

__all__ = [
    "AuditTable",
    "PartScores",
    "Setting",
    "audit_table",
    "f1_figure",
    "part_scores",
    "run_facts",
    "setting_groups",
]

Row = Mapping[str, Any]

_PER_CLASS = ("precision", "recall", "f1")
_OVERALL = (
    "macro_f1",
    "accuracy",
    "matthews",
    "brier",
    "log_loss",
    "calibration_error",
)
_STATUS_WORDS = {"ok": "ok", "warn": "warning", "fail": "failed"}


@dataclass(frozen=True, slots=True)
class PartScores:
    """The stored evaluation of one part of the data.

    Parameters
    ----------
    name
        Of the part, such as ``validation``.
    stored
        What `mlpkg.evaluation.Evaluation.to_json` gave.
    classes
        A label with its rows for precision, recall and F1.
    overall
        Name for readers and row of each score over all labels.
    """

    name: str
    stored: Mapping[str, Any]
    classes: tuple[tuple[str, tuple[Row, ...]], ...]
    overall: tuple[tuple[str, Row], ...]

    def row(self, metric: str) -> Row | None:
        """Return the row of a score over all labels, None where it is not stored."""
        return next((row for _, row in self.overall if row["metric"] == metric), None)

    @property
    def labels(self) -> list[str]:
        """Label names in the order of the confusion matrix."""
        return [label for label, _ in self.classes]


@dataclass(frozen=True, slots=True)
class AuditTable:
    """The leakage audit of one part: its checks and how many have which status."""

    checks: tuple[Row, ...]
    summary: str


@dataclass(frozen=True, slots=True)
class Setting:
    """One leaf of the config; `default` is None where the value is the default."""

    name: str
    value: str
    default: str | None


def part_scores(name: str, stored: Mapping[str, Any]) -> PartScores:
    """Set out a stored evaluation.

    Raises
    ------
    DataError
        It lacks one of the scores that every evaluation has.
    """
    rows = {(row["metric"], row["label"]): row for row in stored.get("rows", ())}
    needed = [(metric, x) for x in stored.get("labels", ()) for metric in _PER_CLASS]
    missing = [key for key in [*needed, ("macro_f1", "")] if key not in rows]
    if missing:
        raise DataError(
            f"metrics.json, part {name!r}: no row of metric and label {missing[0]!r}; "
            "expected what Evaluation.to_json gives: evaluate the run again"
        )
    return PartScores(
        name,
        stored,
        tuple(
            (label, tuple(rows[metric, label] for metric in _PER_CLASS))
            for label in stored["labels"]
        ),
        tuple((metric_title(m), rows[m, ""]) for m in _OVERALL if (m, "") in rows),
    )


def f1_figure(parts: Sequence[PartScores]) -> IntervalFigure:
    """Draw macro-F1 and the F1 of each label with intervals, all parts side by side."""
    found: dict[str, list[Row | None]] = {
        "macro-F1": [p.row("macro_f1") for p in parts]
    }
    for number, part in enumerate(parts):
        for label, (_, _, f1) in part.classes:
            found.setdefault(label, [None] * len(parts))[number] = f1
    values = [
        (
            name,
            [
                None
                if row is None or row["value"] is None
                else (row["value"], row["low"], row["high"])
                for row in rows
            ],
        )
        for name, rows in found.items()
    ]
    return interval_figure(
        values,
        [part.name for part in parts],
        title="F1 by label",
        description="A mark is the score, the line through it its interval. "
        "The tables below hold the same figures.",
    )


def audit_table(part: str, stored: Mapping[str, Any]) -> AuditTable:
    """Set out a stored audit, the worst checks first.

    Raises
    ------
    DataError
        It is not what an audit's `to_json` gives.
    """
    if "rows" not in stored:
        raise DataError(
            f"audit.json, part {part!r}: has {', '.join(stored)!r}, expected 'rows'; "
            "the run is of another version: train it again"
        )
    order = list(_STATUS_WORDS)
    checks = sorted(
        stored["rows"], key=lambda check: order.index(check["status"]), reverse=True
    )
    counts = Counter(check["status"] for check in checks)
    words = [f"{counts[s]} {_STATUS_WORDS[s]}" for s in order[::-1] if counts[s]]
    named = [{**check, "word": _STATUS_WORDS[check["status"]]} for check in checks]
    return AuditTable(tuple(named), ", ".join(words))


def setting_groups(config: Mapping[str, Any]) -> list[tuple[str, list[Setting]]]:
    """Group the leaves of a resolved config by section, with their defaults."""
    defaults = leaves(Config().resolved())
    groups: dict[str, list[Setting]] = {}
    for path, value in leaves(config).items():
        section, _, name = path.partition(".")
        same = path in defaults and defaults[path] == value
        default = _written(defaults[path]) if path in defaults else "absent"
        setting = Setting(name or section, _written(value), None if same else default)
        groups.setdefault(section if name else "experiment", []).append(setting)
    return list(groups.items())


def run_facts(run: Mapping[str, Any]) -> list[tuple[str, str]]:
    """List what ``run.json`` says of how a run was made, as far as it says it."""
    git = run.get("git") or {}
    commit = str(git.get("commit", ""))
    machine = run.get("machine") or {}
    facts = {
        "run": run.get("id"),
        "started (UTC)": run.get("started_utc"),
        "command": " ".join(map(str, run.get("command") or ())),
        "seed": run.get("seed"),
        "code": commit + (" with uncommitted changes" if git.get("dirty") else ""),
        "config fingerprint": run.get("config_fingerprint"),
        "data fingerprint": run.get("data_fingerprint"),
        "codebook": run.get("codebook_version"),
        "licence": run.get("licence"),
        "machine": ", ".join(
            f"{key} {value}" if key == "cores" else str(value)
            for key, value in machine.items()
        ),
        "versions": ", ".join(
            f"{k} {v}" for k, v in (run.get("versions") or {}).items()
        ),
        "seconds": ", ".join(
            f"{stage} {seconds:g}"
            for stage, seconds in (run.get("timings_s") or {}).items()
        ),
    }
    return [(name, str(fact)) for name, fact in facts.items() if fact not in (None, "")]


def _written(value: object) -> str:
    """Write a setting as YAML would."""
    if isinstance(value, list | tuple):
        return ", ".join(map(_written, value))
    return value if isinstance(value, str) else json.dumps(value)
