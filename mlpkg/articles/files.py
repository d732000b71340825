"""Which files a source names: single ones, folders, patterns and data sets."""

from __future__ import annotations

import glob
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from mlpkg.articles.arrow_records import SPLIT, dataset_splits, is_dataset_folder
from mlpkg.articles.decoding import normalise
from mlpkg.articles.forms import PACKED, SUFFIXES, form_of_name
from mlpkg.articles.streams import STDIN
from mlpkg.exceptions import DataError, ReadError
from mlpkg.records import ReadFailure

__all__ = ["DATASET", "InputFile", "list_files"]

DATASET = "dataset"


@dataclass(frozen=True, slots=True)
class InputFile:
    """One file to read.

    Parameters
    ----------
    path
        Where it stands, as named; ``-`` is standard input.
    name
        Its path relative to the input root: the article's id, or the beginning of
        its records' ids.
    form
        What its suffix says, empty where the content has to tell.
    """

    path: str
    name: str
    form: str

    @property
    def shown(self) -> str:
        """The path as text: a name may hold bytes that are none."""
        return normalise(self.path)


def list_files(
    source: str | Path | Iterable[str | Path],
) -> list[InputFile | ReadFailure]:
    """List the files of one source or of several.

    Parameters
    ----------
    source
        Files, folders, glob patterns, ``-``; ``FOLDER::SPLIT`` of a data set.

    Returns
    -------
    list of InputFile or ReadFailure
        Folders and patterns in sorted order; a failure for a link in them that leads
        out of the folder. Hidden files and folders are passed over, and links to
        folders are not followed, so that a loop of them does no harm.

    Raises
    ------
    ReadError
        A source does not exist, or holds nothing to read.
    """
    sources = [source] if isinstance(source, str | Path) else list(source)
    return [file for item in sources for file in _files(str(item))]


def _files(item: str) -> list[InputFile | ReadFailure]:
    """List the files of one source."""
    if item == STDIN:
        return [InputFile(STDIN, "stdin", "")]
    path = Path(item)
    folder, sign, split = item.rpartition(SPLIT)
    if sign and is_dataset_folder(Path(folder)):
        return _split(Path(folder), split)
    if path.is_dir():
        found = _data_set(path, path.name) or _walk(path)
        if not found:
            known = " ".join([*SUFFIXES, *PACKED])
            raise ReadError(f"{item}: no file with a known suffix ({known}) in it")
        return found
    if path.exists() or path.is_symlink():
        return [InputFile(item, path.name, form_of_name(item))]
    if glob.has_magic(item):
        return _matches(item)
    raise ReadError(f"{item}: no such file or folder")


def _walk(root: Path) -> list[InputFile | ReadFailure]:
    """List what can be read below a folder, sorted by path."""
    inside = root.resolve()
    found: dict[tuple[str, ...], list[InputFile | ReadFailure]] = {}
    waiting = [root]
    while waiting:
        folder = waiting.pop()
        try:
            paths = [path for path in folder.iterdir() if not path.name.startswith(".")]
        except OSError as error:
            reason = error.strerror or str(error)
            found[folder.parts] = [ReadFailure(str(folder), "", reason)]
            continue
        for path in paths:
            name = path.relative_to(root).as_posix()
            if _leaves(path, inside):
                if path.is_dir() or form_of_name(path.name):
                    found[path.parts] = [_leads_out(path)]
            elif not path.is_dir():
                if form := form_of_name(path.name):
                    found[path.parts] = [InputFile(str(path), name, form)]
            elif not path.is_symlink():
                found[path.parts] = _data_set(path, name)
                waiting += [] if found[path.parts] else [path]
    return [file for parts in sorted(found) for file in found[parts]]


def _leaves(path: Path, inside: Path) -> bool:
    """Tell a link that leads out of a folder."""
    try:
        return path.is_symlink() and not path.resolve().is_relative_to(inside)
    except (OSError, RuntimeError):  # a link to itself; opening it says so
        return False


def _leads_out(path: Path) -> ReadFailure:
    """Say that a link is not followed."""
    reason = "a link that leads out of the folder; not followed: name its target"
    return ReadFailure(str(path), "", reason)


def _data_set(path: Path, name: str) -> list[InputFile | ReadFailure]:
    """List the splits of a data set; nothing where the folder is none."""
    if not is_dataset_folder(path):
        return []
    try:
        splits = dataset_splits(path)
    except DataError as error:
        return [ReadFailure(str(path), "", str(error))]
    if not splits:
        return [InputFile(str(path), name, DATASET)]
    return [
        InputFile(str(path / split), f"{name}{SPLIT}{split}", DATASET)
        for split in splits
    ]


def _split(folder: Path, split: str) -> list[InputFile | ReadFailure]:
    """List one split of a data set."""
    try:
        splits = dataset_splits(folder)
    except DataError as error:
        raise ReadError(f"{folder}: {error}") from None
    if split not in splits:
        held = f"the splits {', '.join(splits)}" if splits else "no splits"
        raise ReadError(f"{folder}{SPLIT}{split}: the data set holds {held}")
    return [InputFile(str(folder / split), f"{folder.name}{SPLIT}{split}", DATASET)]


def _matches(pattern: str) -> list[InputFile | ReadFailure]:
    """List the files that a pattern matches, in sorted order."""
    parts = Path(pattern).parts
    magic = next(n for n, part in enumerate(parts) if glob.has_magic(part))
    root = Path(*parts[:magic])
    rest = Path(*parts[magic:]).as_posix()
    inside = root.resolve()
    # Unlike the glob module, this goes through no link to a folder.
    rest = f"{rest}/*" if parts[-1] == "**" else rest
    try:
        paths = sorted(p for p in root.glob(rest) if p.is_file() or p.is_symlink())
    except ValueError as error:
        raise ReadError(f"{pattern}: {error}") from None
    found: list[InputFile | ReadFailure] = []
    for path in paths:
        if any(part.startswith(".") for part in path.relative_to(root).parts):
            continue
        if _leaves(path, inside):
            found.append(_leads_out(path))
        elif path.is_file():
            found.append(InputFile(str(path), path.as_posix(), form_of_name(path.name)))
    if not found:
        raise ReadError(f"{pattern}: the pattern matches no file")
    return found
