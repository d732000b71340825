"""From a YAML file, what it extends and overrides to one checked config.

Every mistake is collected first and told at once, with the place where it stands.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from mlpkg.config.data_section import CORPUS_PREFIX
from mlpkg.config.document import Document, read_document
from mlpkg.config.faults import describe, nearest
from mlpkg.config.overrides import read_overrides
from mlpkg.config.schema import Config
from mlpkg.config.shipped import shipped_config, shipped_configs
from mlpkg.exceptions import ConfigError

__all__ = ["load_config"]

_PATHS = ("train", "validation")
_SUFFIXES = (".yaml", ".yml")


def load_config(source: str | Path, overrides: Sequence[str] = ()) -> Config:
    """Load one experiment's settings.

    Parameters
    ----------
    source
        A YAML file, or the bare name of a shipped config (``default``). The file
        may say ``extends:`` with either of the two, relative to its own folder;
        mappings merge, everything else is replaced.
    overrides
        ``a.b=value`` strings with values in YAML, applied last.

    Returns
    -------
    Config
        Paths in ``data`` are absolute: relative to the file that states them, in
        overrides to the working directory.

    Raises
    ------
    ConfigError
        Lists every fault in a line of its own. A file that is missing or is not
        YAML, and an `extends` that leads nowhere, are told alone: without them
        nothing certain can be said of the rest.

    Examples
    --------
    >>> load_config("default", ["model.C=0.5"]).model.C
    0.5
    """
    document = _read_with_bases(_find(source, Path(), "the config to load"), ())
    document = document.merged(_anchored(read_overrides(overrides), Path()))
    faults = document.faults
    try:
        config = Config.model_validate(document.value)
    except ValidationError as error:
        faults = faults + describe(error, document)
    if faults:
        raise ConfigError("\n".join(faults))
    return config


def _find(source: str | Path, folder: Path, wanted_by: str) -> Path:
    """Return the file that a path or bare name means."""
    path = folder / source
    name = source if isinstance(source, str) else ""
    if Path(name).name == name and not name.endswith(_SUFFIXES):
        path = shipped_config(name) or path
    if path.is_file():
        return path
    near = nearest(Path(source).stem, shipped_configs())
    raise ConfigError(
        f"{str(source)!r} is neither a file nor the name of a shipped config "
        f"({', '.join(shipped_configs())})"
        + (f", the nearest is {near!r}" if near else "")
        + f" ({wanted_by})"
    )


def _read_with_bases(path: Path, chain: tuple[Path, ...]) -> Document:
    """Read a file on top of what it extends."""
    document = _anchored(_read_file(path), path.parent)
    if "extends" not in document.value:
        return document
    base = document.value.pop("extends")
    place = document.place(("extends",))
    if not isinstance(base, str):
        raise ConfigError(
            f'"extends" must be the path of a config file or the name of a shipped '
            f"config, got {base!r} ({place})"
        )
    base_path = _find(base, path.parent, place)
    chain = (*chain, path)
    if base_path.resolve() in {link.resolve() for link in chain}:
        circle = " -> ".join(str(link) for link in (*chain, base_path))
        raise ConfigError(
            f'"extends" must not lead back to a file that it started from, got '
            f"{base!r}: {circle} ({place})"
        )
    return _read_with_bases(base_path, chain).merged(document)


def _read_file(path: Path) -> Document:
    """Read one file whose content is a mapping; an empty file is an empty one."""
    try:
        text = path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise ConfigError(
            f"{path}: not UTF-8 at byte {error.start}; save the file as UTF-8"
        ) from None
    except OSError as error:
        raise ConfigError(f"{path}: cannot be read: {error.strerror}") from None
    document = read_document(text, lambda line: f"{path}, line {line}")
    if document.value is None:
        return Document({}, document.places)
    if not isinstance(document.value, dict):
        raise ConfigError(
            f"the file must be a mapping of settings (key: value), got "
            f"{type(document.value).__name__} ({document.place(())})"
        )
    return document


def _anchored(document: Document, folder: Path) -> Document:
    """Make the paths in ``data`` absolute."""
    data: Any = document.value.get("data")
    if isinstance(data, dict):
        for key in _PATHS:
            value = data.get(key)
            if isinstance(value, str) and value and not value.startswith(CORPUS_PREFIX):
                data[key] = str(folder.absolute() / value)
    return document
