"""The document of the error analysis: confusions, hints and causes, all of counts."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np
from hints import BESIDE, NAMES

from mlpkg.evaluation import score
from mlpkg.evaluation.bootstrap import bootstrap_means
from mlpkg.evaluation.report_table import interval_cell
from mlpkg.report.figures import markdown_table

if TYPE_CHECKING:
    from errors import Judgement

ABOUT = """Made by `python experiments/models/errors.py`, not to be edited; a line an
error stands in `errors.jsonl`, ids and offsets in place of texts."""
ABOUT_HINTS = """A hint is what features and gold neighbours say of a segment, not the
cause of its error; a segment may have several. Brackets hold the 95% interval over
articles."""
ABOUT_CAUSES = """Noted by a reader in `causes.csv`."""
UNREAD = "not read yet"


def document(
    model: str,
    judged: Sequence[Judgement],
    causes: Mapping[tuple[str, int], str],
    labels: Sequence[str],
    scored: str,
) -> str:
    """Write all tables; `scored` is that of the data."""
    wrong = [row for row in judged if row.wrong]
    hard = sum(row.hard for row in wrong)
    size = (
        f"{len(wrong)} of {len(judged)} segments are wrong, {hard} of them on rows "
        "that the annotator found hard."
    )
    parts = [f"# Errors of the model `{model}`", ABOUT, scored, size]
    for source in dict.fromkeys(row.source for row in judged):
        own = [row for row in judged if row.source == source]
        parts += [f"## Confusions on {source}", confusion_table(own, labels)]
    parts += ["## Errors by hint", hint_table(judged), ABOUT_HINTS]
    parts += ["## Confusions by hint", confusion_hint_table(wrong)]
    if causes:
        parts += ["## Errors by cause", ABOUT_CAUSES, cause_table(wrong, causes)]
        known = {(row.article, row.start) for row in wrong}
        gone = len(causes.keys() - known)
        if gone:
            parts.append(f"{gone} causes are of segments that are not wrong here.")
    return "\n\n".join(parts) + "\n"


def confusion_table(judged: Sequence[Judgement], labels: Sequence[str]) -> str:
    """Count predictions by true label."""
    found = score(
        [row.gold for row in judged], [row.predicted for row in judged], labels
    )
    rows = [
        [f"**{label}**", *map(str, counts)]
        for label, counts in zip(labels, found.confusion, strict=True)
    ]
    return markdown_table(["true, down; predicted, across", *labels], rows)


def hint_table(judged: Sequence[Judgement]) -> str:
    """Write how often segments with a hint are wrong, beside all segments."""
    rows = [["all segments", *_wrong_cells(judged)]]
    for name in NAMES:
        own = [row for row in judged if name in row.hints]
        # Of a right segment the predicted label is its own: no share to compare with.
        if own and name != BESIDE:
            rows.append([name, *_wrong_cells(own)])
    return markdown_table(["hint", "segments", "wrong", "share wrong"], rows)


def confusion_hint_table(wrong: Sequence[Judgement]) -> str:
    """Count hints by confusion, the most frequent first."""
    counts = Counter(map(_confusion, wrong))
    hints = Counter((_confusion(row), name) for row in wrong for name in row.hints)
    used = [name for name in NAMES if any(hints[pair, name] for pair in counts)]
    rows = [
        [pair, str(count), *(str(hints[pair, name]) for name in used)]
        for pair, count in counts.most_common()
    ]
    return markdown_table(["true → predicted", "errors", *used], rows)


def cause_table(
    wrong: Sequence[Judgement], causes: Mapping[tuple[str, int], str]
) -> str:
    """Count errors by cause and data set, the most frequent first."""
    sources = list(dict.fromkeys(row.source for row in wrong))
    named = [(causes.get((row.article, row.start), UNREAD), row) for row in wrong]
    counts = Counter(cause for cause, _ in named if cause != UNREAD)
    by_source = Counter((cause, row.source) for cause, row in named)
    confusions = Counter((cause, _confusion(row)) for cause, row in named)
    rows = []
    for cause, _ in [*counts.most_common(), (UNREAD, 0)]:
        cells = [by_source[cause, source] for source in sources]
        own = Counter({pair: n for (c, pair), n in confusions.items() if c == cause})
        often = ", ".join(f"{pair} {n}" for pair, n in own.most_common(2)) or "–"
        rows.append([cause, str(sum(cells)), *map(str, cells), often])
    return markdown_table(["cause", "errors", *sources, "most often"], rows)


def _wrong_cells(judged: Sequence[Judgement]) -> list[str]:
    """Write how many segments there are, how many are wrong, and the share."""
    wrong = np.array([row.wrong for row in judged], np.float64)
    share = bootstrap_means({"wrong": wrong}, [row.article for row in judged])[0]
    cell = interval_cell({"value": share.value, "low": share.low, "high": share.high})
    return [str(len(judged)), str(int(wrong.sum())), cell]


def _confusion(row: Judgement) -> str:
    """Name what was taken for what."""
    return f"{row.gold} → {row.predicted}"
