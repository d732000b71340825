"""The named steps of writing, at which tests end the process as a power cut would."""

from __future__ import annotations

import os
import signal
from collections import Counter

__all__ = ["KILL", "STEPS", "reached"]

# Names a step, and after a colon the how manieth time that it is reached.
KILL = "MLPKG_BULK_KILL"
# In the order of a run. The first group happens in a worker, the second in the process
# that holds the output folder.
STEPS = (
    "draft opened",
    "half of the rows written",
    "draft written",
    "draft synced",
    "settings written",
    "shard renamed",
    "half of the line written",
    "line written",
    "quarantine written",
)
_reached: Counter[str] = Counter()


def reached(step: str) -> None:
    """Go on, unless a test wants the process to die here."""
    wanted, _, number = os.environ.get(KILL, "").partition(":")
    if wanted != step:
        return
    _reached[step] += 1
    if _reached[step] == int(number or 1):
        os.kill(os.getpid(), getattr(signal, "SIGKILL", signal.SIGTERM))
