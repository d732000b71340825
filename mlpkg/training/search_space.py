"""From ``--search`` strings to trials: every config that a tuning will try.

Kept from the tuning itself because all of it happens, and fails, before anything
is computed.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import reduce
from itertools import product
from pathlib import Path
from typing import Any, Literal

import numpy as np
from pydantic import ValidationError

from mlpkg.config import Config, load_config
from mlpkg.config.document import Document, read_document
from mlpkg.config.faults import describe
from mlpkg.exceptions import ConfigError

__all__ = ["Method", "Trial", "read_trials"]

Method = Literal["grid", "random"]

# Trials of a random search where nothing is said: enough that one of them lies in
# the best 15% of the space with a chance of 96% (1 - 0.85 ** 20).
RANDOM_TRIALS = 20
# A grid beyond this is a slip of the keyboard: it would take days.
MAX_TRIALS = 10_000
_RANGE = re.compile(r"(?P<log>log:)?(?P<low>[^,]+?)\.\.(?P<high>[^,]+)")
_NOTHING: Any = object()
# Leaves and sections that are not searched, and why.
_FIXED = {
    "extends": "it stands in files only",
    "name": "it does not change what is learned",
    "data": "scores on different data cannot be compared",
    "evaluation": "it does not change what is learned",
    "training.folds_by": "trials are compared on the same folds",
    "training.folds": "it serves calibration, which macro-F1 does not see",
}


@dataclass(frozen=True, slots=True)
class Trial:
    """One config to try.

    Parameters
    ----------
    number
        From 1, in the order of the search.
    leaves
        The searched leaves and their values, as the config holds them.
    config
        The whole config.
    """

    number: int
    leaves: dict[str, Any]
    config: Config

    def __str__(self) -> str:
        return ", ".join(f"{name}={value}" for name, value in self.shown().items())

    def shown(self) -> dict[str, str]:
        """Return the leaves with their values as YAML spells them."""
        return {
            name: str(value) if isinstance(value, str) else json.dumps(value)
            for name, value in self.leaves.items()
        }


@dataclass(frozen=True, slots=True)
class _Leaf:
    """What one string says: listed values, or the two ends of a range."""

    path: tuple[str, ...]
    place: str
    values: tuple[Any, ...]
    is_range: bool = False
    log: bool = False

    @property
    def name(self) -> str:
        return ".".join(self.path)

    def document(self, value: Any) -> Document:
        """Return the leaf at a value as settings that know their place."""
        nested = reduce(lambda tree, part: {part: tree}, reversed(self.path), value)
        steps = range(1, len(self.path) + 1)
        return Document(nested, {self.path[:length]: self.place for length in steps})

    def draw(self, random: np.random.Generator, whole: bool) -> Any:
        """Draw a value."""
        if not self.is_range:
            return self.values[random.integers(len(self.values))]
        low, high = self.values
        if whole and not self.log:
            return int(random.integers(low, high, endpoint=True))
        if self.log:
            drawn = math.exp(random.uniform(math.log(low), math.log(high)))
        else:
            drawn = random.uniform(low, high)
        # Six digits: what the table shows is what was tried.
        rounded = round(drawn) if whole else float(f"{drawn:.6g}")
        return min(max(rounded, low), high)


def read_trials(
    source: Config | str | Path,
    search: Sequence[str],
    overrides: Sequence[str] = (),
    *,
    method: Method | None = None,
    n: int | None = None,
) -> tuple[Config, list[Trial]]:
    """Make the trials of a search, each checked against the schema.

    Parameters
    ----------
    source
        A `Config`, the path of a YAML file, or the name of a shipped config.
    search
        Strings ``a.b=VALUES``: values in YAML with commas between them, a range
        ``low..high`` to draw from evenly, or ``log:low..high`` evenly in the
        logarithm. Between whole numbers only whole numbers are drawn, unless the
        config holds a fraction there.
    overrides
        ``a.b=value``, applied to the config before; not with a `Config`.
    method
        ``grid`` tries all combinations, the last leaf changing fastest; ``random``
        draws them with the config's seed. None: random where there is a range.
    n
        Trials of a random search, 20 unless said; combinations drawn twice are
        tried once.

    Returns
    -------
    base : Config
        The config that is searched around.
    trials : list of Trial
        All different, in their order.

    Raises
    ------
    ConfigError
        Lists every fault in a line of its own.
    """
    base, faults = _load(source, overrides)
    leaves, wrong = _read_leaves(search)
    faults += wrong + _clashes(leaves)
    if method is None:
        method = "random" if any(leaf.is_range for leaf in leaves) else "grid"
    faults += _misfits(leaves, method, n)
    if base is not None:
        space = _Space(base, leaves)
        faults += space.faults(space.variations())
    if faults or base is None:
        raise ConfigError("\n".join(dict.fromkeys(faults)))
    combinations = list(
        space.grid() if method == "grid" else space.draws(n or RANDOM_TRIALS)
    )
    faults = space.faults(combinations)
    if faults:
        raise ConfigError("\n".join(dict.fromkeys(faults)))
    return base, space.trials(combinations)


class _Space:
    """The leaves of a search over their base."""

    def __init__(self, base: Config, leaves: Sequence[_Leaf]) -> None:
        self.base = base
        self.leaves = leaves
        self._document = Document(base.resolved(), {(): "the settings"})

    def config(self, combination: Sequence[Any]) -> Config | list[str]:
        """Return the config of one combination, or its faults."""
        document = self._document
        for leaf, value in zip(self.leaves, combination, strict=True):
            document = document.merged(leaf.document(value))
        try:
            return Config.model_validate(document.value)
        except ValidationError as error:
            return describe(error, document)

    def faults(self, combinations: Sequence[Sequence[Any]]) -> list[str]:
        """Return what is wrong with combinations."""
        found = map(self.config, combinations)
        return [fault for one in found if isinstance(one, list) for fault in one]

    def variations(self) -> list[list[Any]]:
        """Return combinations in which every listed value and end occurs."""
        first = [leaf.values[0] for leaf in self.leaves]
        tree = self._document.value
        return [first] + [
            [*first[:place], value, *first[place + 1 :]]
            for place, leaf in enumerate(self.leaves)
            # One line about a leaf that does not exist is enough.
            if _at(tree, leaf.path) is not _NOTHING
            for value in leaf.values[1:]
        ]

    def grid(self) -> Iterator[Sequence[Any]]:
        """Yield all combinations of the listed values."""
        return product(*(leaf.values for leaf in self.leaves))

    def draws(self, n: int) -> list[Sequence[Any]]:
        """Draw different combinations, fewer than `n` where there are not so many."""
        random = np.random.default_rng(self.base.seed)
        tree = self._document.value
        whole = [
            all(isinstance(end, int) for end in leaf.values)
            and not isinstance(_at(tree, leaf.path), float)
            for leaf in self.leaves
        ]
        found: dict[str, Sequence[Any]] = {}
        # A small space is exhausted long before; an unlucky streak costs nothing.
        for _ in range(100 * n):
            drawn = [
                leaf.draw(random, w) for leaf, w in zip(self.leaves, whole, strict=True)
            ]
            found.setdefault(json.dumps(drawn, default=str), drawn)
            if len(found) == n:
                break
        return list(found.values())

    def trials(self, combinations: Sequence[Sequence[Any]]) -> list[Trial]:
        """Make trials of valid combinations; of equal ones the first counts."""
        found: dict[str, tuple[dict[str, Any], Config]] = {}
        for combination in combinations:
            config = self.config(combination)
            assert isinstance(config, Config)  # noqa: S101 (they were checked)
            tree = config.resolved()
            leaves = {leaf.name: _at(tree, leaf.path) for leaf in self.leaves}
            found.setdefault(json.dumps(leaves), (leaves, config))
        return [Trial(i, *made) for i, made in enumerate(found.values(), start=1)]


def _load(
    source: Config | str | Path, overrides: Sequence[str]
) -> tuple[Config | None, list[str]]:
    """Return the config, or its faults, to be told with those of the search."""
    if isinstance(source, Config):
        return source, []
    try:
        return load_config(source, overrides), []
    except ConfigError as error:
        return None, str(error).splitlines()


def _read_leaves(search: Sequence[str]) -> tuple[list[_Leaf], list[str]]:
    """Read all strings; faults are collected."""
    leaves, faults = [], []
    for text in search:
        try:
            leaves.append(_read_leaf(text))
        except ConfigError as error:
            faults += str(error).splitlines()
    if not search:
        faults.append(
            "nothing to search; name a leaf and its values, as in "
            "--search model.C=0.01,0.03,0.1"
        )
    return leaves, faults


def _read_leaf(text: str) -> _Leaf:
    """Read one string."""
    place = f"--search {text}"
    name, sign, values = text.partition("=")
    path = tuple(part.strip() for part in name.split("."))
    if not sign or not all(path):
        raise ConfigError(
            f"{text!r} is no search; write a dotted path, = and values, as in "
            f"model.C=0.01,0.1 or model.C=log:0.001..1 ({place})"
        )
    for fixed, why in _FIXED.items():
        if ".".join(path) == fixed or path[0] == fixed:
            raise ConfigError(
                f'"{".".join(path)}" cannot be searched: {why}; search leaves of '
                f"encoder, model or training, or seed ({place})"
            )
    span = _RANGE.fullmatch(values.strip())
    ends = [_number(span[end]) for end in ("low", "high")] if span else []
    if span and None not in ends:
        return _range(path, place, ends, log=bool(span["log"]))
    if values.startswith("log:"):
        raise ConfigError(
            f'"{".".join(path)}" must be searched over two numbers, got {values!r}; '
            f"write it as log:0.001..1 ({place})"
        )
    # Into brackets, so that commas part the values but not those of a list.
    document = read_document(f"[{values}]", lambda _: place, path)
    if document.faults or not document.value:
        raise ConfigError(
            "\n".join(document.faults) or f'"{".".join(path)}" has no value ({place})'
        )
    return _Leaf(path, place, tuple(document.value))


def _range(path: tuple[str, ...], place: str, ends: Sequence[Any], log: bool) -> _Leaf:
    """Check the ends of a range."""
    low, high = ends
    if not low < high or (log and low <= 0):
        above = ", above 0 for log:" if log else ""
        raise ConfigError(
            f'"{".".join(path)}" must range from a smaller to a greater number{above}, '
            f"got {low!r} to {high!r} ({place})"
        )
    return _Leaf(path, place, (low, high), is_range=True, log=log)


def _number(text: str) -> int | float | None:
    """Return a finite number, whole where it is written so; None for other text."""
    for kind in (int, float):
        try:
            number = kind(text)
        except ValueError:
            continue
        if math.isfinite(number):
            return number
    return None


def _clashes(leaves: Sequence[_Leaf]) -> list[str]:
    """Name leaves that are searched twice, by themselves or in a section."""
    return [
        f'"{leaf.name}" is searched twice; keep one of the two ({other.place} and '
        f"{leaf.place})"
        for place, leaf in enumerate(leaves)
        for other in leaves[:place]
        if all(a == b for a, b in zip(leaf.path, other.path, strict=False))
    ]


def _misfits(leaves: Sequence[_Leaf], method: Method, n: int | None) -> list[str]:
    """Say what the method cannot do."""
    if method == "random":
        if n is None or 1 <= n <= MAX_TRIALS:
            return []
        return [f"trials must be 1 to {MAX_TRIALS}, got {n!r}"]
    faults = [
        f'"{leaf.name}" has a range, and a grid needs values; list some with commas '
        f"between them, or take the method random ({leaf.place})"
        for leaf in leaves
        if leaf.is_range
    ]
    if n is not None:
        faults.append(
            f"a grid has as many trials as combinations, got trials {n!r}; leave the "
            "number out, or take the method random"
        )
    size = math.prod(len(leaf.values) for leaf in leaves)
    if size > MAX_TRIALS:
        faults.append(
            f"the grid has {size} combinations, more than {MAX_TRIALS}; list fewer "
            "values, or take the method random"
        )
    return faults


def _at(tree: Mapping[str, Any], path: Sequence[str]) -> Any:
    """Return what stands at a path, or `_NOTHING`."""
    node: Any = tree
    for part in path:
        if not isinstance(node, Mapping) or part not in node:
            return _NOTHING
        node = node[part]
    return node
