from __future__ import annotations

import numpy as np
from hypothesis import example, given
from hypothesis import strategies as st

from mlpkg.features.measured_texts import (
    FUNCTION_WORDS,
    HEAD,
    WORD,
    MeasuredTexts,
    content_words,
)

# Arbitrary texts, and texts dense in what words and white space are told by.
TEXTS = st.lists(
    st.text() | st.text(st.sampled_from("aB1_'’- \n\t\0\u00a0É漢\U0001d7d8İΣß\ud800.")),
    max_size=6,
)


@given(TEXTS)
@example(["", "", "a"])
@example(["the İas-the", "The ΑΣ the"])
def test_counts_are_those_of_each_text_alone(texts):
    found = MeasuredTexts(texts)
    words = [WORD.findall(text) for text in texts]
    for name, kind in (
        ("letters", str.isalpha),
        ("upper", str.isupper),
        ("digits", str.isdigit),
        ("spaces", str.isspace),
    ):
        wanted = [sum(map(kind, text)) for text in texts]
        assert getattr(found, name).tolist() == wanted
    assert found.sizes.tolist() == [len(text) for text in texts]
    assert found.pieces.tolist() == [len(text.split()) for text in texts]
    assert found.words.tolist() == [len(each) for each in words]
    assert found.title_words.tolist() == [
        sum(word[0].isupper() for word in each) for each in words
    ]
    assert found.word_characters.tolist() == [sum(map(len, each)) for each in words]


@given(TEXTS)
@example(["The İas-the", "", "to_be"])
def test_words_are_those_of_each_text_alone(texts):
    found = MeasuredTexts(texts)
    assert found.content_words == [content_words(text) for text in texts]
    assert found.function_words.tolist() == [
        sum(word.lower() in FUNCTION_WORDS for word in WORD.findall(text))
        for text in texts
    ]


def test_words_past_the_head_do_not_count_as_content():
    text = "quay " * (HEAD // 5) + "ferry"
    assert MeasuredTexts([text, "ferry"]).content_words == [{"quay"}, {"ferry"}]


def test_characters_past_one_stretch_are_counted(monkeypatch):
    texts = ["Quay 12 closes\u2028", "漢 ferry's", "x" * 20]
    whole = MeasuredTexts(texts)
    monkeypatch.setattr("mlpkg.features.measured_texts._STRETCH", 7)
    cut = MeasuredTexts(texts)
    for name in ("letters", "upper", "digits", "spaces", "pieces", "words"):
        np.testing.assert_array_equal(getattr(cut, name), getattr(whole, name))
