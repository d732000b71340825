from __future__ import annotations

from dataclasses import FrozenInstanceError

import pytest

from mlpkg.exceptions import DataError
from mlpkg.labels import DEFAULT_SCHEME, Label, LabelScheme


def _luminance(colour: str) -> float:
    """Relative luminance of ``#rrggbb`` by WCAG 2."""
    channels = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [
        c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels
    ]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def test_the_default_scheme_holds_the_four_labels_of_the_codebook():
    assert DEFAULT_SCHEME.names == ("claim", "opinion", "attribution", "boilerplate")
    assert DEFAULT_SCHEME.letters == ("C", "O", "A", "B")
    assert DEFAULT_SCHEME.furniture == "boilerplate"


def test_name_letter_and_column_lead_to_the_same_label():
    for column, label in enumerate(DEFAULT_SCHEME.labels):
        assert DEFAULT_SCHEME.index(label.name) == column
        assert DEFAULT_SCHEME.by_name(label.name) is label
        assert DEFAULT_SCHEME.by_letter(label.letter) is label


def test_an_unknown_name_is_refused_with_the_known_ones():
    with pytest.raises(DataError, match=r"unknown label 'fact'; known: claim, opinion"):
        DEFAULT_SCHEME.index("fact")


def test_an_unknown_letter_is_refused_with_the_known_ones():
    with pytest.raises(DataError, match=r"unknown label letter 'X'; known: C, O, A, B"):
        DEFAULT_SCHEME.by_letter("X")


def test_from_names_keeps_letters_and_colours_of_the_default_labels():
    names = DEFAULT_SCHEME.names
    assert LabelScheme.from_names(names, "boilerplate") == DEFAULT_SCHEME
    turned = LabelScheme.from_names(names[::-1])
    assert turned.labels == DEFAULT_SCHEME.labels[::-1]
    assert turned.furniture is None


def test_from_names_takes_initials_as_letters():
    scheme = LabelScheme.from_names(["fact", "view"], furniture="view")
    assert scheme.letters == ("F", "V")
    assert scheme.furniture == "view"


def test_from_names_gives_distinct_letters_where_initials_collide():
    assert LabelScheme.from_names(["fact", "feeling", "view"]).letters == (
        "A",
        "B",
        "C",
    )


def test_from_names_takes_more_labels_than_there_are_colours():
    scheme = LabelScheme.from_names([f"{chr(97 + i)}-label" for i in range(12)])
    assert len(set(scheme.letters)) == 12
    assert all(label.colour.startswith("#") for label in scheme.labels)


@pytest.mark.parametrize("names", [("fact", "fact"), ("fact", "view", "fact")])
def test_a_name_that_comes_twice_is_refused(names):
    with pytest.raises(DataError, match="needs distinct values, got .*'fact'"):
        LabelScheme.from_names(names)


def test_a_letter_that_comes_twice_is_refused():
    labels = tuple(
        Label(name, "F", "#ffffff", "white", "") for name in ("fact", "view")
    )
    with pytest.raises(DataError, match=r"needs distinct values, got \('F', 'F'\)"):
        LabelScheme(labels)


def test_a_furniture_label_outside_the_scheme_is_refused():
    with pytest.raises(DataError, match="furniture label 'noise' is not among"):
        LabelScheme.from_names(["fact", "view"], furniture="noise")


def test_every_colour_stays_legible_under_black_text():
    scheme = LabelScheme.from_names([f"{chr(97 + i)}-label" for i in range(8)])
    for label in (*DEFAULT_SCHEME.labels, *scheme.labels):
        assert (_luminance(label.colour) + 0.05) / 0.05 >= 10, label


def test_schemes_are_frozen_and_comparable():
    scheme = LabelScheme.from_names(["fact", "view"])
    assert scheme == LabelScheme.from_names(("fact", "view"))
    with pytest.raises(FrozenInstanceError, match="furniture"):
        scheme.furniture = "view"
