"""Any program that reads segments as JSON lines and writes probabilities likewise."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np

from mlpkg.benchmark.classifiers.base import Classifier, Unlabelled
from mlpkg.benchmark.stopwatch import Stopwatch
from mlpkg.exceptions import DataError

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["Command"]


class Command(Classifier):
    """A program, started once for all segments.

    Parameters
    ----------
    command
        Program and arguments.
    labels
        The labels that it tells apart, in any order.
    folder
        Where it is started.

    Notes
    -----
    It gets a line a segment, in page order: ``page``, ``index``, ``text``, ``before``
    and ``after`` (the neighbours' texts, null at the page's ends and without context),
    and ``segments`` (their number on the page). It answers with a line a segment, an
    object from label to probability; a label that it leaves out has none.
    """

    learns: ClassVar[bool] = False

    def __init__(
        self, command: Sequence[str], labels: Sequence[str], folder: str | None = None
    ) -> None:
        if not command:
            raise DataError(
                "a classifier of the kind command needs its program, got none; write "
                "command: [program, argument, …]"
            )
        self.command = list(command)
        self.folder = folder
        self.classes = tuple(labels)

    def predict_proba(
        self, pages: Sequence[Unlabelled], watch: Stopwatch
    ) -> list[NDArray[np.float64]]:
        """Run the program on all segments."""
        lines = [json.dumps(line) for asked in pages for line in _questions(asked)]
        with watch.stage("head"):
            done = subprocess.run(  # noqa: S603 (the user's own command)
                self.command,
                input="\n".join(lines) + "\n",
                stdout=subprocess.PIPE,
                text=True,
                encoding="utf-8",
                cwd=self.folder,
            )
        if done.returncode:
            raise DataError(
                f"{self.command[0]!r} ended with exit code {done.returncode}; expected "
                "0 and a line a segment"
            )
        answers = done.stdout.splitlines()
        if len(answers) != len(lines):
            raise DataError(
                f"{self.command[0]!r} gave {len(answers)} lines for {len(lines)} "
                "segments; expected a line a segment, in their order"
            )
        found = np.array([self._row(answer) for answer in answers])
        return np.split(found, np.cumsum([len(asked.page) for asked in pages])[:-1])

    def can_judge_one(self) -> bool:
        """Tell that each answer takes a start of the program."""
        return False

    def _row(self, line: str) -> list[float]:
        """Read one answer."""
        try:
            answer = json.loads(line)
            row = [float(answer.get(name, 0.0)) for name in self.classes]
        except (ValueError, AttributeError, TypeError):
            row = []
        total = sum(row)
        if not total > 0 or not all(value >= 0 for value in row):
            raise DataError(
                f"{self.command[0]!r} answered {line!r:.80}; expected a JSON object "
                f"with probabilities of {', '.join(self.classes)}"
            )
        return [value / total for value in row]


def _questions(asked: Unlabelled) -> Iterator[dict[str, Any]]:
    """Yield the line of each segment of a page."""
    texts = asked.page.texts
    for place, text in enumerate(texts):
        inside = asked.has_context
        yield {
            "page": asked.page.id,
            "index": place,
            "text": text,
            "before": texts[place - 1] if inside and place else None,
            "after": texts[place + 1] if inside and place + 1 < len(texts) else None,
            "segments": len(texts) if inside else 1,
        }
