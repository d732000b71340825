"""What is kept of a page against its main text, beside other extractors.

By sequences of four words. The others come with ``pip install mlpkg[benchmark]``; the
rows of one that is absent are left out.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from importlib.metadata import version
from typing import Any

import numpy as np
from main_texts import Classified

from mlpkg.benchmark.classifiers.base import MissingClassifierError
from mlpkg.benchmark.classifiers.extractors import EXTRACTORS, Extract, make_extractor
from mlpkg.evaluation.bootstrap import bootstrap_means
from mlpkg.evaluation.text_overlap import ShingleCounts, overlap_rows, shingle_counts
from mlpkg.models.extract import checked_labels, kept_text
from mlpkg.report.figures import interval_cell, markdown_table

OURS = "mlpkg"


def measure_kept_text(classified: Classified) -> dict[str, Any]:
    """Score what is kept against the main texts, beside other extractors."""
    pages = classified.pages
    labels = checked_labels(None, classified.classifier.scheme_)
    texts = {OURS: [kept_text(found, labels) for _, found in classified.found]} | {
        name: [extract(page.html) or "" for page in pages]
        for name, extract in extractors().items()
    }
    counts = {
        name: [
            shingle_counts(text, page.text)
            for text, page in zip(column, pages, strict=True)
        ]
        for name, column in texts.items()
    }
    packages = {name.partition("-")[0] for name in texts}
    return {
        "pages": len(pages),
        "versions": {
            name: version("readability-lxml" if name == "readability" else name)
            for name in sorted(packages)
        },
        "extractors": {
            name: {
                "rows": [
                    *map(asdict, overlap_rows(column)),
                    f1_difference(column, counts[OURS]),
                ],
                "empty_pages": sum(not text.strip() for text in texts[name]),
            }
            for name, column in counts.items()
        },
    }


def extractors() -> dict[str, Extract]:
    """Return the other extractors by name, as far as they are installed."""
    found: dict[str, Extract] = {}
    for name in EXTRACTORS:
        try:
            found[name] = make_extractor(name)
        except MissingClassifierError as error:
            print(f"{name}'s rows are left out: {error}", file=sys.stderr)
    return found


def f1_difference(
    counts: Sequence[ShingleCounts], ours: Sequence[ShingleCounts]
) -> dict[str, Any]:
    """Compare the F1 of two extractors page by page."""
    values = [one.f1 - other.f1 for one, other in zip(counts, ours, strict=True)]
    pages = [str(place) for place in range(len(values))]
    (row,) = bootstrap_means({"f1_above_mlpkg": np.array(values)}, pages)
    return asdict(row)


def kept_text_table(figures: Mapping[str, Any]) -> str:
    """Write the table of `measure_kept_text`."""
    head = {
        "precision": "precision",
        "recall": "recall",
        "f1": "F1",
        "pooled_f1": "F1 pooled",
        "f1_above_mlpkg": "F1 above mlpkg",
    }
    rows = [
        [
            name,
            *(interval_cell(result, metric) for metric in head),
            str(result["empty_pages"]),
        ]
        for name, result in figures["extractors"].items()
    ]
    columns = ["extractor", *head.values(), "empty pages"]
    return markdown_table(columns, rows)
