"""Which files a source names: single ones, folders, patterns and data sets."""

from __future__ import annotations

import glob
import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from mlpkg.articles.arrow_records import SPLIT, dataset_splits, is_dataset_folder
from mlpkg.articles.decoding import normalise
from mlpkg.articles.forms import PACKED, SUFFIXES, form_of_name
from mlpkg.articles.streams import STDIN
from mlpkg.exceptions import DataError, ReadError
from mlpkg.records import ReadFailure

__all__ = ["DATASET", "InputFile", "iter_files", "list_files"]

DATASET = "dataset"


@dataclass(frozen=True, slots=True)
class InputFile:
    """One file to read, or a run of its records.

    Parameters
    ----------
    path
        Where it stands, as named; ``-`` is standard input.
    name
        Its path relative to the input root: the article's id, or the beginning of
        its records' ids.
    form
        What its suffix says, empty where the content has to tell.
    first, last
        The places of the records to read (line, row or record numbers from 1);
        `last` is None for the end of the file.
    offset
        Byte at which the record `first` begins; 0 where it has to be counted up to.
    """

    path: str
    name: str
    form: str
    first: int = 1
    last: int | None = None
    offset: int = 0

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
    return list(iter_files(source))


def iter_files(
    source: str | Path | Iterable[str | Path],
) -> Iterator[InputFile | ReadFailure]:
    """Yield what `list_files` lists, holding no more than the names of a folder."""
    sources = [source] if isinstance(source, str | Path) else source
    for item in sources:
        yield from _files(str(item))


def _files(item: str) -> Iterator[InputFile | ReadFailure]:
    """List the files of one source."""
    path = Path(item)
    folder, sign, split = item.rpartition(SPLIT)
    if item == STDIN:
        yield InputFile(STDIN, "stdin", "")
    elif sign and is_dataset_folder(Path(folder)):
        yield from _split(Path(folder), split)
    elif path.is_dir():
        yield from _folder(path)
    elif path.exists() or path.is_symlink():
        yield InputFile(item, path.name, form_of_name(item))
    elif glob.has_magic(item):
        yield from _matches(item)
    else:
        raise ReadError(f"{item}: no such file or folder")


def _folder(path: Path) -> Iterator[InputFile | ReadFailure]:
    """List a folder: a data set, or what can be read below it."""
    is_empty = True
    for file in _data_set(path, path.name) or _walk(path):
        is_empty = False
        yield file
    if is_empty:
        known = " ".join([*SUFFIXES, *PACKED])
        raise ReadError(f"{path}: no file with a known suffix ({known}) in it")


def _walk(root: Path) -> Iterator[InputFile | ReadFailure]:
    """Yield what can be read below a folder, sorted by path."""
    inside = root.resolve()
    # Folders that are being gone through, innermost last, each with what is left of it.
    open_folders = [_entries(root)]
    while open_folders:
        path = next(open_folders[-1], None)
        if path is None:
            open_folders.pop()
        elif isinstance(path, ReadFailure):
            yield path
        elif isinstance(path, str) or path.is_symlink() or not path.is_dir():
            yield from _file(path, root, inside)
        elif splits := _data_set(path, path.relative_to(root).as_posix()):
            yield from splits
        else:
            open_folders.append(_entries(path))


def _file(
    entry: str | Path, root: Path, inside: Path
) -> Iterator[InputFile | ReadFailure]:
    """Yield a file that can be read, and what is wrong with a link that leads out."""
    path = Path(entry)
    form = form_of_name(path.name)
    if isinstance(entry, Path) and _leaves(path, inside):
        if form or path.is_dir():
            yield _leads_out(path)
    elif form and not (isinstance(entry, Path) and path.is_dir()):
        yield InputFile(str(entry), path.relative_to(root).as_posix(), form)


def _entries(folder: Path) -> Iterator[str | Path | ReadFailure]:
    """Yield a folder's content sorted by name: plain files as strings, the rest not.

    A folder can hold a million files; of each there is no more than its name.
    """
    try:
        with os.scandir(folder) as entries:
            plain = {
                entry.name: entry.is_file(follow_symlinks=False)
                for entry in entries
                if not entry.name.startswith(".")
            }
    except OSError as error:
        yield ReadFailure(str(folder), "", error.strerror or str(error))
        return
    for name in sorted(plain):
        yield str(folder / name) if plain[name] else folder / name


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
