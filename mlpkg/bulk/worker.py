"""A worker: a process of its own that a page may kill or stall.

It is started as ``python -P -m mlpkg.bulk.worker``. JSON lines come in on standard
input, first the job, then a task each; JSON lines go out on what was standard output.
It ends with the process that started it, whatever ended that.
"""

from __future__ import annotations

import importlib
import json
import logging
import os
import signal
import sys
from collections.abc import Callable, Iterator
from dataclasses import asdict
from pathlib import Path
from queue import SimpleQueue
from threading import Thread
from typing import TYPE_CHECKING, Any

from mlpkg.bulk.draft import row_maker
from mlpkg.bulk.job import Job
from mlpkg.bulk.shard_work import PageFaultError, work
from mlpkg.bulk.tasks import Task, sha256_of
from mlpkg.exceptions import MlpkgError

if TYPE_CHECKING:
    from mlpkg.models import SentenceClassifier

__all__ = ["main"]

Send = Callable[..., None]


def main() -> None:
    """Serve tasks until standard input ends."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the process above decides
    logging.getLogger("mlpkg").setLevel(logging.ERROR)  # a line a page is too much
    send = _private_output()
    lines = _lines()
    try:
        job = Job.from_json(next(lines))
        classifier = _load(job)
        send("ready", _facts(job, classifier))
        for line in lines:
            _serve(classifier, job, Task.from_json(json.loads(line)), send)
    except BrokenPipeError:  # nobody listens any more
        os._exit(1)
    except (MlpkgError, OSError) as error:
        send("broken", str(error))
        raise SystemExit(1) from None


def _serve(classifier: SentenceClassifier, job: Job, task: Task, send: Send) -> None:
    """Do one task."""
    try:
        send("whole", asdict(work(classifier, job, task, send)))
    except PageFaultError as fault:
        send("fault", str(fault))
    except OSError as error:
        raise OSError(
            f"{Path(task.draft).parent.parent}: cannot be written ({error}); what is "
            "finished stays, start again when that is mended"
        ) from None


def _private_output() -> Send:
    """Keep standard output to ourselves; what libraries print goes to the errors."""
    stream = os.fdopen(os.dup(sys.stdout.fileno()), "w", encoding="ascii")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())

    def send(*message: Any) -> None:
        stream.write(json.dumps(message) + "\n")
        stream.flush()

    return send


def _lines() -> Iterator[str]:
    """Yield the lines of standard input; end the process when there are no more."""
    lines: SimpleQueue[str] = SimpleQueue()

    def listen() -> None:
        for line in sys.stdin:
            lines.put(line)
        os._exit(0)  # whoever started this is gone or done, even amid a page

    Thread(target=listen, daemon=True).start()
    while True:
        yield lines.get()


def _load(job: Job) -> SentenceClassifier:
    """Load the model and try it: what is wrong for every page shows before any."""
    module, _, name = job.loader.partition(":")
    load = getattr(importlib.import_module(module), name)
    classifier: SentenceClassifier = load(
        job.model,
        device=job.device,
        precision=job.precision,
        batch_size=job.batch_size,
        cache=job.cache,
        download=job.download,
    )
    row_maker(job, classifier)
    classifier.predict(["The ferry sails."])
    return classifier


def _facts(job: Job, classifier: SentenceClassifier) -> dict[str, Any]:
    """Say what the rows depend on and only the loaded model knows."""
    from mlpkg.models.store import MANIFEST, locate_model

    encoder = classifier.encoder_object()
    return {
        # It holds the hashes of the other files.
        "model_sha256": sha256_of(locate_model(job.model) / MANIFEST),
        "precision": getattr(encoder, "computed_precision", "float32"),
        "encoder": encoder.fingerprint,
        "labels": list(classifier.scheme_.names),
    }


if __name__ == "__main__":
    main()
