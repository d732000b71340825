"""Counts of the bundled corpus: one table of pages, all views made from it."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from statistics import median
from textwrap import fill
from typing import Any

from mlpkg.data.corpus import PARTS, corpus_files, part_of
from mlpkg.data.render import render_text
from mlpkg.labels import DEFAULT_SCHEME

__all__ = ["CorpusStats", "corpus_stats"]

# Headings of the matrix: registers differ in their first five letters.
REGISTER_LETTERS = 5
WIDTH = 88
_SIZES = ("median_lines", "p90_lines", "median_segments", "p90_segments")
KEYS = ("genre", "register", "english", "decade", "hand", "licence")


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
                for key in KEYS
            },
        }

    def to_text(self) -> str:
        """Return the tables as text."""
        names = DEFAULT_SCHEME.names
        parts = {part or "all": self._counts(part) for part in (*PARTS, None)}
        keys = ("pages", "segments", *names, "hard")
        lines = [_row(["part", *keys])]
        lines += [_row([p, *(counts[k] for k in keys)]) for p, counts in parts.items()]
        lines += [
            "",
            "of a page: median and 90th percentile; furniture of all segments",
        ]
        lines.append(_row(["part", "lines", "90%", "segments", "90%", "furniture"]))
        for name, counts in parts.items():
            sizes = (f"{counts[key]:g}" for key in _SIZES)
            lines.append(_row([name, *sizes, f"{counts['furniture_share']:.0%}"]))
        for key in KEYS:
            tally = sorted(Counter(page[key] for page in self.pages).items())
            # The no-break space keeps a count on the line of its value.
            told = f"{key}: " + ", ".join(f"{k}\xa0{v}" for k, v in tally)
            wrapped = fill(told, WIDTH, break_on_hyphens=False)
            lines += ["", wrapped.replace("\xa0", " ")]
        return "\n".join([*lines, "", *self._matrix()])

    def _matrix(self) -> list[str]:
        """Pages by genre (rows) and register (columns), with the sums of both."""
        cells = Counter((page["genre"], page["register"]) for page in self.pages)
        registers = sorted({register for _, register in cells})
        heads = [register[:REGISTER_LETTERS] for register in registers]
        lines = [_cells("genre / register", [*heads, "all"])]
        for genre in sorted({genre for genre, _ in cells}):
            row = [cells[genre, register] for register in registers]
            lines.append(_cells(genre, [count or "." for count in [*row, sum(row)]]))
        by_register = Counter(page["register"] for page in self.pages)
        sums = [by_register[register] for register in registers]
        return [*lines, _cells("all", [*sums, len(self.pages)])]

    def _counts(self, part: str | None) -> dict[str, Any]:
        """Count one part, or all."""
        chosen = [p for p in self.pages if part is None or p["part"] == part]
        segments = [page["segments"] for page in chosen]
        lines = [page["lines"] for page in chosen]
        furniture = sum(page["boilerplate"] for page in chosen)
        return {
            "pages": len(chosen),
            "segments": sum(segments),
            **{n: sum(page[n] for page in chosen) for n in DEFAULT_SCHEME.names},
            "hard": sum(page["hard"] for page in chosen),
            "furniture_share": furniture / sum(segments) if chosen else 0.0,
            "median_lines": median(lines) if chosen else 0,
            "p90_lines": _p90(lines),
            "median_segments": median(segments) if chosen else 0,
            "p90_segments": _p90(segments),
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
                "lines": len(render_text(page).splitlines()),
                "hard": sum(row.hard for row in page.rows),
                **{name: labels[name] for name in DEFAULT_SCHEME.names},
            }
        )
    return CorpusStats(tuple(rows))


def _p90(counts: Sequence[int]) -> int:
    """Return the least count that nine tenths of them do not exceed."""
    return sorted(counts)[math.ceil(0.9 * len(counts)) - 1] if counts else 0


def _row(cells: Iterable[object]) -> str:
    """Align the cells of a table of parts."""
    first, *rest = cells
    return f"{first!s:<12}" + "".join(f" {cell!s:>11}" for cell in rest)


def _cells(name: str, counts: Iterable[object]) -> str:
    """Align a row of the matrix."""
    return f"{name:<16}" + "".join(f" {cell!s:>{REGISTER_LETTERS}}" for cell in counts)
