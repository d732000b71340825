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
from mlpkg.tracking.stored_run import StoredRun

__all__ = [
    "RUNS",
    "RunEntry",
    "find_run",
    "list_runs",
    "remove_run",
    "require_removable",
    "run_folder",
]

RUNS = Path("experiments") / "runs"
# Under construction a run's folder has its final name behind a dot.
_UNFINISHED = re.compile(r"\.\d{4}-\d{2}-\d{2}T\d{6}-.+")


@dataclass(frozen=True, slots=True)
class RunEntry:
    """One folder among the runs.

    Parameters
    ----------
    path
        The folder.
    status
        ``unfinished`` while it is written or after a kill, ``broken`` where a part
        that every run has cannot be read.
    reason
        Why it is broken, else empty.
    run
        The run of a finished entry, else None.
    """

    path: Path
    status: Literal["finished", "unfinished", "broken"]
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
        In order of time, newest last; runs that are unfinished or broken too.

    Raises
    ------
    DataError
        There is no such folder.
    """
    return [_entry(path) for path in _folders(root)]


def find_run(name: str, root: Path = RUNS) -> StoredRun:
    """Open the run that a name means; `run_folder` says how it is found."""
    return StoredRun(run_folder(name, root))


def run_folder(name: str, root: Path = RUNS) -> Path:
    """Return the folder of the run that a name means.

    Parameters
    ----------
    name
        The path of a run folder, a run's id, the beginning of one id only, or
        ``latest`` for the newest finished run.
    root
        The folder of all runs; a path is taken wherever it leads.

    Raises
    ------
    DataError
        No run or several runs have that name, or it is not finished.
    """
    if (Path(name) / "run.json").is_file():
        return Path(name)
    folders = list(_folders(root))
    if name == "latest":
        return _latest(folders, root)
    finished = [path for path in folders if not path.name.startswith(".")]
    exact = [path for path in finished if path.name == name]
    found = exact or [path for path in finished if name and path.name.startswith(name)]
    if len(found) == 1:
        return found[0]
    if found:
        ids = ", ".join(path.name for path in found)
        raise DataError(
            f"{name!r} is the beginning of {len(found)} runs; give more of one: {ids}"
        )
    raise _unknown(name, folders, root)


def remove_run(path: Path, root: Path = RUNS) -> None:
    """Remove a run folder; of a link to one, the link alone.

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
        It lies elsewhere, or it holds no ``run.json``.
    """
    # The parent alone is resolved: the last part may be a link, which is not followed.
    if path.name in ("", "..") or path.parent.resolve() != root.resolve():
        raise DataError(
            f"{path}: not removed, it does not lie right under {root}; name the folder "
            "that holds it with --runs"
        )
    if not (path / "run.json").is_file():
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
        if path.is_dir() and (not hidden or _UNFINISHED.fullmatch(path.name)):
            yield path


def _entry(path: Path) -> RunEntry:
    """Read as much of a run as a list of runs shows."""
    if path.name.startswith("."):
        return RunEntry(path, "unfinished")
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
        if name and path.name.startswith(".") and known_id.startswith(name):
            return DataError(
                f"{path}: the run is unfinished; wait for its training, or remove the "
                "folder by hand if that was killed"
            )
    near = [known_id for known_id in reversed(known) if name and name in known_id]
    near = near or get_close_matches(name, known, n=3)
    hint = f"did you mean {' or '.join(near[:3])}?" if near else "see `mlpkg runs list`"
    return DataError(f"no run {name!r} under {root}; {hint}")
