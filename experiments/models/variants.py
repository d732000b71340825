"""The rows of the ablation: read from a YAML table, made into fits in their order."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import yaml
from pydantic import ValidationError

from mlpkg.config import Config, load_config
from mlpkg.config.faults import nearest
from mlpkg.config.section import Count, Section, Text
from mlpkg.exceptions import ConfigError


class _Row(Section):
    """One variant as it is written."""

    config: Text
    set: list[Text] = []
    seeds: Count = 5


class _Table(Section):
    """The file."""

    base: Text
    variants: dict[Text, _Row]


@dataclass(frozen=True, slots=True)
class Variant:
    """One row: what it is called, what is fitted, with how many seeds."""

    name: str
    source: str
    overrides: tuple[str, ...]
    seeds: int
    config: Config


@dataclass(frozen=True, slots=True)
class Fit:
    """One model to train."""

    variant: Variant
    seed: int


def read_variants(
    path: Path, overrides: Sequence[str] = (), only: Collection[str] = ()
) -> tuple[str, list[Variant]]:
    """Return the base row's name and all rows.

    Parameters
    ----------
    path
        The YAML table.
    overrides
        ``a.b=value`` strings that hold after a row's own.
    only
        Names of the rows that they hold for; none for all rows.

    Raises
    ------
    ConfigError
        The table is not as `variants.yaml` is, or a row has no valid config.
    """
    try:
        table = _Table.model_validate(yaml.safe_load(path.read_text(encoding="utf-8")))
    except (OSError, ValidationError, yaml.YAMLError) as error:
        raise ConfigError(
            f"{path}: {error}; expected a base and variants, each with config, set and "
            "seeds"
        ) from None
    for name in (table.base, *only):
        known(name, table.variants)
    return table.base, [
        _variant(name, row, overrides if not only or name in only else ())
        for name, row in table.variants.items()
    ]


def _variant(name: str, row: _Row, overrides: Sequence[str]) -> Variant:
    """Load the config of a row."""
    settings = (*row.set, *overrides)
    try:
        config = load_config(row.config, settings)
    except ConfigError as error:
        raise ConfigError(f"variant {name!r}: {error}") from None
    return Variant(name, row.config, settings, row.seeds, config)


def known(name: str, names: Collection[str]) -> None:
    """Refuse a name that no row has."""
    if name not in names:
        near = nearest(name, list(names))
        hint = f"; did you mean {near!r}?" if near else ""
        raise ConfigError(f"no variant {name!r}; known: {', '.join(names)}{hint}")


def planned(variants: Sequence[Variant], seeds: int | None) -> Iterator[Fit]:
    """Yield the fits, seed by seed, so that every row soon has one.

    `seeds` stands in for each row's own number of seeds.
    """
    counts = [seeds or variant.seeds for variant in variants]
    for seed in range(max(counts, default=0)):
        for variant, count in zip(variants, counts, strict=True):
            if seed < count:
                yield Fit(variant, seed)
