"""The folder of output shards: whose it is, what in it is whole, what is left out.

Readers see nothing but shards under their names: all else stands in a folder that
Parquet readers pass over.
"""

from __future__ import annotations

import json
import logging
import secrets
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Any

from mlpkg.bulk.job import Job
from mlpkg.bulk.manifest import Line, append_line, read_lines, sync_folder
from mlpkg.bulk.plan import Shard, Slice
from mlpkg.bulk.steps import reached
from mlpkg.bulk.tasks import Tally, sha256_of
from mlpkg.data.whole_file import whole_file
from mlpkg.exceptions import DataError
from mlpkg.tracking.lock import is_held, try_lock

__all__ = ["BOOKS", "OutputFolder"]

logger = logging.getLogger(__name__)

# Beside the shards; a name that readers of tables pass over.
BOOKS = "_mlpkg"
SETTINGS, QUARANTINE = "settings.json", "quarantine.jsonl"


class OutputFolder:
    """Shards and books of one output.

    Parameters
    ----------
    path
        The folder, made where it is not there.
    slice_
        Which shards this process makes.

    Raises
    ------
    DataError
        The folder holds other things.
    """

    def __init__(self, path: Path, slice_: Slice) -> None:
        self.path = path.absolute()
        self.books = self.path / BOOKS
        self._slice = slice_
        self._settings: Line = {}
        self._suffix = ""
        self._lines: dict[int, list[Line]] = defaultdict(list)
        self._check_content()
        self.books.mkdir(parents=True, exist_ok=True)

    @contextmanager
    def held(self) -> Iterator[None]:
        """Keep other processes out, but for those with another slice of as many.

        Raises
        ------
        DataError
            Another process writes here.
        """
        with try_lock(self._lock) as is_ours:
            others = [path for path in self.books.glob("lock-*") if self._rivals(path)]
            if not is_ours or any(is_held(path) for path in others):
                raise DataError(
                    f"{self.path}: another process writes there; wait for it, name "
                    "another folder, or give each process a --shard of its own (1/4, "
                    "2/4, …)"
                )
            self._sweep()
            try:
                yield
            finally:
                self._sweep()

    def claim(self, job: Job, facts: Line, *, overwrite: bool) -> None:
        """Take the folder for a job, or find that it is its own.

        Parameters
        ----------
        job
            The job.
        facts
            What else decides the rows: hashes of the model, its precision.
        overwrite
            Whether what another job left is removed.

        Raises
        ------
        DataError
            Shards were made with other settings.
        """
        settings = {**facts, "options": job.options}
        path = self.books / SETTINGS
        if overwrite:
            self._clear()
        if path.is_file():
            self._compare(json.loads(path.read_text(encoding="utf-8")), settings)
        else:
            with whole_file(path) as draft:
                draft.write_text(json.dumps(settings, indent=1), encoding="utf-8")
        reached("settings written")
        self._settings = {**facts, "options_sha256": job.options_sha256}
        self._suffix = f".{job.to}"
        for manifest in sorted(self.books.glob("manifest*.jsonl")):
            for line in read_lines(manifest):
                self._lines[line["shard"]].append(line)

    def whole(self, shard: Shard) -> Line | None:
        """Return the line of a shard that is there as this job would make it."""
        wanted = {**self._settings, "input_sha256": shard.input_sha256}
        path = self._file(shard.index)
        for line in reversed(self._lines.get(shard.index, [])):
            if (
                all(line.get(key) == value for key, value in wanted.items())
                and path.is_file()
                and path.stat().st_size == line.get("size")
                and sha256_of(path) == line.get("sha256")
            ):
                self._lines[shard.index] = [line]
                return line
        return None

    def new_draft(self) -> str:
        """Name a file to write a shard to."""
        return str(self.books / f"draft-{self._tag}-{secrets.token_hex(8)}")

    def commit(self, shard: Shard, draft: str, tally: Tally) -> Line:
        """Give a synced draft its name and write its line."""
        file = self._file(shard.index)
        Path(draft).replace(file)
        sync_folder(self.path)
        reached("shard renamed")
        line = {
            "shard": shard.index,
            "file": file.name,
            "input_sha256": shard.input_sha256,
            **self._settings,
            **asdict(tally),
        }
        append_line(self._manifest, line)
        self._lines[shard.index] = [line]
        return line

    def drop_beyond(self, count: int) -> None:
        """Remove the shards of input that is gone, once the whole plan is known."""
        for index in [index for index in self._lines if index >= count]:
            file = self._file(index)
            if self._slice.holds(index) and file.exists():
                file.unlink()
                append_line(self._manifest, {"shard": index, "gone": True})
                logger.warning("%s: of input that is gone; removed", file)
                del self._lines[index]

    def write_quarantine(self) -> int:
        """List the pages without rows of all shards that are whole.

        Returns
        -------
        int
            How many they are.
        """
        count = 0
        with (
            whole_file(self.books / QUARANTINE) as draft,
            draft.open("w", encoding="utf-8") as stream,
        ):
            for _, lines in sorted(self._lines.items()):
                for page in lines[-1].get("left_out", []):
                    stream.write(json.dumps(page, ensure_ascii=False) + "\n")
                    count += 1
        reached("quarantine written")
        return count

    @property
    def is_claimed(self) -> bool:
        """Whether a job has it."""
        return bool(self._settings)

    @property
    def _tag(self) -> str:
        """Name of this process's slice."""
        return f"{self._slice.number}-of-{self._slice.of}"

    @property
    def _lock(self) -> Path:
        """The lock of this slice."""
        return self.books / f"lock-{self._tag}"

    @property
    def _manifest(self) -> Path:
        """The manifest of this slice; plain where there is but one."""
        tag = "" if self._slice.of == 1 else f"-{self._tag}"
        return self.books / f"manifest{tag}.jsonl"

    def _file(self, index: int) -> Path:
        """Place of a shard; a manifest's word for it is not taken."""
        return self.path / f"shard-{index:06d}{self._suffix}"

    def _sweep(self) -> None:
        """Remove what killed processes left; slices of as many keep their drafts."""
        for draft in self.books.glob("draft-*-of-*-*"):
            tag = draft.name.removeprefix("draft-").rpartition("-")[0]
            if tag == self._tag or not tag.endswith(f"-of-{self._slice.of}"):
                draft.unlink(missing_ok=True)
        if self._slice.of == 1:
            for draft in self.books.glob(".mlpkg-*.tmp"):
                draft.unlink(missing_ok=True)

    def _rivals(self, lock: Path) -> bool:
        """Tell whether a lock is that of a slice which shares shards with this one."""
        return lock != self._lock and not lock.name.endswith(f"-of-{self._slice.of}")

    def _check_content(self) -> None:
        """Refuse a folder of other things."""
        if self.path.exists() and not self.path.is_dir():
            raise DataError(f"{self.path}: a file; name a folder for the shards")
        if self.path.is_dir() and not self.books.is_dir() and any(self.path.iterdir()):
            raise DataError(
                f"{self.path}: holds other things than shards; name a new folder"
            )

    def _compare(self, found: Any, settings: Line) -> None:
        """Refuse shards that were made with other settings."""
        old, new = _flat(found), _flat(json.loads(json.dumps(settings)))
        other = [key for key in {**old, **new} if old.get(key) != new.get(key)]
        if other:
            told = "; ".join(f"{k}: {old.get(k)!r}, now {new.get(k)!r}" for k in other)
            raise DataError(
                f"{self.path}: its shards were made with other settings ({told}); name "
                "a new folder, or --overwrite to begin anew"
            )

    def _clear(self) -> None:
        """Remove shards and books."""
        for path in [
            *self.path.glob("shard-*.parquet"),
            *self.path.glob("shard-*.jsonl"),
            *self.books.glob("manifest*.jsonl"),
            self.books / SETTINGS,
            self.books / QUARANTINE,
        ]:
            path.unlink(missing_ok=True)


def _flat(settings: Any) -> Line:
    """Bring options to the level of the other facts."""
    return {**settings, **settings.get("options", {}), "options": None}
