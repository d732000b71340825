from __future__ import annotations

import codecs
import logging

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mlpkg.articles.decoding import decode, normalise
from mlpkg.exceptions import DataError

TEXT = "The café’s rent rose by £400.\n“Again,” the owner said.\n"
JAPANESE = "市長は今日、橋の工事を発表した。雨のため開通は遅れる。\n" * 5


def test_utf8_is_tried_first():
    assert decode(TEXT.encode(), "a") == (TEXT, "utf-8")


@pytest.mark.parametrize(
    ("mark", "codec"),
    [
        (codecs.BOM_UTF8, "utf-8"),
        (codecs.BOM_UTF16_LE, "utf-16-le"),
        (codecs.BOM_UTF16_BE, "utf-16-be"),
        (codecs.BOM_UTF32_LE, "utf-32-le"),
        (codecs.BOM_UTF32_BE, "utf-32-be"),
    ],
)
def test_a_byte_order_mark_decides_and_goes(mark, codec):
    assert decode(mark + TEXT.encode(codec), "a") == (TEXT, codec)


@pytest.mark.parametrize(
    ("text", "codec"),
    [(TEXT * 5, "cp1252"), (JAPANESE, "shift_jis"), (JAPANESE, "euc_jp")],
)
def test_other_encodings_are_detected_and_logged(caplog, text, codec):
    with caplog.at_level(logging.INFO, "mlpkg.articles"):
        assert decode(text.encode(codec), "quay.txt")[0] == text
    assert "quay.txt: not UTF-8, read as" in caplog.text


def test_broken_utf8_is_mended_and_logged_with_the_byte(caplog):
    data = TEXT.encode() + b"caf\xc3(" + TEXT.encode()
    text, codec = decode(data, "quay.txt")
    assert codec == "utf-8"
    assert text == f"{TEXT}caf\ufffd({TEXT}"
    assert f"quay.txt: broken UTF-8 from byte {len(TEXT.encode()) + 3}" in caplog.text


def test_a_named_encoding_is_obeyed():
    assert decode("Köln".encode("cp437"), "a", "cp437") == ("Köln", "cp437")


def test_a_named_encoding_that_does_not_fit_is_refused_with_the_byte():
    with pytest.raises(DataError, match=r"not ascii at byte 3 \(.*\); leave the enc"):
        decode("café".encode(), "a", "ascii")


@pytest.mark.parametrize("encoding", ["utf-9", "hex"])
def test_an_encoding_that_does_not_exist_is_refused(encoding):
    with pytest.raises(DataError, match=f"unknown encoding '{encoding}'"):
        decode(b"text", "a", encoding)


@pytest.mark.parametrize("data", [bytes(range(256)) * 9, b"\x7fELF" + bytes(500)])
def test_binary_bytes_are_refused(data):
    with pytest.raises(DataError, match="bytes are not text .control characters."):
        decode(data, "a")


def test_a_stray_control_character_does_not_make_a_text_binary():
    assert decode(b"It rained." * 20 + b"\x07", "a")[0].endswith(".\x07")


def test_no_bytes_are_an_empty_text():
    assert decode(b"", "a") == ("", "utf-8")


@pytest.mark.parametrize("line_end", ["\n", "\r\n", "\r"])
def test_every_line_end_becomes_a_newline(line_end):
    assert normalise(f"a{line_end}b{line_end * 2}c") == "a\nb\n\nc"


def test_what_no_encoder_takes_is_replaced_one_for_one():
    assert normalise("a\ud800b\0c\udfff") == "a\ufffdb\ufffdc\ufffd"


def test_nothing_else_is_changed():
    text = "\u00a0“é” \ufb01\u200b\t \n\n x\u2028"
    assert normalise(text) == text


@given(st.text(st.characters(codec=None, exclude_categories=[])))
def test_normalising_twice_changes_nothing_more(text):
    once = normalise(text.lstrip("\ufeff"))
    assert normalise(once) == once
    assert once.encode("utf-8").decode() == once


@given(st.binary(max_size=300))
def test_any_bytes_are_decoded_or_refused(data):
    try:
        text, _ = decode(data, "a")
    except DataError as error:
        assert str(error)  # noqa: PT017 (either way out is right)
    else:
        assert normalise(text) in {text, text.removeprefix("\ufeff")}


def test_a_byte_order_mark_before_a_bad_byte_is_read_like_the_file_without_it():
    body = "Der Hafen ist geschlossen, sagte der Bürgermeister. ".encode() * 4
    text, _ = decode(b"\xef\xbb\xbf" + body + b"\xff", "a.txt")
    assert text.startswith("Der Hafen ist geschlossen")
    assert "\ufeff" not in text
