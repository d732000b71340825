from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mlpkg.features.cue_patterns import BY_CASE, PATTERNS
from mlpkg.features.cues import CUE_NAMES, MAX_CHARACTERS, cue_counts


def values(text: str) -> dict[str, int]:
    return dict(zip(CUE_NAMES, cue_counts([text])[0].tolist(), strict=True))


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
        ("They did not go.", "negation"),
        ("They didn’t go.", "not_short"),
        ("Rents rose by £400.", "money"),
        ("Rents cost a million.", "amount"),
        ("It was the oldest quay.", "ends_in_est"),
        ("It rained and poured.", "ends_in_ed"),
        ("Mayor: 'No cuts this year'", "headline_colon"),
        ("By Mira Holt", "byline"),
        ("Photo: Harbour Post", "credit"),
        ("Copyright 2024 Harbour Media", "legal"),
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


def test_a_cue_is_counted_as_often_as_it_is_met():
    assert values("Why? How? When?")["question"] == 3
    assert values("She said that he said no.")["said"] == 2


@given(st.sampled_from([*PATTERNS]), st.data())
def test_a_pattern_never_matches_without_its_words_or_marks(name, data):
    pattern, *needed = PATTERNS[name]
    text = data.draw(
        st.from_regex(pattern, fullmatch=True, alphabet=st.characters(codec="ascii"))
    )
    words = set(re.findall(r"[a-z]+", text.lower())) | set(text)
    assert all(each & words for each in needed)


@given(st.sampled_from(sorted(PATTERNS.keys() - BY_CASE)), st.data())
def test_case_does_not_matter_to_a_pattern_even_beyond_ascii(name, data):
    pattern = PATTERNS[name][0]
    text = data.draw(
        st.from_regex(pattern, fullmatch=True, alphabet=st.characters(codec="ascii"))
    )
    wanted = len(re.findall(pattern, text.upper(), re.IGNORECASE))
    assert values(text.upper())[name] == wanted
    odd = text.replace("k", "K") + " ı"
    assert values(odd)[name] == len(re.findall(pattern, odd, re.IGNORECASE))


def test_what_stands_beyond_the_limit_does_not_count():
    assert values("a" * MAX_CHARACTERS + "?")["question"] == 0


@given(st.text())
def test_every_string_gives_one_count_a_cue(text):
    found = cue_counts([text, text])
    assert found.shape == (2, len(CUE_NAMES))
    assert (found[0] == found[1]).all()


@pytest.mark.parametrize(
    ("text", "reported"),
    [
        ("The mayor said the bridge is safe.", 1.0),
        ("Rents rose in May, the statistics office said on Tuesday.", 1.0),
        ("There is a belief that the harbour is haunted.", 1.0),
        ("The bridge opened in 1931.", 0.0),
        ("May was wet, and June was wetter.", 0.0),
    ],
)
def test_any_frame_of_speech_raises_one_common_cue(text, reported):
    assert values(text)["reported"] == int(reported)


def test_the_month_of_may_is_no_modal():
    assert values("Rents rose in May.")["may"] == 0
    assert values("Rents may rise.")["may"] > 0
