"""Paired tests between stored runs, part by part, over the rows that they share."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from mlpkg.exceptions import DataError

if TYPE_CHECKING:
    from mlpkg.evaluation import Comparison
    from mlpkg.tracking.stored_run import StoredRun

__all__ = ["PairedRuns", "RunComparison", "compare_runs"]

_COLUMNS = ("part", "article_id", "start", "end", "gold", "label")
# Rows of one part by key: article, start, end, gold label -> predicted label.
_Rows = dict[tuple[Any, ...], str]


@dataclass(frozen=True, slots=True)
class PairedRuns:
    """One later run against the first, over one part.

    Parameters
    ----------
    part
        The part.
    run
        Id of the later run.
    result
        The comparison; its differences are the later run minus the first.
    adjusted_p
        The p-value after Holm's correction for all runs of this part.
    """

    part: str
    run: str
    result: Comparison
    adjusted_p: float


@dataclass(frozen=True, slots=True)
class RunComparison:
    """Several runs against the first.

    Parameters
    ----------
    runs
        Ids of the runs, the first in front.
    audits
        The gravest word of each run's leakage audit.
    rows
        A comparison a part and later run.
    skipped
        What could not be compared, and why.
    """

    runs: tuple[str, ...]
    audits: tuple[str, ...]
    rows: tuple[PairedRuns, ...]
    skipped: tuple[str, ...]

    def to_json(self) -> dict[str, Any]:
        """Return the table in types of JSON."""
        return {
            "runs": list(self.runs),
            "audits": list(self.audits),
            "comparisons": [
                {"part": row.part, "run": row.run, "adjusted_p": row.adjusted_p}
                | row.result.to_json()
                for row in self.rows
            ],
            "skipped": list(self.skipped),
        }


def compare_runs(
    runs: Sequence[StoredRun],
    *,
    n: int = 2000,
    seed: int = 0,
    margin: float = 0.01,
) -> RunComparison:
    """Compare every later run with the first.

    Parameters
    ----------
    runs
        Two different runs or more.
    n, seed, margin
        As in `mlpkg.evaluation.compare`.

    Returns
    -------
    RunComparison
        Each part whose rows and gold labels are the same in both runs, whatever
        they learned from; p-values are Holm-corrected over the runs of a part.

    Raises
    ------
    DataError
        Fewer than two different runs, a run without predictions, or no part to compare.
    """
    ids = [run.id for run in runs]
    if len(set(ids)) < max(len(ids), 2):
        raise DataError(
            f"a comparison needs two different runs or more, got {', '.join(ids)}"
        )
    tables = [_parts(run) for run in runs]
    found: dict[str, list[tuple[str, Comparison]]] = {}
    skipped: list[str] = []
    for run, table in zip(runs[1:], tables[1:], strict=True):
        for part in tables[0] | table:
            reason = _mismatch(runs[0], run, tables[0].get(part), table.get(part))
            if reason:
                skipped.append(f"{part} of {run.id} against {ids[0]}: {reason}")
                continue
            result = _compared(
                tables[0][part],
                table[part],
                runs[0].labels,
                n=n,
                seed=seed,
                margin=margin,
            )
            found.setdefault(part, []).append((run.id, result))
    if not found:
        raise DataError("nothing to compare: " + "; ".join(skipped))
    audits = tuple(run.audit_status for run in runs)
    return RunComparison(tuple(ids), audits, tuple(_corrected(found)), tuple(skipped))


def _compared(
    first: _Rows, later: _Rows, labels: Sequence[str], **options: Any
) -> Comparison:
    """Compare two parts that have the same keys."""
    from mlpkg.evaluation import compare

    return compare(
        [gold for *_, gold in first],
        list(first.values()),
        [later[key] for key in first],
        [article for article, *_ in first],
        labels,
        **options,
    )


def _corrected(
    found: Mapping[str, Sequence[tuple[str, Comparison]]],
) -> Iterator[PairedRuns]:
    """Yield the comparisons, p-values corrected within each part."""
    from mlpkg.evaluation import holm

    for part, results in found.items():
        adjusted = holm([result.p_value for _, result in results])
        for (run_id, result), p_value in zip(results, adjusted, strict=True):
            yield PairedRuns(part, run_id, result, p_value)


def _parts(run: StoredRun) -> dict[str, _Rows]:
    """Read the predicted labels of a run by part and key."""
    parts: dict[str, _Rows] = {}
    for row in run.prediction_rows(_COLUMNS):
        part, *key, label = (row[name] for name in _COLUMNS)
        rows = parts.setdefault(part, {})
        if tuple(key) in rows:
            raise DataError(
                f"{run.path / 'predictions.parquet'}: part {part!r} holds "
                f"{tuple(key)!r} twice, expected one row a gold span; train again"
            )
        rows[tuple(key)] = label
    return parts


def _mismatch(
    a: StoredRun, b: StoredRun, first: _Rows | None, later: _Rows | None
) -> str:
    """Say why the rows of a part cannot be paired; empty where they can."""
    if first is None or later is None:
        return "one of the runs has no such part"
    if set(a.labels) != set(b.labels):
        return f"the labels differ ({', '.join(a.labels)}; {', '.join(b.labels)})"
    if first.keys() == later.keys():
        return ""
    same = a.run.get("data_fingerprint") == b.run.get("data_fingerprint")
    return (
        f"{len(first.keys() - later.keys())} of {len(first)} rows with their gold "
        f"labels stand only in the first, {len(later.keys() - first.keys())} of "
        f"{len(later)} only in the other; "
        + ("" if same else "the runs learned from different data; ")
        + "compare runs over one version of the data, or judge both on one validation "
        "set"
    )
