"""What a row costs: threads, latency of one segment, peak memory."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Sequence

import numpy as np

from mlpkg.benchmark.classifiers.base import Classifier, Unlabelled
from mlpkg.benchmark.stopwatch import Stopwatch
from mlpkg.data.gold import GoldPage
from mlpkg.records import Article, Page, Segment
from mlpkg.segmentation import Segmenter

__all__ = [
    "import_seconds",
    "latency_ms",
    "peak_memory_mb",
    "thread_settings",
    "warm_up_pages",
]

# Every library that has threads of its own reads one of these.
_THREAD_VARIABLES = (
    "OMP_NUM_THREADS",
    "MKL_NUM_THREADS",
    "OPENBLAS_NUM_THREADS",
    "NUMEXPR_NUM_THREADS",
    "RAYON_NUM_THREADS",
)
# Segments judged before the first that is timed: libraries load and allocate then.
_WARM_UP = (
    "Home | News | Sport",
    "The harbour office closed the old quay on Monday.",
    "“We had no choice,” said the harbour master.",
    "It should have been mended years ago.",
)


def thread_settings(threads: int) -> dict[str, str]:
    """Return the environment that gives a process so many threads, and no network."""
    return {
        **dict.fromkeys(_THREAD_VARIABLES, str(threads)),
        "TOKENIZERS_PARALLELISM": "false" if threads == 1 else "true",
        "HF_HUB_OFFLINE": "1",
    }


def warm_up_pages() -> list[Unlabelled]:
    """Return a page that stands in no corpus."""
    page = Segmenter().segment(Article("warm-up", "\n".join(_WARM_UP)))
    return [Unlabelled(page)]


def latency_ms(
    classifier: Classifier, pages: Sequence[GoldPage], calls: int
) -> dict[str, float] | None:
    """Judge single segments, each as a text without its page.

    Returns
    -------
    dict or None
        Milliseconds ``p50`` and ``p95``; None where each call is a new start.
    """
    if not classifier.can_judge_one():
        return None
    texts = list(dict.fromkeys(text for page in pages for text in page.page.texts))
    # Spread over the pages, so that furniture and prose both come.
    chosen = texts[:: max(1, len(texts) // calls)][:calls]
    times = []
    for text in chosen:
        alone = Unlabelled(_page_of(text), has_context=False)
        started = time.perf_counter()
        classifier.predict_proba([alone], Stopwatch())
        times.append(1000 * (time.perf_counter() - started))
    p50, p95 = np.percentile(times, [50, 95]).tolist()
    return {"p50": p50, "p95": p95}


def _page_of(text: str) -> Page:
    """Make a page of one segment."""
    return Page(Article("one", text), (Segment("one", 0, 0, len(text), text),))


def peak_memory_mb() -> float | None:
    """Return the peak of this process's resident memory; None where unknown."""
    try:
        import resource
    except ImportError:  # Windows
        return None
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return float(peak / (2**20 if sys.platform == "darwin" else 2**10))


def import_seconds(modules: Sequence[str]) -> float:
    """Import modules in a fresh process and return how long that takes there."""
    code = (
        "import time; started = time.perf_counter()\n"
        f"import {', '.join(['mlpkg', *modules])}\n"
        "print(time.perf_counter() - started)"
    )
    done = subprocess.run(  # noqa: S603 (our own words)
        [sys.executable, "-c", code], check=True, capture_output=True, text=True
    )
    return float(done.stdout.split()[-1])
