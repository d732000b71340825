"""Tables for documents, made from stored evaluations and never by hand."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from mlpkg.exceptions import DataError

__all__ = ["figures_table", "interval_cell", "markdown_table", "replace_block"]

# What each stored evaluation is, for a reader who does not know the folder.
_NAMES = {
    "validation": "corpus, validation part",
    "seeds": "five real pages",
    "dev": "fourteen real pages",
}


def figures_table(folder: Path) -> str:
    """Make a Markdown table of the evaluations stored in a folder.

    Parameters
    ----------
    folder
        Holds ``NAME.json`` and ``NAME-bare.json`` as `Evaluation.to_json` gives them.

    Returns
    -------
    str
        One row a data set: F1 by class and macro-F1 with its interval, and macro-F1
        of the same segments judged without their page.

    Raises
    ------
    DataError
        The folder holds no evaluation.
    """
    rows = []
    labels: list[str] = []
    for name, title in _NAMES.items():
        path = folder / f"{name}.json"
        if not path.is_file():
            continue
        paged = json.loads(path.read_text(encoding="utf-8"))
        bare = json.loads((folder / f"{name}-bare.json").read_text(encoding="utf-8"))
        labels = paged["labels"]
        cells = [
            f"{title} ({paged['n_articles']} pages, {paged['n_segments']} segments)"
        ]
        cells += [_cell(paged, "f1", label) for label in labels]
        cells += [_interval(paged), _cell(bare, "macro_f1", "")]
        rows.append(cells)
    if not rows:
        raise DataError(f"{folder}: holds none of {', '.join(_NAMES)}.json")
    head = ["F1 on", *labels, "macro-F1 [95% interval over pages]", "without the page"]
    return markdown_table(head, rows)


def markdown_table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Write a Markdown table of cells; without a newline at its end."""
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join("| " + " | ".join(cells) + " |" for cells in lines)


def interval_cell(
    result: Mapping[str, Any], metric: str, label: str = "", digits: int = 3
) -> str:
    """Format one value of a stored result, with its interval where there is one.

    Raises
    ------
    DataError
        The result has no such row.
    """
    row = _row(result, metric, label)
    if row["value"] is None:
        return "–"
    value = f"{row['value']:.{digits}f}"
    if row["low"] is None:
        return value
    return f"{value} [{row['low']:.{digits}f}, {row['high']:.{digits}f}]"


def replace_block(text: str, name: str, block: str) -> str:
    """Replace what stands between the markers of a block in a Markdown text.

    Raises
    ------
    DataError
        The markers ``<!-- figures: NAME -->`` and ``<!-- end -->`` are not there.
    """
    begin, end = f"<!-- figures: {name} -->", "<!-- end -->"
    before, found, rest = text.partition(begin)
    _, closed, after = rest.partition(end)
    if not found or not closed:
        raise DataError(f"no block between {begin!r} and {end!r}")
    return f"{before}{begin}\n{block}\n{end}{after}"


def _row(result: Mapping[str, Any], metric: str, label: str) -> dict[str, Any]:
    """Find one row of a stored evaluation."""
    for row in result["rows"]:
        if (row["metric"], row["label"]) == (metric, label):
            found: dict[str, Any] = row
            return found
    raise DataError(f"no row {metric!r} {label!r} in a stored evaluation")


def _cell(result: dict[str, Any], metric: str, label: str) -> str:
    """Format one value."""
    value = _row(result, metric, label)["value"]
    return "–" if value is None else f"{value:.2f}"


def _interval(result: dict[str, Any]) -> str:
    """Format macro-F1 with its interval."""
    row = _row(result, "macro_f1", "")
    return f"**{row['value']:.2f}** [{row['low']:.2f}, {row['high']:.2f}]"
