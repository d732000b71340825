"""The loop of every worker: requests in, answers out, nothing of mlpkg imported.

A worker script makes an object with ``fit(texts, labels, seed)``, which returns the
classes, ``predict(texts)``, which returns rows of probabilities, and ``size()``.
"""

from __future__ import annotations

import json
import os
import sys
import time
from collections.abc import Callable
from importlib import import_module
from importlib.metadata import version
from typing import Any


def serve(make: Callable[..., Any], package: str, modules: list[str]) -> None:
    """Answer until standard input ends.

    Parameters
    ----------
    make
        Called with the keyword arguments of the first request.
    package
        Distribution of the peer, for its version.
    modules
        What it imports; timed.
    """
    # Libraries print where they like; answers get a stream of their own.
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)
    peer: Any = None
    for line in sys.stdin:
        request = json.loads(line)
        answer: dict[str, Any]
        try:
            if request["do"] == "make":
                answer = {"import_seconds": _import(modules)}
                answer["version"] = version(package)
                peer = make(**request["parameters"])
            else:
                answer = _answer(peer, request)
        except ImportError as error:
            answer = {"missing": str(error)}
        except Exception as error:
            # The edge: what went wrong is the answer, and the row's reason.
            answer = {"error": f"{type(error).__name__}: {error}"}
        answers.write(json.dumps(answer) + "\n")
        answers.flush()


def folder_bytes(folder: str) -> int:
    """Add up the sizes of the files of a folder."""
    return sum(
        os.path.getsize(os.path.join(place, name))  # noqa: PTH118, PTH202 (no imports)
        for place, _, names in os.walk(folder)
        for name in names
    )


def _answer(peer: Any, request: dict[str, Any]) -> dict[str, Any]:
    """Do what is asked of a peer that is made."""
    if request["do"] == "fit":
        classes = peer.fit(request["texts"], request["labels"], request["seed"])
        return {"classes": [str(name) for name in classes]}
    if request["do"] == "predict":
        rows = peer.predict(request["texts"])
        return {"probabilities": [[float(value) for value in row] for row in rows]}
    return {"size_bytes": peer.size(), "peak_memory_mb": _peak_mb()}


def _import(modules: list[str]) -> float:
    """Import modules and return how long that takes."""
    started = time.perf_counter()
    for name in modules:
        import_module(name)
    return time.perf_counter() - started


def _peak_mb() -> float:
    """Return the peak of the resident memory."""
    import resource  # not on Windows

    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak / (2**20 if sys.platform == "darwin" else 2**10)
