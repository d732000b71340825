from __future__ import annotations

import pytest

from mlpkg.data.real_outlets import credited_outlets, is_real_outlet


@pytest.mark.parametrize("name", ["Reuters", "The Times", "TIME", "Metro", "El País"])
def test_real_outlets_are_known_in_any_case(name):
    assert is_real_outlet(name)


@pytest.mark.parametrize("name", ["The Harbour Post", "The Pell Valley Times", "X"])
def test_invented_outlets_and_platforms_are_not(name):
    assert not is_real_outlet(name)


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("He told the BBC\u2019s evening show.", ["bbc"]),
        ("Photo: Jan Novak/AFP via Getty Images", ["getty images", "afp"]),
        ("(Getty-free/Public Domain)", ["getty"]),
        ("MANILA (AP) - Rice was dear.", ["ap"]),
        ("Source: The Guardian", ["guardian"]),
        ("She told the Sun.", ["sun"]),
        ("She bought the People's Daily.", ["people's daily"]),
    ],
)
def test_outlets_named_as_sources_are_found(text, names):
    assert credited_outlets(text) == names


@pytest.mark.parametrize(
    "text",
    [
        "She told the nation.",
        "The sun was in the mirror for the first time today.",
        "The Metro, a guardian and the independent observer.",
        "The Manila Evening Standard-Bearer",
        "The Straits Times Index slips 0.4 pct.",
        "Share on Facebook, X, WhatsApp, YouTube, Instagram, Telegram",
        "The Environmental Protection Agency (EPA) agreed.",
        "Cbbc and bbcs are no words.",
    ],
)
def test_ordinary_words_platforms_and_longer_names_are_not(text):
    assert credited_outlets(text) == []
