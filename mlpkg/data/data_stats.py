"""Counts of labelled data of any origin; the bundled corpus has its own beside it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from mlpkg.data.gold import GoldPage
from mlpkg.data.splits import published_day
from mlpkg.labels import DEFAULT_SCHEME, LabelScheme

__all__ = ["DataStats", "data_stats"]

# What pages are grouped by; outlets may be many, so that few are shown.
_KEYS: dict[str, Callable[[GoldPage], str]] = {
    "source": lambda page: page.source,
    "outlet": lambda page: page.page.article.outlet,
    "year": lambda page: published_day(page.page.article.published)[:4],
}
SHOWN = 20


@dataclass(frozen=True, slots=True)
class DataStats:
    """Counts of one set of labelled data.

    Parameters
    ----------
    pages, bare_rows, rows
        Pages, rows that came without one, and labelled texts of both.
    labels
        Rows with a decided label, by label in the order of the scheme.
    undecided
        Rows with a partial label or none.
    lengths
        By unit (``characters``, ``words``, and ``rows_a_page``): median, 95th
        percentile and largest.
    groups
        By key (``source``, ``outlet``, ``year``) the pages and bare rows of each
        value; only keys that some page states, ``""`` where one does not.
    """

    pages: int
    bare_rows: int
    rows: int
    labels: dict[str, int]
    undecided: int
    lengths: dict[str, dict[str, float]]
    groups: dict[str, dict[str, int]]

    def to_json(self) -> dict[str, Any]:
        """Return the counts in types of JSON."""
        return {name: getattr(self, name) for name in self.__slots__}

    def to_text(self) -> str:
        """Return the counts as lines; ends with a newline."""
        lines = [f"pages: {self.pages}, rows without a page: {self.bare_rows}"]
        shares = ", ".join(
            f"{name} {count} ({count / max(self.rows, 1):.0%})"
            for name, count in self.labels.items()
        )
        lines.append(f"rows: {self.rows}: {shares}, undecided {self.undecided}")
        for unit, values in self.lengths.items():
            facts = ", ".join(f"{name} {value:g}" for name, value in values.items())
            lines.append(f"{unit.replace('_', ' ')}: {facts}")
        for key, counts in self.groups.items():
            shown = [f"{name or 'not stated'} {n}" for name, n in counts.items()]
            rest = len(shown) - SHOWN
            lines.append(
                f"by {key}: {', '.join(shown[:SHOWN])}"
                + (f" and {rest} more" if rest > 0 else "")
            )
        return "\n".join(lines) + "\n"


def data_stats(
    pages: Sequence[GoldPage], scheme: LabelScheme = DEFAULT_SCHEME
) -> DataStats:
    """Count labelled data.

    Parameters
    ----------
    pages
        What `mlpkg.data.gold.load_gold` gives.
    scheme
        Whose labels are listed, also those that no row has.
    """
    texts = [page.page.article.text[a:b] for page in pages for a, b in page.spans]
    counts = Counter(page.labels[place] for page in pages for place in page.decided)
    with_page = [page for page in pages if page.has_context]
    lengths = {
        "characters": [len(text) for text in texts],
        "words": [len(text.split()) for text in texts],
        "rows_a_page": [len(page.spans) for page in with_page],
    }
    return DataStats(
        pages=len(with_page),
        bare_rows=len(pages) - len(with_page),
        rows=len(texts),
        labels={name: counts[name] for name in scheme.names},
        undecided=len(texts) - sum(counts.values()),
        lengths={unit: _spread(values) for unit, values in lengths.items() if values},
        groups={
            key: dict(sorted(found.items(), key=lambda item: (-item[1], item[0])))
            for key, of in _KEYS.items()
            if any(found := Counter(map(of, pages)))
        },
    )


def _spread(values: Sequence[int]) -> dict[str, float]:
    """Median, 95th percentile and maximum."""
    median, high = np.percentile(values, [50, 95])
    return {"median": float(median), "p95": float(high), "max": float(max(values))}
