"""What a leakage audit reads and gives: two sides of rows, and one table of checks."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any, Literal

from mlpkg.exceptions import DataError

__all__ = ["Audit", "AuditRow", "AuditSide", "Status", "worst_of"]

Status = Literal["ok", "warn", "fail"]
_SEVERITY: tuple[Status, ...] = ("ok", "warn", "fail")


@dataclass(frozen=True, slots=True)
class AuditSide:
    """Rows of training or of held-out data, a value a row in each field.

    Parameters
    ----------
    articles
        Id of the article; empty for a row without its page.
    texts
        Text of the segment.
    labels
        Label name.
    sources
        Outlet or corpus; empty where unknown.
    dates
        ISO date or year of the article; empty where unknown.

    Raises
    ------
    DataError
        There is no row, or the fields differ in length.
    """

    articles: Sequence[str]
    texts: Sequence[str]
    labels: Sequence[str]
    sources: Sequence[str]
    dates: Sequence[str]

    def __post_init__(self) -> None:
        sizes = {name: len(getattr(self, name)) for name in self.__slots__}
        if len(set(sizes.values())) != 1 or not sizes["texts"]:
            raise DataError(
                "a side of an audit needs rows, with a value a row in each field; got "
                f"{', '.join(f'{size} {name}' for name, size in sizes.items())} "
                "(an unknown value is an empty string)"
            )

    def __len__(self) -> int:
        return len(self.texts)


@dataclass(frozen=True, slots=True)
class AuditRow:
    """One check of an audit.

    Parameters
    ----------
    name
        Name of the check.
    status
        ``ok``, ``warn`` or ``fail``; what could not be checked is ``ok`` and says so.
    count
        How many were found; None where the check could not be made.
    share
        The count as a share, 0 to 1; `detail` says of what.
    detail
        One sentence with the figures.
    examples
        At most five ids, without words.
    """

    name: str
    status: Status
    count: int | None
    share: float | None
    detail: str
    examples: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Audit:
    """The leakage audit of one split: a row a check.

    Parameters
    ----------
    rows
        The table.

    Examples
    --------
    >>> audit = Audit((AuditRow("same prose", "warn", 1, 0.005, "1 of 200 rows"),))
    >>> audit.worst
    'warn'
    >>> print(audit.to_text(), end="")
    status  check       count  share  detail
    warn    same prose      1   0.5%  1 of 200 rows
    """

    rows: tuple[AuditRow, ...]

    @property
    def worst(self) -> Status:
        """The gravest status of all checks."""
        return max((row.status for row in self.rows), key=_SEVERITY.index, default="ok")

    def frame(self) -> list[dict[str, Any]]:
        """Return the table as rows of name, status, count, share, detail, examples."""
        return [asdict(row) | {"examples": list(row.examples)} for row in self.rows]

    def to_json(self) -> dict[str, Any]:
        """Return the audit in types of JSON; a missing value is None."""
        return {"worst": self.worst, "rows": self.frame()}

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> Audit:
        """Read what `to_json` gave."""
        return cls(
            tuple(
                AuditRow(**{**row, "examples": tuple(row["examples"])})
                for row in stored["rows"]
            )
        )

    def to_text(self) -> str:
        """Return the table as aligned lines, without examples; ends with a newline."""
        lines = [("status", "check", "count", "share", "detail")]
        lines += [
            (
                row.status,
                row.name,
                "-" if row.count is None else str(row.count),
                "-" if row.share is None else f"{row.share:.1%}",
                row.detail,
            )
            for row in self.rows
        ]
        status, check, count, share = (
            max(map(len, column)) for column in list(zip(*lines, strict=True))[:4]
        )
        return "".join(
            f"{a:{status}}  {b:{check}}  {c:>{count}}  {d:>{share}}  {e}\n"
            for a, b, c, d, e in lines
        )


def unchecked(name: str, why: str) -> AuditRow:
    """Make the row of a check that lacks what it needs."""
    return AuditRow(name, "ok", None, None, f"could not be checked: {why}")


def first_five(examples: Iterable[str]) -> tuple[str, ...]:
    """Keep what a row may show."""
    return tuple(example for _, example in zip(range(5), examples, strict=False))


def worst_of(audits: Sequence[Audit]) -> Audit:
    """Combine the audits of several folds: each check shows its worst, and says so.

    Parameters
    ----------
    audits
        At least one, all with the same checks.
    """
    by_check = zip(*(audit.rows for audit in audits), strict=True)
    return Audit(tuple(_worst_row(rows) for rows in by_check))


def _worst_row(rows: Sequence[AuditRow]) -> AuditRow:
    """Take one check's worst row; its figures are those of one fold, so it says so."""
    worst = max(
        rows,
        key=lambda r: (_SEVERITY.index(r.status), r.share or 0.0, r.count is not None),
    )
    if len(rows) == 1 or worst.count is None:
        return worst
    return replace(worst, detail=f"worst of {len(rows)} folds: {worst.detail}")
