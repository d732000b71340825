"""Reports of long work: a line a minute in the log, or what the caller wants."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable

__all__ = ["Report", "log_each_minute"]

logger = logging.getLogger(__name__)

# Called with the stage and how much of it is done: (stage, done, total).
Report = Callable[[str, int, int], None]
SECONDS = 60.0


def log_each_minute() -> Report:
    """Return a report that logs at most a line a minute for each stage."""
    last: dict[str, float] = {}

    def report(stage: str, done: int, total: int) -> None:
        now = time.monotonic()
        if now - last.setdefault(stage, now) >= SECONDS:
            last[stage] = now
            logger.info("%s: %d of %d", stage, done, total)

    return report
