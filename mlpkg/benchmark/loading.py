"""From a YAML file to the settings of a benchmark, all mistakes told at once."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from pydantic import ValidationError

from mlpkg.benchmark.config import BenchmarkConfig
from mlpkg.config import CORPUS_PREFIX, shipped_folder
from mlpkg.config.document import Document, read_document
from mlpkg.config.faults import describe
from mlpkg.exceptions import ConfigError

__all__ = ["find_benchmark", "load_benchmark"]

# What a classifier may name by a path of this machine.
_BY_PATH = ("model:", "config:")


def load_benchmark(path: Path) -> BenchmarkConfig:
    """Load the settings of a benchmark.

    Parameters
    ----------
    path
        A YAML file, or the bare name of a shipped one (``benchmark-small``). Paths in
        it are relative to its folder.

    Raises
    ------
    ConfigError
        Lists every fault with its line.

    Examples
    --------
    >>> load_benchmark(Path("benchmark-small")).name
    'benchmark-small'
    """
    path = find_benchmark(path)
    document = _read(path)
    faults = list(document.faults)
    _anchor(document.value, path.absolute().parent)
    try:
        config = BenchmarkConfig.model_validate(document.value)
    except ValidationError as error:
        faults += describe(error, document, BenchmarkConfig)
    else:
        faults += _unknown_names(config, path)
    if faults:
        raise ConfigError("\n".join(faults))
    return config


def find_benchmark(path: Path) -> Path:
    """Return the file that a path or the bare name of a shipped benchmark means."""
    shipped = shipped_folder() / f"{path}.yaml"
    is_name = path.name == str(path) and not path.suffix
    return shipped if is_name and shipped.is_file() and not path.exists() else path


def _read(path: Path) -> Document:
    """Read a file whose content is a mapping."""
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(
            f"{path}: cannot be read as a benchmark config ({error})"
        ) from error
    document = read_document(text, lambda line: f"{path}, line {line}")
    if not isinstance(document.value, dict):
        raise ConfigError(
            f"{path}: must be a mapping of settings (key: value), got "
            f"{type(document.value).__name__}; configs/benchmark.yaml is an example"
        )
    return document


def _anchor(settings: dict[str, Any], folder: Path) -> None:
    """Make paths absolute: of the corpora, of files of one's own, of models."""
    if isinstance(settings.get("data"), str):
        settings["data"] = str(folder / settings["data"])
    for task in _items(settings, "tasks"):
        data = task.get("data") if isinstance(task, dict) else None
        if not isinstance(data, dict):
            continue
        for key in ("train", "validation"):
            value = data.get(key)
            if isinstance(value, str) and not value.startswith(CORPUS_PREFIX):
                data[key] = str(folder / value)
    for spec in _items(settings, "classifiers"):
        use = spec.get("use") if isinstance(spec, dict) else None
        if isinstance(use, str) and use.startswith(_BY_PATH):
            kind, _, name = use.partition(":")
            if (folder / name).exists():
                spec["use"] = f"{kind}:{folder / name}"


def _items(settings: dict[str, Any], key: str) -> list[Any]:
    """Return a list of the settings; empty where something else stands there."""
    value = settings.get(key)
    return value if isinstance(value, list) else []


def _unknown_names(config: BenchmarkConfig, path: Path) -> list[str]:
    """Tell of names that stand in one section and lead to nothing in another."""
    classifiers = [spec.name for spec in config.classifiers]
    tasks = [spec.name for spec in config.tasks]
    used = [
        ("cross_corpus.classifiers", config.cross_corpus.classifiers, classifiers),
        ("few_shot.classifiers", config.few_shot.classifiers, classifiers),
        ("reference", (config.reference or classifiers[0],), classifiers),
        ("few_shot.task", (config.few_shot.task,), tasks)
        if config.few_shot.classifiers
        else ("few_shot.task", (), tasks),
        *(
            (f"classifiers.{s.name}.tasks", s.tasks or (), tasks)
            for s in config.classifiers
        ),
    ]
    return [
        f'"{place}" names {name!r}, expected one of {", ".join(known)} ({path})'
        for place, names, known in used
        for name in names
        if name not in known
    ]
