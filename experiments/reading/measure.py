"""Figures of page reading: writes the JSON files beside it and prints their tables.

Run it after the default model was retrained, or when reading, segmentation or features
changed: ``python experiments/reading/measure.py`` (some minutes). For less, or another
model: ``measure.py speed``, ``measure.py lines --model FOLDER --out FOLDER``. What is
measured stands in the modules beside it, one a part. The pages are those of
``wcxb_html`` in the reference folder, which may not be copied here: the results hold
figures only.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from forms import forms_table, measure_forms
from kept_text import kept_text_table, measure_kept_text
from lines import lines_table, measure_lines
from main_texts import MainText, classify
from speed import measure_speed, speed_table

from mlpkg import load_model
from mlpkg.benchmark.tasks.main_texts import read_main_texts
from mlpkg.data.whole_file import whole_file
from mlpkg.models.store import manifest_of

HERE = Path(__file__).parent
PAGES = HERE.parents[2] / "shared" / "data" / "wcxb_html"
TABLES: dict[str, Callable[[Mapping[str, Any]], str]] = {
    "lines": lines_table,
    "kept_text": kept_text_table,
    "forms": forms_table,
    "speed": speed_table,
}


def main() -> None:
    """Measure, store and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("parts", nargs="*", metavar="PART", help=", ".join(TABLES))
    parser.add_argument("--model", help="folder or name; the default model without")
    parser.add_argument("--pages", type=Path, default=PAGES, help="folder of the pages")
    parser.add_argument("--out", type=Path, default=HERE, help="folder of the results")
    given = parser.parse_args()
    unknown = [part for part in given.parts if part not in TABLES]
    if unknown:
        parser.error(f"no part {unknown[0]!r}; known: {', '.join(TABLES)}")
    if not given.pages.is_dir():
        parser.error(f"{given.pages}: no such folder; name that of the pages (--pages)")
    pages = read_main_texts(given.pages)
    for name, figures in measure(given.parts or list(TABLES), pages, given.model):
        with whole_file(given.out / f"{name}.json") as draft:
            draft.write_text(json.dumps(figures, indent=1) + "\n", encoding="utf-8")
        print(f"{TABLES[name](figures)}\n", flush=True)


def measure(
    parts: Sequence[str], pages: Sequence[MainText], model: str | None = None
) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield the name and the figures of each part, with the model that they are of."""
    if "speed" in parts:
        yield "speed", measure_speed([page.html for page in pages])
    if set(parts) <= {"speed"}:
        return
    # The forms share their sentences, and a second run finds all of them again.
    classifier = load_model(model, precision="float32", cache=True)
    facts = {"model_head_sha256": manifest_of(model)["files"]["head.safetensors"]}
    if "forms" in parts:
        yield "forms", facts | measure_forms(classifier)
    if {"lines", "kept_text"} & set(parts):
        classified = classify(classifier, pages)
        if "lines" in parts:
            yield "lines", facts | measure_lines(classified)
        if "kept_text" in parts:
            yield "kept_text", facts | measure_kept_text(classified)


if __name__ == "__main__":
    main()
