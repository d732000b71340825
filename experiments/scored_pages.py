"""What the studies score on: bundled data, and reference pages where they are there."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from mlpkg.data.gold import GoldPage, load_gold
from mlpkg.report.figures import markdown_table

# The folder of reference pages, beside the checkout.
SHARED = Path(__file__).resolve().parents[2] / "shared"
HEAD = ("data", "articles", "segments", "leakage audit")


def load_present(sources: Mapping[str, str | Path]) -> dict[str, list[GoldPage]]:
    """Load what is there, by name; folders that are not there are told."""
    absent = [n for n, s in sources.items() if isinstance(s, Path) and not s.is_dir()]
    for name in absent:
        print(f"{name}: no data here, left out", file=sys.stderr)
    return {n: load_gold(source) for n, source in sources.items() if n not in absent}


def scored_table(
    data: Mapping[str, Sequence[GoldPage]], audits: Mapping[str, str]
) -> str:
    """Write what each data set holds, and what its leakage audit found at worst."""
    rows = [
        [
            name,
            str(sum(bool(page.decided) for page in pages)),
            str(sum(len(page.decided) for page in pages)),
            audits[name],
        ]
        for name, pages in data.items()
    ]
    return markdown_table(HEAD, rows)
