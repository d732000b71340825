"""What two runs were told to do differently, and what that did to their scores."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from mlpkg.tracking.stored_run import StoredRun, leaves

__all__ = ["RunDiff", "changed_leaves", "diff_runs"]

_METRICS = ("macro_f1", "f1")


@dataclass(frozen=True, slots=True)
class RunDiff:
    """The differences of two runs.

    Parameters
    ----------
    a, b
        Ids of the runs.
    config
        A row a changed leaf, as `changed_leaves` gives them.
    scores
        A row a part and score that both have: part, metric, label, ``old`` and
        ``new`` with value, low and high, and their difference (None where a value
        is).
    notes
        What else differs: data, code, the state of the audits.
    """

    a: str
    b: str
    config: tuple[dict[str, Any], ...]
    scores: tuple[dict[str, Any], ...]
    notes: tuple[str, ...]

    def to_json(self) -> dict[str, Any]:
        """Return the tables in types of JSON."""
        return {
            "a": self.a,
            "b": self.b,
            "config": list(self.config),
            "scores": list(self.scores),
            "notes": list(self.notes),
        }


def diff_runs(a: StoredRun, b: StoredRun) -> RunDiff:
    """Put two runs side by side.

    Parameters
    ----------
    a, b
        The old run and the new one.

    Returns
    -------
    RunDiff
        Differences are new minus old. They have no interval: both runs must be
        judged on the same rows for one; `mlpkg.report.run_comparison` does that.

    Raises
    ------
    DataError
        A part of a run is missing or damaged.
    """
    return RunDiff(
        a.id,
        b.id,
        tuple(changed_leaves(a.config, b.config)),
        tuple(_score_rows(a, b)),
        tuple(_notes(a, b)),
    )


def changed_leaves(
    old: Mapping[str, Any], new: Mapping[str, Any]
) -> list[dict[str, Any]]:
    """Return the leaves of two trees that differ: path, old, new.

    A row lacks ``old`` or ``new`` where that tree has no such leaf.

    Examples
    --------
    >>> changed_leaves({"model": {"C": 1, "kind": "x"}}, {"model": {"C": 2}})
    [{'path': 'model.C', 'old': 1, 'new': 2}, {'path': 'model.kind', 'old': 'x'}]
    """
    before, after = leaves(old), leaves(new)
    return [
        {
            "path": path,
            **({"old": before[path]} if path in before else {}),
            **({"new": after[path]} if path in after else {}),
        }
        for path in before | after
        if path not in before or path not in after or before[path] != after[path]
    ]


def _score_rows(a: StoredRun, b: StoredRun) -> Iterator[dict[str, Any]]:
    """Yield macro-F1 and the F1 of each label, part by part."""
    for part in (part for part in a.metrics if part in b.metrics):
        old, new = (
            {(row["metric"], row["label"]): row for row in run.metrics[part]["rows"]}
            for run in (a, b)
        )
        shared = [key for key in old if key in new and key[0] in _METRICS]
        for key in sorted(shared, key=lambda key: _METRICS.index(key[0])):
            change = _change(old[key], new[key])
            yield {"part": part, "metric": key[0], "label": key[1]} | change


def _change(old: Mapping[str, Any], new: Mapping[str, Any]) -> dict[str, Any]:
    """Put a score of both runs beside each other."""
    known = old["value"] is not None and new["value"] is not None
    return {
        "old": {key: old[key] for key in ("value", "low", "high")},
        "new": {key: new[key] for key in ("value", "low", "high")},
        "difference": new["value"] - old["value"] if known else None,
    }


def _notes(a: StoredRun, b: StoredRun) -> Iterator[str]:
    """Say what the tables of leaves and scores do not show."""
    if a.run.get("data_fingerprint") != b.run.get("data_fingerprint"):
        yield "the runs learned from different data"
    commits = [(run.run.get("git") or {}).get("commit") for run in (a, b)]
    if commits[0] != commits[1]:
        yield f"the code differs: commit {commits[0]} and {commits[1]}"
    for run in (a, b):
        if run.audit_status != "ok":
            yield f"the leakage audit of {run.id} says: {run.audit_status}"
    for part in sorted(a.metrics.keys() ^ b.metrics.keys()):
        owner = a.id if part in a.metrics else b.id
        yield f"part {part!r} has scores in {owner} alone"
