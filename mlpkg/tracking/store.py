"""The folder of all runs: what is in it, which run a name means, and removal."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from typing import Literal

from mlpkg.exceptions import DataError
from mlpkg.tracking.lock import LOCK, is_held
from mlpkg.tracking.stored_run import StoredRun

__all__ = [
    "CHECKPOINTS_PREFIX",
    "RUNS",
    "RunEntry",
    "find_run",
    "list_runs",
    "remove_run",
    "require_removable",
    "run_folder",
]

RUNS = Path("experiments") / "runs"
# What a killed training had finished lies in a folder of this name; its hashes follow.
CHECKPOINTS_PREFIX = ".unfinished-"
# Under construction a run's folder has its final name behind a dot.
_WORK = re.compile(
    rf"\.\d{{4}}-\d{{2}}-\d{{2}}T\d{{6}}-.+|{re.escape(CHECKPOINTS_PREFIX)}.+"
)

Status = Literal["finished", "running", "interrupted", "checkpoints", "broken"]


@dataclass(frozen=True, slots=True)
class RunEntry:
    """One folder among the runs.

    Parameters
    ----------
    path
        The folder.
    status
        ``running`` while its process lives, ``interrupted`` after that was killed,
        ``checkpoints`` for what a killed training had finished and the same
        training goes on from, ``broken`` where a part that every run has cannot be
        read.
    reason
        Why it is broken, else empty.
    run
        The run of a finished entry, else None.
    """

    path: Path
    status: Status
    reason: str = ""
    run: StoredRun | None = None

    @property
    def id(self) -> str:
        """The folder's name, by which commands know the run."""
        return self.path.name.lstrip(".")


def list_runs(root: Path = RUNS) -> list[RunEntry]:
    """Look at every run under a folder.

    Parameters
    ----------
    root
        The folder of all runs.

    Returns
    -------
    list of RunEntry
        In order of time, newest last; runs that are unfinished or broken too, and
        checkpoints that no living training uses at the end.

    Raises
    ------
    DataError
        There is no such folder.
    """
    entries = (_entry(path) for path in _folders(root))
    # Of a training that runs, its run folder is listed, not its checkpoints too.
    return [
        entry
        for entry in entries
        if entry.status != "checkpoints" or not is_held(entry.path / LOCK)
    ]


def find_run(name: str, root: Path = RUNS) -> StoredRun:
    """Open the run that a name means; `run_folder` says how it is found."""
    return StoredRun(run_folder(name, root))


def run_folder(name: str, root: Path = RUNS, *, unfinished: bool = False) -> Path:
    """Return the folder of the run that a name means.

    Parameters
    ----------
    name
        The path of a run folder, a run's id, the beginning of one id only, or
        ``latest`` for the newest finished run.
    root
        The folder of all runs; a path is taken wherever it leads.
    unfinished
        Whether the folders that trainings work in are looked at, too.

    Raises
    ------
    DataError
        No run or several runs have that name, or it is not finished.
    """
    path = Path(name)
    if (path / "run.json").is_file() or (unfinished and _is_work(path)):
        return path
    folders = list(_folders(root))
    if name == "latest":
        return _latest(folders, root)
    known = {p.name.lstrip("."): p for p in folders if unfinished or not _is_work(p)}
    wanted = name.lstrip(".") if unfinished else name
    if wanted in known:
        return known[wanted]
    found = [run_id for run_id in known if wanted and run_id.startswith(wanted)]
    if len(found) == 1:
        return known[found[0]]
    if found:
        ids = ", ".join(found)
        raise DataError(
            f"{name!r} is the beginning of {len(found)} runs; give more of one: {ids}"
        )
    raise _unknown(name, folders, root)


def remove_run(path: Path, root: Path = RUNS) -> None:
    """Remove a run folder, or what a killed training left; of a link, the link alone.

    Raises
    ------
    DataError
        `require_removable` refuses it; nothing is removed.
    """
    require_removable(path, root)
    if path.is_symlink():
        path.unlink()
    else:
        shutil.rmtree(path)


def require_removable(path: Path, root: Path = RUNS) -> None:
    """Refuse to remove what is no run folder right under `root`.

    Raises
    ------
    DataError
        It lies elsewhere, a living training works in it, or it holds no ``run.json``
        and is not what a killed training left.
    """
    # The parent alone is resolved: the last part may be a link, which is not followed.
    if path.name in ("", "..") or path.parent.resolve() != root.resolve():
        raise DataError(
            f"{path}: not removed, it does not lie right under {root}; name the folder "
            "that holds it with --runs"
        )
    if _is_work(path):
        if is_held(path / LOCK):
            raise DataError(
                f"{path}: not removed, a training that runs works in it; wait for its "
                "end, or stop it first"
            )
    elif not (path / "run.json").is_file():
        raise DataError(
            f"{path}: not removed, it holds no run.json and so is no run; remove it by "
            "hand if you are sure"
        )


def _folders(root: Path) -> Iterator[Path]:
    """Yield what may be a run, in order of the time that begins its name."""
    if not root.is_dir():
        raise DataError(
            f"{root}: no such folder of runs; `mlpkg train` makes one, --runs names "
            "another"
        )
    for path in sorted(root.iterdir(), key=lambda path: path.name.lstrip(".")):
        hidden = path.name.startswith(".")
        if _is_work(path) or (path.is_dir() and not hidden):
            yield path


def _is_work(path: Path) -> bool:
    """Tell a folder that a training works in, or did until it was killed."""
    return path.is_dir() and _WORK.fullmatch(path.name) is not None


def _entry(path: Path) -> RunEntry:
    """Read as much of a run as a list of runs shows."""
    if path.name.startswith(CHECKPOINTS_PREFIX):
        return RunEntry(path, "checkpoints")
    if _is_work(path):
        return RunEntry(path, "running" if is_held(path / LOCK) else "interrupted")
    try:
        run = StoredRun(path)
        _ = run.run, run.config, run.metrics, run.checks
    except (DataError, OSError) as error:
        return RunEntry(path, "broken", str(error))
    return RunEntry(path, "finished", run=run)


def _latest(folders: list[Path], root: Path) -> Path:
    """Return the newest run that is finished and whole."""
    for path in reversed(folders):
        if _entry(path).status == "finished":
            return path
    raise DataError(f"{root}: holds no finished run; `mlpkg train` makes one")


def _unknown(name: str, folders: list[Path], root: Path) -> DataError:
    """Say what a name that means no finished run comes near to."""
    known = {path.name.lstrip("."): path for path in folders}
    for known_id, path in known.items():
        if name and _is_work(path) and known_id.startswith(name):
            return DataError(
                f"{path}: the run is not finished, its training still runs; wait for it"
                if is_held(path / LOCK)
                else f"{path}: the run is not finished, its training was interrupted; "
                "train again, or remove what is left with `mlpkg runs rm`"
            )
    near = [known_id for known_id in reversed(known) if name and name in known_id]
    near = near or get_close_matches(name, known, n=3)
    hint = f"did you mean {' or '.join(near[:3])}?" if near else "see `mlpkg runs list`"
    return DataError(f"no run {name!r} under {root}; {hint}")
