"""What worker processes of the tests load: a tiny model, and words that hurt it."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Sequence
from copy import copy
from functools import cache
from zlib import crc32

import numpy as np

from mlpkg.bulk.job import Job
from mlpkg.bulk.shard_work import PageFaultError, work
from mlpkg.bulk.tasks import Tally, Task
from mlpkg.bulk.worker_process import Fault, WorkerBrokenError
from mlpkg.models import LinearHead, SentenceClassifier

DIMENSION = 32


class HurtfulEncoder:
    """Hashed trigrams; a text may say what is to happen to the process."""

    dimension = DIMENSION
    fingerprint = "hurtful"

    def encode(self, texts: Sequence[str]):
        vectors = np.zeros((len(texts), DIMENSION), dtype=np.float32)
        for vector, text in zip(vectors, texts, strict=True):
            _obey(text)
            for i in range(len(text) - 2):
                code = crc32(text[i : i + 3].encode("utf-8", "surrogatepass"))
                vector[code % DIMENSION] += 1 if code & 1024 else -1
            vector[0] += not vector.any()
            vector /= np.linalg.norm(vector)
        return vectors


def _obey(text: str) -> None:
    if "KILL-THE-WORKER" in text:
        os.kill(os.getpid(), signal.SIGKILL)
    if "STALL-THE-WORKER" in text:
        time.sleep(600)
    if "RAISE-IN-THE-WORKER" in text:
        raise RuntimeError("a page raised")


PATTERNS = {
    "claim": "The bridge number {} opened.",
    "opinion": "It was bad {}.",
    "attribution": "“It holds {},” said the mayor.",
    "boilerplate": "Home | News {}",
}


@cache
def _fitted() -> SentenceClassifier:
    """Train the tiny model; it is the same each time."""
    rows = [(p.format(i), label) for label, p in PATTERNS.items() for i in range(6)]
    texts, labels = zip(*rows, strict=True)
    classifier = SentenceClassifier(
        LinearHead(C=1.0), encoder=HurtfulEncoder(), folds=0
    )
    return classifier.fit(list(texts), list(labels))


def load(name: str, **options: object) -> SentenceClassifier:
    """Stand in for `load_model`."""
    del options
    classifier = copy(_fitted())
    classifier.name_ = name
    return classifier


def load_slowly(name: str, **options: object) -> SentenceClassifier:
    """Load a model with which every page takes a moment."""
    classifier = load(name, **options)
    classifier.encoder = SlowEncoder()
    return classifier


class SlowEncoder(HurtfulEncoder):
    """Takes its time over each text."""

    def encode(self, texts: Sequence[str]):
        time.sleep(0.01 * len(texts))
        return super().encode(texts)


class InProcess:
    """A worker in this process, for tests of what stands around it."""

    is_alive = True

    def __init__(self, job: Job) -> None:
        self.classifier = load(job.model)
        self.job = job
        self.facts = {"precision": "float32", "encoder": "hurtful", "labels": []}

    def run(self, task: Task) -> Tally | Fault:
        try:
            return work(self.classifier, self.job, task, lambda *_: None)
        except PageFaultError as error:
            return Fault("failed", str(error), None, ())
        except OSError as error:
            raise WorkerBrokenError(str(error)) from None

    def end(self) -> None:
        pass
