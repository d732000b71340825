from __future__ import annotations

from math import isfinite, log1p

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mlpkg.features.cues import CUES, MAX_CHARACTERS, cue_values


def values(text: str) -> dict[str, float]:
    return dict(zip(CUES, cue_values(text), strict=True))


@pytest.mark.parametrize(
    ("text", "cue"),
    [
        ("The mayor said it would rain.", "says"),
        ("The mayor said on Monday that it rained.", "says_that"),
        ("“It rained,” the mayor said.", "quote_then_says"),
        ("It rained, according to the mayor.", "according"),
        ("Most residents near the quay fear a flood.", "source_says"),
        ("The bridge is believed to be safe.", "is_said"),
        ("The report by the ministry found faults.", "study"),
        ("It reportedly rained.", "diffuse"),
        ("The council must act.", "must"),
        ("It may rain.", "may"),
        ("I miss the ferry.", "first_singular"),
        ("It was the most absurd plan.", "judges"),
        ("Why now?", "question"),
        ("They didn’t go.", "negation"),
        ("Rents rose by £400.", "money"),
        ("By Mira Holt", "byline"),
        ("Photo: Harbour Post", "credit"),
        ("© 2024 Harbour Media", "legal"),
        ("We use cookies.", "cookie"),
        ("Sign up for our newsletter", "subscribe"),
        ("Share this on WhatsApp", "share"),
        ("READ MORE: Quay shut", "related"),
        ("Advertisement", "advert"),
        ("Updated 10:42", "clock"),
        ("Mira Holt is a reporter at the Post.", "bio"),
    ],
)
def test_a_cue_answers_to_its_words(text, cue):
    assert values(text)[cue] > 0


@pytest.mark.parametrize(
    ("text", "cue"),
    [
        ("The bridge closed in May.", "says"),
        ("It rained in the May of 2020.", "must"),
        ("The river rose.", "question"),
        ("By the quay it rained.", "byline"),
    ],
)
def test_a_cue_is_silent_without_its_words(text, cue):
    assert values(text)[cue] == 0


def test_a_value_is_the_damped_number_of_matches():
    assert values("Why? How? When?")["question"] == log1p(3)


def test_what_stands_beyond_the_limit_does_not_count():
    assert values("a" * MAX_CHARACTERS + "?")["question"] == 0


@given(st.text())
def test_every_string_gives_one_finite_value_a_cue(text):
    found = cue_values(text)
    assert len(found) == len(CUES)
    assert all(isfinite(value) and value >= 0 for value in found)
