"""What is wrong or doubtful in labelled data, row by row, with the place of each.

It stands beside the leakage audit, with which it shares the search for near-copies; the
audit compares two sides of a split, this looks at one set before it is split.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any, Literal

from mlpkg.data.label_map import LabelMap
from mlpkg.data.placed_rows import PlacedRow, read_placed_rows
from mlpkg.data.rows import Columns
from mlpkg.evaluation.leakage import PROSE_WORDS, SIMILARITY
from mlpkg.evaluation.near_copies import near_copies
from mlpkg.labels import DEFAULT_SCHEME, LabelScheme

__all__ = ["DataCheck", "Finding", "check_data"]

# Findings of one kind that the text shows before it counts; JSON has all.
SHOWN = 20


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is wrong (``error``) or doubtful (``warning``).

    Parameters
    ----------
    severity
        ``error`` or ``warning``.
    check
        Which check found it.
    message
        Place, what was found, and what to do.
    """

    severity: Literal["error", "warning"]
    check: str
    message: str


@dataclass(frozen=True, slots=True)
class DataCheck:
    """The findings and the counts of one check; a row a finding.

    Parameters
    ----------
    findings
        Errors before warnings.
    rows, bare_rows, articles
        Sound rows, those of them without an article, and articles.
    labels
        Rows by label, in the order of the scheme; partial and missing ones under
        ``None``.
    """

    findings: tuple[Finding, ...]
    rows: int
    bare_rows: int
    articles: int
    labels: dict[str | None, int]

    @property
    def errors(self) -> int:
        """How many findings are errors."""
        return sum(finding.severity == "error" for finding in self.findings)

    def frame(self) -> list[dict[str, Any]]:
        """Return the table as rows of severity, check, message."""
        return [asdict(finding) for finding in self.findings]

    def to_json(self) -> dict[str, Any]:
        """Return everything in types of JSON."""
        return {
            "errors": self.errors,
            "warnings": len(self.findings) - self.errors,
            "rows": self.rows,
            "bare_rows": self.bare_rows,
            "articles": self.articles,
            "labels": {name or "": count for name, count in self.labels.items()},
            "findings": self.frame(),
        }

    def to_text(self) -> str:
        """Return findings and counts as lines; ends with a newline."""
        lines = []
        by_check: dict[tuple[str, str], list[str]] = defaultdict(list)
        for finding in self.findings:
            by_check[finding.severity, finding.check].append(finding.message)
        for (severity, check), messages in by_check.items():
            lines += [f"{severity} ({check}): {text}" for text in messages[:SHOWN]]
            if len(messages) > SHOWN:
                rest = len(messages) - SHOWN
                lines.append(f"{severity} ({check}): … and {rest} more")
        labels = ", ".join(
            f"{name or 'partial or none'} {count}"
            for name, count in self.labels.items()
        )
        lines += [
            f"rows: {self.rows} ({labels}); articles: {self.articles}, rows without "
            f"an article: {self.bare_rows}",
            f"errors: {self.errors}, warnings: {len(self.findings) - self.errors}",
        ]
        return "\n".join(lines) + "\n"


def check_data(
    source: str | Path,
    *,
    columns: Columns | None = None,
    scheme: LabelScheme = DEFAULT_SCHEME,
    label_map: LabelMap | None = None,
) -> DataCheck:
    """Check labelled data.

    Parameters
    ----------
    source, columns, scheme, label_map
        As `mlpkg.data.gold.load_gold` takes them.

    Returns
    -------
    DataCheck
        Errors: rows that cannot be read, texts with conflicting labels that no
        context explains. Warnings: conflicting labels that one may (see Notes),
        copies, near-copies in different articles, articles with gaps, labels that no
        row has. Copies and near-copies are looked for in prose of 8 words or more,
        copies also among rows without an article.

    Raises
    ------
    DataError
        There is no such source, or a file is broken as a whole.

    Notes
    -----
    Conflicting labels are a warning where context can explain them: rows of articles
    that are short, or one of which is furniture (a headline that is repeated).

    100,000 rows without articles took half a minute on two cores, most of it the
    search for near-copies, which goes over the texts once a bit of their number.
    """
    data = read_placed_rows(source, columns=columns, scheme=scheme, label_map=label_map)
    rows = data.rows
    findings = [Finding("error", "invalid", fault) for fault in data.faults]
    findings += _conflicts(rows, scheme.furniture)
    findings += _copies(rows, scheme.furniture)
    findings += _near_copies(rows, scheme.furniture)
    findings += _gaps(rows)
    counts = Counter(row.label for row in rows)
    findings += _unused_labels(counts, scheme)
    names: tuple[str | None, ...] = (*scheme.names, None)
    return DataCheck(
        tuple(sorted(findings, key=lambda finding: finding.severity)),
        len(rows),
        sum(not row.article for row in rows),
        len({row.article for row in rows if row.article}),
        {name: counts[name] for name in names if name or counts[name]},
    )


def _conflicts(rows: Sequence[PlacedRow], furniture: str | None) -> Iterator[Finding]:
    """Find texts with different labels; each row is told against the first."""
    first: dict[str, PlacedRow] = {}
    for row in rows:
        if row.label is None:
            continue
        before = first.setdefault(_folded(row.text), row)
        if before.label == row.label:
            continue
        by_context = (
            row.article
            and before.article
            and (not _is_prose(row, furniture) or not _is_prose(before, furniture))
        )
        yield Finding(
            "warning" if by_context else "error",
            "conflicting labels",
            f"{row.place}: {row.text[:50]!r} is {row.label!r} here and "
            f"{before.label!r} at {before.place}; "
            + (
                "right only if their context decides"
                if by_context
                else "correct one of the two"
            ),
        )


def _copies(rows: Sequence[PlacedRow], furniture: str | None) -> Iterator[Finding]:
    """Find copies of a text with the same label."""
    first: dict[tuple[str, str | None], PlacedRow] = {}
    for row in rows:
        if row.article and not _is_prose(row, furniture):
            continue
        before = first.setdefault((_folded(row.text), row.label), row)
        if before is not row:
            yield Finding(
                "warning",
                "copies",
                f"{row.place}: {row.text[:50]!r} stands at {before.place}, too; take "
                "one out, or keep both on one side of a split",
            )


def _near_copies(rows: Sequence[PlacedRow], furniture: str | None) -> list[Finding]:
    """Find prose that nearly stands in another article."""
    first = {_folded(r.text): r for r in reversed(rows) if _is_prose(r, furniture)}
    prose = list(reversed(first.values()))
    found = near_copies(
        [row.text for row in prose],
        [row.article or f"\0{place}" for place, row in enumerate(prose)],
        threshold=SIMILARITY,
    )
    return [
        Finding(
            "warning",
            "near-copies",
            f"{prose[match.text].place}: {prose[match.text].text[:50]!r} nearly stands "
            f"at {prose[match.other].place} (similarity {match.similarity:.2f}), in "
            "another article; keep both on one side of a split",
        )
        for match in found
    ]


def _gaps(rows: Sequence[PlacedRow]) -> Iterator[Finding]:
    """Find articles whose rows are parted, or number their rows with gaps."""
    articles: dict[str, list[tuple[int, PlacedRow]]] = defaultdict(list)
    for place, row in enumerate(rows):
        articles[row.article].append((place, row))
    bare = articles.pop("", [])
    if bare and articles:
        yield _gap(
            f"{bare[0][1].place}: no article here and in {len(bare) - 1} more rows, "
            f"though {len(articles)} articles are named; such rows are judged without "
            "context, and training refuses the mix: name their articles, or take "
            "them out"
        )
    for article, group in articles.items():
        indices = {row.index for _, row in group if row.index is not None}
        gaps = [(a + 1, b - 1) for a, b in pairwise(sorted(indices)) if b - a > 1]
        if gaps:
            n_missing = sum(last - first + 1 for first, last in gaps)
            shown = [str(a) if a == b else f"{a}-{b}" for a, b in gaps[:5]]
            yield _gap(
                f"{group[0][1].place}: article {article!r} has no row of index "
                f"{', '.join(shown)}{', …' if len(gaps) > 5 else ''} "
                f"({n_missing} in all); neighbours are part of what a row is judged by"
            )
        if not indices:
            yield from _partings(article, group)


def _partings(
    article: str, group: Sequence[tuple[int, PlacedRow]]
) -> Iterator[Finding]:
    """Find the first place where an article goes on after rows of others."""
    for (before, last), (place, row) in zip(group, group[1:], strict=False):
        if place != before + 1:
            yield _gap(
                f"{row.place}: article {article!r} goes on here after other rows (its "
                f"last was {last.place}); sort the rows, or order them by an index "
                "column"
            )
            return


def _gap(message: str) -> Finding:
    """Make a finding of the kind."""
    return Finding("warning", "gaps", message)


def _unused_labels(
    counts: Counter[str | None], scheme: LabelScheme
) -> Iterator[Finding]:
    """Find labels that no row has."""
    unused = [name for name in scheme.names if not counts[name]]
    if unused and counts:
        yield Finding(
            "warning",
            "labels",
            f"no row is labelled {' or '.join(map(repr, unused))}; a model cannot "
            "learn what it never sees",
        )


def _is_prose(row: PlacedRow, furniture: str | None) -> bool:
    """Tell running text from furniture and from what recurs by chance."""
    return row.label != furniture and len(row.text.split()) >= PROSE_WORDS


def _folded(text: str) -> str:
    """Fold case and white space."""
    return " ".join(text.split()).casefold()
