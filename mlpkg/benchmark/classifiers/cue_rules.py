"""Rules by hand over the lexical cues: what a careful person does without data."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

import numpy as np

from mlpkg.benchmark.classifiers.base import TextClassifier
from mlpkg.benchmark.stopwatch import Stopwatch
from mlpkg.features.cues import CUE_NAMES, cue_counts
from mlpkg.labels import DEFAULT_SCHEME

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["CueRules"]

_FURNITURE = (
    "share subscribe comments advert cookie updated byline credit photographed legal "
    "sign_up follow related contact minutes_read marks bio"
).split()
_JUDGEMENT = (
    "judges must may will first_singular first_plural superlative seems frame question "
    "exclamation"
).split()
# A line with fewer words and no full stop is no sentence.
_SHORT = 8
# One rule fires: its label gets this much, the others share the rest.
_SURE = 0.7
_ENDS = (".", "!", "?", "”", '"', "’", "'", "…", ":")


class CueRules(TextClassifier):
    """Furniture, then reported speech, then judgement; what is left is a claim.

    The order is that of the codebook. Nothing is learned.
    """

    learns: ClassVar[bool] = False
    classes = DEFAULT_SCHEME.names

    def fit_texts(self, texts: list[str], labels: list[str], seed: int) -> None:
        """Learn nothing."""

    def texts_proba(self, texts: list[str], watch: Stopwatch) -> NDArray[np.float64]:
        """Apply the rules to each text."""
        with watch.stage("features"):
            cues = [dict(zip(CUE_NAMES, cue_counts(t), strict=True)) for t in texts]
        with watch.stage("head"):
            rest = (1 - _SURE) / (len(self.classes) - 1)
            found = np.full((len(texts), len(self.classes)), rest)
            for row, (text, counts) in enumerate(zip(texts, cues, strict=True)):
                found[row, self.classes.index(_label(text, counts))] = _SURE
        return found

    def size_bytes(self) -> int:
        """Return nothing: the rules are code."""
        return 0


def _label(text: str, cues: dict[str, int]) -> str:
    """Decide on one text."""
    is_sentence = text.rstrip().endswith(_ENDS) and len(text.split()) >= _SHORT
    if not is_sentence and (
        len(text.split()) < _SHORT or any(cues[name] for name in _FURNITURE)
    ):
        return "boilerplate"
    if cues["reported"] or text.lstrip().startswith(("“", '"')):
        return "attribution"
    return "opinion" if any(cues[name] for name in _JUDGEMENT) else "claim"
