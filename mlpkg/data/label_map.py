"""From the labels that data carry to those of the scheme, decided or left open."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from typing import Literal, NamedTuple

from mlpkg.exceptions import DataError
from mlpkg.labels import LabelScheme

__all__ = ["Decision", "LabelMap"]


class Decision(NamedTuple):
    """What a raw label says.

    Parameters
    ----------
    label
        The label; where `allowed` leaves it open, the first of those, which means
        nothing.
    allowed
        The labels that a partial label leaves open; None where it is decided.
    weight
        Factor of the row's weight; 0 where the row has no label at all.
    """

    label: str
    allowed: tuple[str, ...] | None = None
    weight: float = 1.0


@dataclass(frozen=True, slots=True)
class LabelMap:
    """What raw labels mean; those that are labels already mean themselves.

    Parameters
    ----------
    mapping
        From raw label to label; also for raw labels that are labels already.
    allowed
        From raw label to the labels that it leaves open.
    unlabelled
        ``refuse`` takes an empty or null label for a mistake; ``skip`` keeps the row
        on its page as a neighbour, but it is neither learned nor scored.

    Examples
    --------
    >>> from mlpkg.labels import DEFAULT_SCHEME
    >>> labels = LabelMap({"fact": "claim"}, {"subjective": ("opinion", "claim")})
    >>> labels.decide("fact", DEFAULT_SCHEME).label
    'claim'
    >>> labels.decide("subjective", DEFAULT_SCHEME).allowed
    ('opinion', 'claim')
    """

    mapping: Mapping[str, str] = field(default_factory=dict)
    allowed: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    unlabelled: Literal["refuse", "skip"] = "refuse"

    def check(self, scheme: LabelScheme) -> None:
        """Refuse targets that the scheme does not have; `DataError` names them."""
        targets = set(self.mapping.values()).union(*self.allowed.values())
        unknown = sorted(targets.difference(scheme.names))
        if unknown:
            raise DataError(
                f"the label map leads to {', '.join(map(repr, unknown))}, expected "
                f"labels of the scheme ({', '.join(scheme.names)})"
            )

    def decide(self, raw: object, scheme: LabelScheme) -> Decision:
        """Return what a raw label means.

        Raises
        ------
        DataError
            The label is unknown, or missing and not to be skipped. The message has
            no place; the caller knows it.
        """
        name = _name(raw)
        if not name.strip():
            if self.unlabelled == "skip":
                return Decision(scheme.names[0], scheme.names, 0.0)
            raise DataError(
                f"has no label, got {raw!r}; label it, or pass such rows over with "
                "data.unlabelled: skip"
            )
        if name in self.mapping:
            return Decision(self.mapping[name])
        if name in self.allowed:
            return Decision(self.allowed[name][0], tuple(self.allowed[name]))
        if name in scheme.names:
            return Decision(name)
        known = list(dict.fromkeys([*scheme.names, *self.mapping, *self.allowed]))
        near = get_close_matches(name, known, n=1)
        hint = f"; did you mean {near[0]!r}?" if near else ""
        raise DataError(
            f"unknown label {raw!r}; expected one of {', '.join(known)}{hint} (other "
            "names are translated under data.mapping and data.allowed)"
        )


def _name(raw: object) -> str:
    """Spell a raw label as the keys of a config do; numbers are common ones."""
    if raw is None or raw != raw:  # NaN: what tables hold for nothing
        return ""
    if isinstance(raw, bool):
        return str(raw).lower()
    if isinstance(raw, float) and raw.is_integer():
        return str(int(raw))
    return raw if isinstance(raw, str) else repr(raw)
