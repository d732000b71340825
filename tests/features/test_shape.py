from __future__ import annotations

import pytest

from mlpkg.features.measured_texts import MeasuredTexts
from mlpkg.features.shape import SHAPE, shape_values


def shape(text: str) -> dict[str, float]:
    return dict(zip(SHAPE, shape_values(MeasuredTexts([text]))[0], strict=True))


def test_shape_tells_letters_digits_and_marks_apart():
    found = shape("AB 12.")
    assert found["upper_share"] == 1
    assert found["digit_share"] == pytest.approx(2 / 6)
    assert found["mark_share"] == pytest.approx(1 / 6)
    assert found["all_capitals"] == found["stopped"] == found["short"] == 1


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("said Holt.", "starts_lower"),
        ("3 dead", "starts_digit"),
        ("» Home", "starts_mark"),
    ],
)
def test_shape_tells_how_a_text_starts(text, name):
    starts = ("starts_lower", "starts_digit", "starts_mark")
    assert {key for key in starts if shape(text)[key]} == {name}


def test_shape_of_an_empty_text_stays_in_range():
    assert all(abs(value) <= 1 for value in shape("").values())
