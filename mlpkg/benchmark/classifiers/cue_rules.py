"""Rules by hand over the lexical cues: what a careful person does without data."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

import numpy as np

from mlpkg.benchmark.classifiers.base import TextClassifier
from mlpkg.benchmark.stopwatch import Stopwatch
from mlpkg.features import FEATURE_NAMES, lone_features
from mlpkg.labels import DEFAULT_SCHEME

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["CueRules"]


def _columns(names: str) -> list[int]:
    """Return the places of features."""
    return [FEATURE_NAMES.index(f"cue_{name}") for name in names.split()]


_FURNITURE = _columns(
    "share subscribe comments advert cookie updated byline credit photographed legal "
    "sign_up follow related contact minutes_read marks bio"
)
_JUDGEMENT = _columns(
    "judges must may will first_singular first_plural superlative seems frame question "
    "exclamation"
)
(_REPORTED,) = _columns("reported")
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
            cues = lone_features(texts)
        with watch.stage("head"):
            rest = (1 - _SURE) / (len(self.classes) - 1)
            found = np.full((len(texts), len(self.classes)), rest)
            for row, (text, met) in enumerate(zip(texts, cues > 0, strict=True)):
                found[row, self.classes.index(_label(text, met))] = _SURE
        return found

    def size_bytes(self) -> int:
        """Return nothing: the rules are code."""
        return 0


def _label(text: str, met: NDArray[np.bool_]) -> str:
    """Decide on one text by the features that it has."""
    is_sentence = text.rstrip().endswith(_ENDS) and len(text.split()) >= _SHORT
    if not is_sentence and (len(text.split()) < _SHORT or met[_FURNITURE].any()):
        return "boilerplate"
    if met[_REPORTED] or text.lstrip().startswith(("“", '"')):
        return "attribution"
    return "opinion" if met[_JUDGEMENT].any() else "claim"
