"""Label schemes: which labels exist, in which order, and how they are shown.

The four labels of the codebook are the default scheme; everything that shows,
stores or counts labels takes names, letters and colours from a scheme.
"""

from __future__ import annotations

from dataclasses import dataclass

from mlpkg.exceptions import DataError

__all__ = ["CODEBOOK_VERSION", "DEFAULT_SCHEME", "Label", "LabelScheme"]

# Of docs/CODEBOOK.md; it rises when a ruling changes what a label means.
CODEBOOK_VERSION = "1.2"


@dataclass(frozen=True, slots=True)
class Label:
    """One label.

    Parameters
    ----------
    name
        Lower-case name, as stored in output rows.
    letter
        One upper-case letter, as written in page files.
    colour
        Background for coloured text, ``#rrggbb``; legible under black text.
    terminal
        Colour name for a terminal (rich).
    meaning
        One line that says what a segment with this label does.
    """

    name: str
    letter: str
    colour: str
    terminal: str
    meaning: str


@dataclass(frozen=True, slots=True)
class LabelScheme:
    """An ordered set of labels.

    Parameters
    ----------
    labels
        The labels; their order is the column order of probabilities.
    furniture
        Name of the label that marks page furniture, or None.

    Raises
    ------
    DataError
        Two labels share a name or a letter, or `furniture` is not among them.

    Examples
    --------
    >>> DEFAULT_SCHEME.names
    ('claim', 'opinion', 'attribution', 'boilerplate')
    >>> DEFAULT_SCHEME.by_letter('O').name
    'opinion'
    """

    labels: tuple[Label, ...]
    furniture: str | None = None

    def __post_init__(self) -> None:
        for values in (self.names, self.letters):
            if len(set(values)) != len(values):
                raise DataError(f"a label scheme needs distinct values, got {values}")
        if self.furniture is not None and self.furniture not in self.names:
            raise DataError(
                f"furniture label {self.furniture!r} is not among {self.names}"
            )

    @classmethod
    def from_names(
        cls, names: tuple[str, ...] | list[str], furniture: str | None = None
    ) -> LabelScheme:
        """Make a scheme from bare names, with colours and letters by position.

        Names of the default scheme keep its letters and colours when all are there.
        """
        if sorted(names) == sorted(DEFAULT_SCHEME.names):
            return cls(tuple(DEFAULT_SCHEME.by_name(name) for name in names), furniture)
        labels = tuple(
            Label(name, _letter(i, names), *_PALETTE[i % len(_PALETTE)], meaning="")
            for i, name in enumerate(names)
        )
        return cls(labels, furniture)

    @property
    def names(self) -> tuple[str, ...]:
        """Label names in column order."""
        return tuple(label.name for label in self.labels)

    @property
    def letters(self) -> tuple[str, ...]:
        """Page-file letters in column order."""
        return tuple(label.letter for label in self.labels)

    def index(self, name: str) -> int:
        """Return the column of a label; `DataError` names the known ones."""
        try:
            return self.names.index(name)
        except ValueError:
            raise DataError(
                f"unknown label {name!r}; known: {', '.join(self.names)}"
            ) from None

    def by_name(self, name: str) -> Label:
        """Return a label by its name."""
        return self.labels[self.index(name)]

    def by_letter(self, letter: str) -> Label:
        """Return a label by its page-file letter."""
        for label in self.labels:
            if label.letter == letter:
                return label
        raise DataError(
            f"unknown label letter {letter!r}; known: {', '.join(self.letters)}"
        )


def _letter(position: int, names: tuple[str, ...] | list[str]) -> str:
    """Take the name's initial, or a letter by position where initials collide."""
    initials = [name[:1].upper() for name in names]
    if len(set(initials)) == len(initials):
        return initials[position]
    return chr(ord("A") + position)


# Pastel backgrounds that keep a contrast of at least 10:1 under black text.
_PALETTE = (
    ("#cfe8ff", "cyan"),
    ("#ffd9b3", "yellow"),
    ("#d9f2d0", "green"),
    ("#e4e4e4", "bright_black"),
    ("#f0d0f0", "magenta"),
    ("#fff2a8", "bright_yellow"),
    ("#c8f0ee", "bright_cyan"),
    ("#ffd0d0", "red"),
)

DEFAULT_SCHEME = LabelScheme(
    labels=(
        Label("claim", "C", *_PALETTE[0], "asserts something that can be checked"),
        Label("opinion", "O", *_PALETTE[1], "gives the author's own judgement"),
        Label("attribution", "A", *_PALETTE[2], "reports what a source says"),
        Label("boilerplate", "B", *_PALETTE[3], "is page furniture"),
    ),
    furniture="boilerplate",
)
