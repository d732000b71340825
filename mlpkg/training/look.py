"""Looks at the test parts: each one is scored by this alone, and each is logged.

A test part that is looked at often is a validation part under another name. The log
is committed, so that every figure says how many looks came before it.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from mlpkg.data.gold import load_gold
from mlpkg.data.source_form import CORPUS, corpus_part
from mlpkg.evaluation import Evaluation
from mlpkg.evaluation.audit_table import Audit
from mlpkg.exceptions import DataError
from mlpkg.labels import DEFAULT_SCHEME
from mlpkg.models.store import load_model, manifest_of
from mlpkg.training.audits import audit_against_training
from mlpkg.training.evaluate import evaluate

__all__ = ["LOG", "TEST_PARTS", "look", "refuse_test_parts"]

TEST_PARTS = ("test", "other-hands")
LOG = Path("experiments") / "looks.jsonl"


def refuse_test_parts(source: str) -> None:
    """Refuse a test part as an ordinary data source.

    Raises
    ------
    DataError
        The source is one; the message names the command that may look at it.
    """
    part = corpus_part(source)
    if part is not None and part.name in TEST_PARTS:
        raise DataError(
            f"{source} is for the last look and is scored by `mlpkg look` alone, which "
            "logs it; make choices on corpus:validation"
        )


def look(
    model: str | Path,
    why: str,
    *,
    parts: Sequence[str] = TEST_PARTS,
    log: Path = LOG,
) -> dict[str, tuple[Evaluation, Audit | None]]:
    """Score a model on the corpus's test parts and append the look to the log.

    Parameters
    ----------
    model
        A model folder or a bundled name.
    why
        What the look is for; it goes into the log.
    parts
        Among `TEST_PARTS`.
    log
        A JSON lines file; a line a part is appended before anything is returned.

    Returns
    -------
    dict
        By part an evaluation, in float32, and the leakage audit, None where the
        model's training data are not known.

    Raises
    ------
    DataError
        No reason is given, or a part is not a test part.
    """
    if not why.strip():
        raise DataError("a look at a test part needs a reason (why)")
    unknown = [part for part in parts if part not in TEST_PARTS]
    if unknown:
        raise DataError(f"not test parts: {unknown}; known: {', '.join(TEST_PARTS)}")
    classifier = load_model(model, precision="float32")
    manifest = manifest_of(model)
    results = {}
    for part in parts:
        source = f"{CORPUS}{part}"
        audit = audit_against_training(model, load_gold(source), DEFAULT_SCHEME)
        results[part] = evaluate(classifier, source), audit
    log.parent.mkdir(parents=True, exist_ok=True)
    with log.open("a", encoding="utf-8") as stream:
        for part, (result, _) in results.items():
            stream.write(json.dumps(_line(part, result, manifest, why)) + "\n")
    return results


def _line(
    part: str, result: Evaluation, manifest: dict[str, Any], why: str
) -> dict[str, Any]:
    """Build one line of the log."""
    scores = {
        f"f1_{row['label']}" if row["label"] else row["metric"]: round(row["value"], 4)
        for row in result.frame()
        if row["metric"] in {"f1", "macro_f1"} and row["value"] is not None
    }
    return {
        "date": datetime.now(UTC).date().isoformat(),
        "part": part,
        "model": manifest.get("name", ""),
        "config_fingerprint": manifest.get("config_fingerprint", ""),
        "data_fingerprint": manifest.get("data_fingerprint", ""),
        "articles": result.n_articles,
        "segments": result.n_segments,
        **scores,
        "why": why.strip(),
    }
