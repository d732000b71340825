"""Stored runs on a terminal: the list, one run, and what changed between two."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from mlpkg.evaluation.report_table import (
    aligned,
    interval_cell,
    metric_title,
    text_table,
)
from mlpkg.tracking.run_diff import changed_leaves

if TYPE_CHECKING:
    from mlpkg.report.run_comparison import RunComparison
    from mlpkg.tracking.run_diff import RunDiff
    from mlpkg.tracking.store import RunEntry
    from mlpkg.tracking.stored_run import StoredRun

__all__ = [
    "comparison_text",
    "diff_text",
    "entry_facts",
    "from_default",
    "list_text",
    "run_text",
]


# What a status asks of the reader, told once under the list.
_STATUS_NOTES = {
    "interrupted": "the training was killed; `mlpkg runs rm` removes what is left",
    "checkpoints": "what a killed training had finished; training the same config on "
    "the same data goes on from there, `mlpkg runs rm` removes them",
}


def entry_facts(entry: RunEntry) -> dict[str, Any]:
    """Return what a list of runs says of one, in types of JSON."""
    facts = {
        "id": entry.id,
        "path": str(entry.path),
        "status": entry.status,
        "reason": entry.reason,
    }
    if entry.run is None:
        return facts
    run = entry.run.run
    return facts | {
        "name": run.get("name"),
        "pages": run.get("n_pages"),
        "segments": run.get("n_segments"),
        "seconds": (run.get("timings_s") or {}).get("total"),
        "audit": entry.run.audit_status,
        "macro_f1": {
            part: {key: row[key] for key in ("value", "low", "high")}
            for part, evaluation in entry.run.metrics.items()
            for row in evaluation["rows"]
            if row["metric"] == "macro_f1"
        },
    }


def list_text(entries: Sequence[RunEntry]) -> str:
    """Write a line a run, then what hinders the unfinished and broken ones."""
    table = [entry_facts(entry) for entry in entries]
    parts = list(
        dict.fromkeys(part for row in table for part in row.get("macro_f1", ()))
    )
    columns = ("id", "name", "status", "pages", "seconds", "audit")
    lines = [[*columns, *(f"macro-F1 {part}" for part in parts)]]
    for row in table:
        scores = [row.get("macro_f1", {}).get(part) for part in parts]
        lines.append(
            [
                *("-" if row.get(key) is None else str(row[key]) for key in columns),
                *("-" if score is None else interval_cell(score) for score in scores),
            ]
        )
    notes = [f"broken: {row['reason']}\n" for row in table if row["reason"]]
    found = {entry.status for entry in entries}
    notes += [f"{key}: {note}\n" for key, note in _STATUS_NOTES.items() if key in found]
    return aligned(lines) + "\n" + "".join(notes)


def from_default(run: StoredRun) -> list[dict[str, Any]]:
    """Return the settings of a run that are not the default, as changed leaves."""
    from mlpkg.config import Config

    return changed_leaves(Config().resolved(), run.config)


def run_text(run: StoredRun) -> str:
    """Write everything that a person asks of one run; ends with a newline."""
    from mlpkg.evaluation.audit_table import Audit

    facts = run.run
    git = facts.get("git") or {}
    sections = [
        _pairs(
            {
                "run": run.id,
                "status": facts.get("status"),
                "data": f"{facts.get('n_pages')} pages, {facts.get('n_segments')} "
                f"segments, fingerprint {str(facts.get('data_fingerprint'))[:12]}",
                "code": f"commit {git.get('commit')}"
                + (" with changes" if git.get("dirty") else ""),
                "command": " ".join(map(str, facts.get("command") or ["-"])),
            }
        ),
        _leaf_table("settings", from_default(run), "default", "run"),
        *(f"{part}\n{text_table(table)}" for part, table in run.metrics.items()),
        *(
            f"leakage audit of {part}\n{Audit.from_json({'rows': checks}).to_text()}"
            for part, checks in run.checks.items()
        ),
    ]
    if run.audit is None:
        sections.append("leakage audit: the run was made without\n")
    for title, key in (("seconds", "timings_s"), ("versions", "versions")):
        sections.append(f"{title}\n{_pairs(facts.get(key) or {})}")
    return "\n".join(sections)


def diff_text(diff: RunDiff) -> str:
    """Write the differences of two runs; ends with a newline."""
    lines = [["part", "score", "a", "b", "b - a"]]
    for row in diff.scores:
        change = row["difference"]
        lines.append(
            [
                row["part"],
                f"{metric_title(row['metric'])} {row['label']}".rstrip(),
                interval_cell(row["old"]),
                interval_cell(row["new"]),
                "-" if change is None else f"{change:+.3f}",
            ]
        )
    return "\n".join(
        [
            _pairs({"a": diff.a, "b": diff.b}),
            _leaf_table("settings", diff.config, "a", "b"),
            f"{aligned(lines)}\n",
            *(f"note: {note}" for note in diff.notes),
            "note: `mlpkg runs compare` gives the differences intervals and a test\n",
        ]
    )


def comparison_text(comparison: RunComparison) -> str:
    """Write every comparison under its part; ends with a newline."""
    names = {run_id: f"run {i}" for i, run_id in enumerate(comparison.runs, 1)}
    later = len(comparison.runs) - 1
    legend = [
        [names[run_id], run_id, f"leakage audit: {audit}"]
        for run_id, audit in zip(comparison.runs, comparison.audits, strict=True)
    ]
    sections = [f"{aligned(legend)}\n"]
    for row in comparison.rows:
        text = row.result.to_text("run 1", names[row.run])
        if later > 1:
            text += (
                f"p after Holm's correction for {later} runs: {row.adjusted_p:.3g}\n"
            )
        sections.append(f"{row.part}\n{text}")
    sections += [f"not compared: {reason}\n" for reason in comparison.skipped]
    return "\n".join(sections)


def _leaf_table(
    title: str, rows: Sequence[Mapping[str, Any]], old: str, new: str
) -> str:
    """Lay out changed leaves."""
    if not rows:
        return f"{title}: no difference\n"
    cells = [
        [
            row["path"],
            *(_json(row[key]) if key in row else "-" for key in ("old", "new")),
        ]
        for row in rows
    ]
    return aligned([[title, old, new], *cells]) + "\n"


def _pairs(facts: Mapping[str, Any]) -> str:
    """Lay out names and values, a line each."""
    return (
        aligned([[name, str(value)] for name, value in facts.items()] or [["-"]]) + "\n"
    )


def _json(value: Any) -> str:
    """Write a setting as it would stand on the command line."""
    return json.dumps(value, ensure_ascii=False, default=str)
