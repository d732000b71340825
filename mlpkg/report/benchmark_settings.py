"""On which machine, with which threads and versions the rows of a benchmark ran."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from mlpkg.report.benchmark_records import Row

__all__ = ["Setting", "settings_of"]


@dataclass(frozen=True, slots=True)
class Setting:
    """One machine at one number of threads.

    Parameters
    ----------
    machine, threads
        What the rows share.
    versions
        All versions of each package, since peers may run in environments of their own.
    first_date, last_date
        When the first and the last row ended.
    n_rows
        How many rows were measured so.
    """

    machine: str
    threads: int | None
    versions: Mapping[str, tuple[str, ...]]
    first_date: str
    last_date: str
    n_rows: int

    def facts(self) -> list[tuple[str, str]]:
        """Return names and values for a reader."""
        # To the minute; the rows hold the rest.
        dates = dict.fromkeys(
            date[:16].replace("T", " ") for date in (self.first_date, self.last_date)
        )
        facts = {
            "machine": self.machine,
            "threads": "" if self.threads is None else str(self.threads),
            "rows": str(self.n_rows),
            "date": " to ".join(date for date in dates if date),
            "versions": ", ".join(
                f"{name} {' and '.join(found)}" for name, found in self.versions.items()
            ),
        }
        return [(name, value) for name, value in facts.items() if value]


def settings_of(rows: Sequence[Row]) -> tuple[Setting, ...]:
    """Collect the settings of the rows that ended well."""
    grouped: dict[tuple[str, int | None], list[Row]] = {}
    for row in rows:
        if row.status == "ok":
            grouped.setdefault((_machine(row), row.threads), []).append(row)
    return tuple(
        Setting(
            machine=machine,
            threads=threads,
            versions=_versions(found),
            first_date=min(row.date for row in found),
            last_date=max(row.date for row in found),
            n_rows=len(found),
        )
        for (machine, threads), found in grouped.items()
    )


def _machine(row: Row) -> str:
    """Describe a machine in a line."""
    return ", ".join(
        f"{name} {value if isinstance(value, str) else json.dumps(value)}"
        for name, value in (row.machine or {}).items()
        if value not in (None, "")
    )


def _versions(rows: Sequence[Row]) -> dict[str, tuple[str, ...]]:
    """Collect the versions of each package in the order of the names."""
    found: dict[str, dict[str, None]] = {}
    for row in rows:
        for name, version in (row.versions or {}).items():
            if version:
                found.setdefault(name, {})[version] = None
    return {name: tuple(sorted(found[name])) for name in sorted(found)}
