"""Run folders: everything one training leaves behind, whole or not at all."""

from __future__ import annotations

import json
import logging
import shutil
import time
from contextlib import ExitStack
from datetime import UTC, datetime
from itertools import count
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from mlpkg.exceptions import DataError
from mlpkg.tracking.lock import LOCK, try_lock
from mlpkg.tracking.provenance import git_state, machine, versions

__all__ = ["RunFolder"]


class RunFolder:
    """A folder under construction; it gets its name when the run is done.

    Parameters
    ----------
    root
        Folder of all runs, made where it does not exist.
    name
        Name of the experiment.
    config_hash
        Hash of the resolved config; its first 8 characters end the folder's name.

    Notes
    -----
    Use it as a context manager. Files are written to a hidden folder beside the
    final one, which is renamed at the end; after an exception it is removed. A lock
    in it tells others that its process lives. While it is open the package logs from
    INFO on, into ``log.txt`` and to all handlers.

    Examples
    --------
    >>> import tempfile
    >>> with RunFolder(Path(tempfile.mkdtemp()), "demo", "0123456789") as run:
    ...     run.write_json("metrics.json", {"macro_f1": 0.5})
    >>> (run.path / "metrics.json").exists()
    True
    """

    def __init__(self, root: Path, name: str, config_hash: str) -> None:
        now = datetime.now(UTC)
        stamp = now.strftime("%Y-%m-%dT%H%M%S")
        self.root = root
        self.path = root / f"{stamp}-{name}-{config_hash[:8]}"
        self.timings: dict[str, float] = {}
        self.facts: dict[str, Any] = {}
        self._started_utc = now.isoformat(timespec="seconds")
        self._started = time.perf_counter()

    def __enter__(self) -> Self:
        self.path, self.work = self._claim()
        self._lock = ExitStack()
        self._lock.enter_context(try_lock(self.file(LOCK)))
        self._handler = logging.FileHandler(self.work / "log.txt", encoding="utf-8")
        self._handler.setFormatter(
            logging.Formatter("%(asctime)s %(name)s %(message)s")
        )
        logger = logging.getLogger("mlpkg")
        self._level = logger.level
        if logger.getEffectiveLevel() > logging.INFO:
            logger.setLevel(logging.INFO)
        logger.addHandler(self._handler)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        logger = logging.getLogger("mlpkg")
        logger.removeHandler(self._handler)
        logger.setLevel(self._level)
        self._handler.close()
        try:
            if kind is None:
                self.write_facts()
                self._lock.close()  # Windows renames no folder with an open file
                self.file(LOCK).unlink(missing_ok=True)
                self.work.replace(self.path)
        finally:
            self._lock.close()
            shutil.rmtree(self.work, ignore_errors=True)

    def file(self, name: str) -> Path:
        """Return the path of a file of the run while it is under construction."""
        return self.work / name

    def write_json(self, name: str, value: Any) -> None:
        """Write a JSON file; NaN is refused."""
        try:
            text = json.dumps(value, indent=2, ensure_ascii=False, allow_nan=False)
        except ValueError as error:
            raise DataError(f"{name}: {error}") from None
        self.file(name).write_text(text + "\n", encoding="utf-8")

    def write_text(self, name: str, text: str) -> None:
        """Write a text file."""
        self.file(name).write_text(text, encoding="utf-8")

    def lap(self, stage: str, seconds: float) -> None:
        """Note how long a stage took."""
        self.timings[stage] = round(seconds, 3)

    def _claim(self) -> tuple[Path, Path]:
        """Make the hidden folder of a name that no other run has or will have."""
        self.root.mkdir(parents=True, exist_ok=True)
        for number in count(1):
            name = self.path.name if number == 1 else f"{self.path.name}-{number}"
            path, work = self.root / name, self.root / f".{name}"
            try:
                work.mkdir()
            except FileExistsError:
                continue
            if not path.exists():
                break
            work.rmdir()
        return path, work

    def write_facts(self) -> None:
        """Write ``run.json``."""
        self.timings["total"] = round(time.perf_counter() - self._started, 3)
        self.write_json(
            "run.json",
            {
                "id": self.path.name,
                "status": "finished",
                **self.facts,
                "git": git_state(Path(__file__).parent),
                "versions": versions(),
                "machine": machine(),
                "timings_s": self.timings,
                "started_utc": self._started_utc,
            },
        )
