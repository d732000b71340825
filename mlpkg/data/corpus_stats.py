"""Counts of the bundled corpus: one table of pages, all views made from it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from statistics import median
from typing import Any

from mlpkg.data.corpus import PARTS, corpus_files, part_of
from mlpkg.labels import DEFAULT_SCHEME

__all__ = ["CorpusStats", "corpus_stats"]


@dataclass(frozen=True, slots=True)
class CorpusStats:
    """One row a page: its header's values, its part and its counts by label."""

    pages: tuple[dict[str, Any], ...]

    def to_json(self) -> dict[str, Any]:
        """Return the counts as plain values."""
        return {
            "pages": len(self.pages),
            "segments": sum(page["segments"] for page in self.pages),
            "by_part": {part: self._counts(part) for part in PARTS},
            **{
                f"by_{key}": dict(sorted(Counter(p[key] for p in self.pages).items()))
                for key in ("genre", "register", "english", "decade", "hand")
            },
        }

    def to_text(self) -> str:
        """Return the tables as text."""
        names = DEFAULT_SCHEME.names
        lines = [_row(["part", "pages", "segments", *names, "median lines", "hard"])]
        for part in (*PARTS, None):
            counts = self._counts(part)
            cells = [part or "all", *(counts[k] for k in ("pages", "segments", *names))]
            lines.append(_row([*cells, counts["median_segments"], counts["hard"]]))
        for key in ("english", "decade", "hand"):
            counted = sorted(Counter(page[key] for page in self.pages).items())
            lines += ["", f"{key}: " + ", ".join(f"{k} {v}" for k, v in counted)]
        return "\n".join([*lines, "", *self._matrix()])

    def _matrix(self) -> list[str]:
        """Pages by genre (rows) and register (columns)."""
        cells = Counter((page["genre"], page["register"]) for page in self.pages)
        registers = sorted({register for _, register in cells})
        width = max(len(name) for name in registers)
        lines = [
            f"{'genre / register':<16}" + "".join(f" {r:>{width}}" for r in registers)
        ]
        for genre in sorted({genre for genre, _ in cells}):
            row = "".join(f" {cells[genre, r] or '.':>{width}}" for r in registers)
            lines.append(f"{genre:<16}{row}")
        return lines

    def _counts(self, part: str | None) -> dict[str, Any]:
        """Count one part, or all."""
        chosen = [p for p in self.pages if part is None or p["part"] == part]
        sizes = [page["segments"] for page in chosen]
        return {
            "pages": len(chosen),
            "segments": sum(sizes),
            **{n: sum(page[n] for page in chosen) for n in DEFAULT_SCHEME.names},
            "hard": sum(page["hard"] for page in chosen),
            "median_segments": median(sizes) if sizes else 0,
        }


def corpus_stats() -> CorpusStats:
    """Count the bundled corpus."""
    rows = []
    for page in corpus_files():
        labels = Counter(row.label for row in page.rows)
        rows.append(
            {
                **page.header,
                "decade": f"{page.header['year'][:3]}0s",
                "part": part_of(page),
                "segments": len(page.rows),
                "hard": sum(row.hard for row in page.rows),
                **{name: labels[name] for name in DEFAULT_SCHEME.names},
            }
        )
    return CorpusStats(tuple(rows))


def _row(cells: Iterable[object]) -> str:
    """Align the cells of the table of parts."""
    first, *rest = cells
    return f"{first!s:<12}" + "".join(f" {cell!s:>12}" for cell in rest)
