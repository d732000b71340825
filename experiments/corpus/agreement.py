"""Agreement of the two readings of the corpus: prints a table, writes agreement.json.

Run it after a batch was read twice: ``python experiments/corpus/agreement.py``. It
takes every ``first*.jsonl`` and ``second*.jsonl`` under ``readings/``, whose form
``docs/corpus.md`` describes. Kappa is given over all segments and over article text,
which is what neither reading called furniture, by batch (the letters that begin a
page's id: its hand) and by label, with 95% intervals over pages. A page that was read
once so far is left out and told.

Another folder: ``python experiments/corpus/agreement.py FOLDER``; the result then
stands beside that folder, as it does here.
"""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from mlpkg.data.row_files import read_records
from mlpkg.data.whole_file import whole_file
from mlpkg.evaluation.agreement import Agreement, agreement
from mlpkg.exceptions import DataError, MlpkgError
from mlpkg.labels import DEFAULT_SCHEME
from mlpkg.report.figures import markdown_table

READINGS = Path(__file__).parent / "readings"
FURNITURE = "boilerplate"
# A page's labels by both readings.
Pair = tuple[list[str], list[str]]


def main() -> None:
    """Compare the readings, print the tables and keep them."""
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else READINGS
    try:
        pairs = read_pairs(folder)
        tables = compare_readings(pairs)
    except MlpkgError as error:
        raise SystemExit(f"error: {error}") from None
    target = folder.parent / "agreement.json"
    stored = {scope: found.to_json() for scope, found in tables.items()}
    with whole_file(target) as draft:
        draft.write_text(json.dumps(stored, indent=1) + "\n", encoding="utf-8")
    print(markdown(tables))
    print(f"written to {target}", file=sys.stderr)


def read_pairs(folder: Path) -> dict[str, Pair]:
    """Read the pages that were read twice, in the order of their ids."""
    first, second = (read_readings(folder, which) for which in ("first", "second"))
    once = sorted(first.keys() ^ second.keys())
    if once:
        print(f"read once, left out: {', '.join(once)}", file=sys.stderr)
    pairs = {page: (first[page], second[page]) for page in sorted(first.keys() - once)}
    for page, (one, other) in pairs.items():
        if len(one) != len(other):
            raise DataError(
                f"page {page!r}: the first reading labels {len(one)} segments, the "
                f"second {len(other)}; both must have read the same form of the page"
            )
    if not pairs:
        raise DataError(f"{folder}: no page stands in both readings")
    return pairs


def read_readings(folder: Path, which: str) -> dict[str, list[str]]:
    """Read the label names of every page of one reading, from all its files."""
    found: dict[str, list[str]] = {}
    for path in sorted(folder.glob(f"{which}*.jsonl")):
        for line, record in read_records(path):
            place = f"{path}, line {line}"
            if isinstance(record, DataError):
                raise DataError(f"{place}: {record}")
            page, letters = record.get("page"), record.get("labels")
            if not (isinstance(page, str) and isinstance(letters, str)):
                raise DataError(f"{place}: expected 'page' and 'labels', both texts")
            if page in found:
                raise DataError(f"{place}: page {page!r} is read here once more")
            try:
                found[page] = [DEFAULT_SCHEME.by_letter(c).name for c in letters]
            except DataError as error:
                raise DataError(f"{place}: page {page!r}: {error}") from None
    return found


def compare_readings(pairs: Mapping[str, Pair]) -> dict[str, Agreement]:
    """Compare all pages and each batch, over all segments and over article text."""
    batches: dict[str, list[str]] = {"all": list(pairs)}
    for page in pairs:
        batches.setdefault(batch_of(page), []).append(page)
    return {
        f"{batch}{suffix}": found
        for batch, pages in batches.items()
        for suffix, furniture in (("", True), (", article text", False))
        if (found := compare_pages(pages, pairs, furniture=furniture)) is not None
    }


def batch_of(page: str) -> str:
    """Return the letters that begin an id."""
    letters = re.match(r"[A-Za-z]+", page)
    return f"hand {letters[0]}" if letters else "no hand"


def compare_pages(
    pages: Sequence[str], pairs: Mapping[str, Pair], *, furniture: bool
) -> Agreement | None:
    """Compare the readings of some pages; None where no segment is left."""
    rows = [
        (one, other, page)
        for page in pages
        for one, other in zip(*pairs[page], strict=True)
        if furniture or FURNITURE not in (one, other)
    ]
    if not rows:
        return None
    names = [n for n in DEFAULT_SCHEME.names if furniture or n != FURNITURE]
    return agreement(*zip(*rows, strict=True), names)


def markdown(tables: Mapping[str, Agreement]) -> str:
    """Write the tables: by batch, by label, and which labels differ."""
    batches = [name for name in tables if ", " not in name]
    head = ["", "pages", "segments", "agreement", "kappa", "kappa, article text"]
    rows = []
    for name in batches:
        found, text = tables[name], tables.get(f"{name}, article text")
        sizes = [str(found.n_articles), str(found.n_segments)]
        kappa = cell(text, "kappa") if text else "-"
        rows.append(
            [name, *sizes, cell(found, "agreement"), cell(found, "kappa"), kappa]
        )
    whole = tables["all"]
    labels = [
        [name, cell(whole, "kappa", name), cell(whole, "f1", name)]
        for name in whole.labels
    ]
    differences = [
        [", ".join(pair), str(count)] for pair, count in whole.differences.items()
    ]
    return "\n\n".join(
        [
            markdown_table(head, rows),
            markdown_table(["label", "kappa", "F1 of one against the other"], labels),
            markdown_table(["the two labels", "segments"], differences),
        ]
    )


def cell(found: Agreement, metric: str, label: str = "") -> str:
    """Write a value with its interval."""
    row: Any = found.row(metric, label)
    if row.value is None or row.low is None:
        return "-" if row.value is None else f"{row.value:.3f}"
    return f"{row.value:.3f} [{row.low:.3f}, {row.high:.3f}]"


if __name__ == "__main__":
    main()
