"""Blocks outside the main text found as boilerplate.

A block is called boilerplate when most of its characters are, so that its sentences
count once. Whether it is in the main text, `line_places` tells; blocks of which it
cannot tell are left out.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from main_texts import Classified, MainText

from mlpkg import Article, Prediction
from mlpkg.evaluation import evaluate_labels, labels_by_cover
from mlpkg.evaluation.text_overlap import Place, line_places
from mlpkg.report.figures import interval_cell, markdown_table

TEXT = "text"
# The main texts hold subheadings and tables. The codebook calls them boilerplate
# wherever they stand, rows of tables unless they are sentences.
_HEADING = re.compile(r"/h[2-6]\[")
_CELL = re.compile(r"/t[dh]\[")
_SENTENCE = re.compile(r"[.!?…][\"'”’»)\]]*$")


class Line(NamedTuple):
    """A block: its page, its place, what the codebook says, what the model says."""

    page: str
    place: Place
    kind: str
    label: str


def measure_lines(classified: Classified) -> dict[str, Any]:
    """Score boilerplate against the main texts, in both readings."""
    furniture = classified.classifier.scheme_.furniture
    lines = [
        line
        for page, (article, predictions) in zip(
            classified.pages, classified.found, strict=True
        )
        for line in page_lines(page, article, predictions, furniture)
    ]
    told = [line for line in lines if line.place != "ambiguous"]
    readings = {
        "all blocks": told,
        "without headings and table rows of the main text": [
            line for line in told if line.place == "outside" or not line.kind
        ],
    }
    kinds = Counter(line.kind for line in told if line.place == "inside" and line.kind)
    return {
        "places": Counter(line.place for line in lines),
        "left_out_of_the_second_reading": kinds,
        "readings": {
            name: evaluate_labels(
                [furniture if line.place == "outside" else TEXT for line in chosen],
                [line.label for line in chosen],
                [line.page for line in chosen],
                (furniture, TEXT),
            ).to_json()
            for name, chosen in readings.items()
        },
    }


def page_lines(
    page: MainText, article: Article, predictions: Sequence[Prediction], furniture: str
) -> Iterator[Line]:
    """Yield the blocks of a page, each with the label of most of its characters."""
    blocks = article.blocks
    texts = [article.text[block.start : block.end] for block in blocks]
    labels = labels_by_cover(
        [(block.start, block.end) for block in blocks],
        [(p.segment.start, p.segment.end) for p in predictions],
        [furniture if p.label == furniture else TEXT for p in predictions],
        furniture,
    )
    places = line_places(texts, page.text, page.title)
    for block, text, place, label in zip(blocks, texts, places, labels, strict=True):
        yield Line(page.id, place, codebook_kind(block.path, text), label)


def codebook_kind(path: str, text: str) -> str:
    """Name what the codebook calls boilerplate wherever it stands, else nothing."""
    if _HEADING.search(path):
        return "headings"
    if _CELL.search(path) and not _SENTENCE.search(text):
        return "table rows"
    return ""


def lines_table(figures: Mapping[str, Any]) -> str:
    """Write the table of `measure_lines`."""
    head = ["blocks", "outside", "inside", "precision", "recall", "F1"]
    rows = []
    for name, result in figures["readings"].items():
        furniture, _ = result["labels"]
        outside, inside = (sum(row) for row in result["confusion"])
        cells = [
            interval_cell(result, metric, furniture)
            for metric in ("precision", "recall", "f1")
        ]
        rows.append([name, str(outside), str(inside), *cells])
    left_out = ", ".join(
        f"{count} {kind}"
        for kind, count in figures["left_out_of_the_second_reading"].items()
    )
    return (
        f"{markdown_table(head, rows)}\n\nLeft out of both: "
        f"{figures['places']['ambiguous']} blocks that may be either; of the second "
        f"besides: {left_out}."
    )
