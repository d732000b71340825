"""Other people's classifiers, each in a process of its own with its own interpreter."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, cast

import numpy as np

from mlpkg.benchmark.classifiers.base import MissingClassifierError, TextClassifier
from mlpkg.benchmark.stopwatch import Stopwatch
from mlpkg.embedding import SentenceTransformerEncoder
from mlpkg.exceptions import DataError

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["PEERS", "Peer"]

# By the name of the peer the distribution that has to be installed.
PEERS = {"setfit": "setfit", "model2vec": "model2vec[distill,train]", "spacy": "spacy"}
_FOLDER = Path(__file__).parents[1] / "peers"


class Peer(TextClassifier):
    """One peer.

    Parameters
    ----------
    name
        A key of `PEERS`.
    python
        Interpreter that has it; None for ``MLPKG_NAME_PYTHON``, else this one.
    parameters
        Keyword arguments of the worker's object.

    Raises
    ------
    MissingClassifierError
        The peer cannot be imported there.
    """

    def __init__(
        self,
        name: str,
        python: str | None = None,
        parameters: Mapping[str, Any] | None = None,
    ) -> None:
        self.name = name
        python = python or os.environ.get(f"MLPKG_{name.upper()}_PYTHON")
        self.python = python or sys.executable
        try:
            self._worker = subprocess.Popen(  # noqa: S603 (a worker of ours)
                [self.python, str(_FOLDER / f"{name}_worker.py")],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                text=True,
                encoding="utf-8",
            )
        except OSError as error:
            raise self._missing(str(error)) from error
        self._questions = cast("IO[str]", self._worker.stdin)
        self._answers = cast("IO[str]", self._worker.stdout)
        encoder = str(SentenceTransformerEncoder().folder)
        made = self._ask(
            do="make", parameters={"encoder": encoder, **(parameters or {})}
        )
        self._made = made

    def fit_texts(self, texts: list[str], labels: list[str], seed: int) -> None:
        """Have the peer learn."""
        answer = self._ask(do="fit", texts=texts, labels=labels, seed=seed)
        self.classes = tuple(answer["classes"])

    def texts_proba(self, texts: list[str], watch: Stopwatch) -> NDArray[np.float64]:
        """Have the peer judge; the pipe between the processes counts."""
        with watch.stage("head"):
            found = self._ask(do="predict", texts=texts)["probabilities"]
        return np.array(found, dtype=np.float64).reshape(len(texts), len(self.classes))

    def size_bytes(self) -> int:
        """Return the size of the saved model."""
        return int(self._ask(do="facts")["size_bytes"])

    def peak_memory_mb(self) -> float:
        """Return the peak of the worker."""
        return float(self._ask(do="facts")["peak_memory_mb"])

    def import_seconds(self) -> float:
        """Return how long the worker took to import the peer."""
        return float(self._made["import_seconds"])

    def versions(self) -> dict[str, str]:
        """Return the peer's version."""
        return {self.name: str(self._made["version"])}

    def close(self) -> None:
        """End the worker."""
        self._questions.close()
        self._answers.close()
        self._worker.wait()

    def _ask(self, **request: Any) -> dict[str, Any]:
        """Send a request and return the answer."""
        try:
            self._questions.write(json.dumps(request) + "\n")
            self._questions.flush()
            line = self._answers.readline()
        except BrokenPipeError:
            line = ""
        if not line:
            raise DataError(
                f"{self.name}: its process ended without an answer (exit code "
                f"{self._worker.wait()})"
            )
        answer: dict[str, Any] = json.loads(line)
        if "missing" in answer:
            self.close()
            raise self._missing(answer["missing"])
        if "error" in answer:
            raise DataError(f"{self.name}: {answer['error']}")
        return answer

    def _missing(self, why: str) -> MissingClassifierError:
        """Say what would bring the peer."""
        return MissingClassifierError(
            f"missing: {Path(self.python).name} has no {self.name} ({why}); pip "
            f"install '{PEERS[self.name]}', there or in an environment of its own "
            "whose interpreter stands as python in the config or in "
            f"MLPKG_{self.name.upper()}_PYTHON"
        )
