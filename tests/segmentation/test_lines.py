from __future__ import annotations

import textwrap

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mlpkg.segmentation.lines import line_blocks

HARBOUR = (
    "The harbour authority closed the eastern basin on Thursday after divers found a "
    "crack in the sluice wall that runs from the waterline to the bed. Repairs are "
    "expected to take three weeks. Until then the ferry to the outer islands leaves "
    "from the fish quay, where there is no shelter and only one ticket window."
)
MARKET = (
    "Traders on the quay welcomed the change. One of them sold more tea before noon "
    "than in the whole of the week before, and she has ordered a second urn. The "
    "council has not said whether the stalls may stay when the basin opens again."
)
SCHOOL = (
    "Pupils from the islands were late on the first morning, because the walk from "
    "the new landing takes a quarter of an hour. The school will ring its bell later "
    "for as long as the work goes on."
)
PARAGRAPHS = (HARBOUR, MARKET, SCHOOL)


def block_texts(text: str) -> list[str]:
    return [text[block.start : block.end] for block in line_blocks(text)]


def wrap(paragraph: str, width: int = 72) -> str:
    return textwrap.fill(paragraph, width)


@pytest.mark.parametrize("width", [60, 72, 80, 100])
@pytest.mark.parametrize("paragraph", PARAGRAPHS)
def test_a_wrapped_paragraph_is_one_block(paragraph, width):
    assert block_texts(wrap(paragraph, width)) == [wrap(paragraph, width)]


def test_wrapped_paragraphs_between_blank_lines_are_a_block_each():
    wrapped = [wrap(paragraph) for paragraph in PARAGRAPHS]
    assert block_texts("\n\n".join(wrapped)) == wrapped


def test_wrapped_paragraphs_without_blank_lines_break_at_the_short_last_line():
    wrapped = [wrap(paragraph) for paragraph in PARAGRAPHS]
    assert block_texts("\n".join(wrapped)) == wrapped


def test_a_heading_between_blank_lines_stays_beside_wrapped_prose():
    text = f"Ferry moves to the fish quay\n\n{wrap(HARBOUR)}\n\nRead more\n"
    assert block_texts(text) == [
        "Ferry moves to the fish quay",
        wrap(HARBOUR),
        "Read more",
    ]


def test_indented_wrapped_prose_is_joined():
    text = textwrap.indent(wrap(MARKET), "    ")
    assert len(line_blocks(text)) == 1


@pytest.mark.parametrize(
    "lines",
    [
        ["Home", "News", "Sport", "Weather", "Puzzles"],
        ["Flour, two cups", "Butter, half a pound", "Salt, a pinch", "Water"],
        [
            "Council closes the eastern basin of the harbour for three weeks",
            "Tea sellers on the quay ask to stay",
            "Why the bell of the island school rings late this month",
        ],
        [
            "Share this story on the network of your choice or by mail",
            "Copy the link",
            "Print",
            "Follow the harbour desk for news of the quay each morning",
        ],
        ["The quay was full by nine o'clock on Thursday morning.", "It rained."],
        ["Lines that a paragraph broke are longer than any wrapping program's. " * 3]
        * 2,
    ],
    ids=["menu", "recipe", "headlines", "share", "sentences", "paragraphs"],
)
def test_lists_and_lines_that_were_never_wrapped_stay_apart(lines):
    assert block_texts("\n".join(lines)) == [line.strip() for line in lines]


def test_one_line_is_one_block():
    assert block_texts("  Flood closes two schools \n") == ["Flood closes two schools"]


@pytest.mark.parametrize("text", ["", "\n", " \n\t\n", "\u00a0\n\u2003"])
def test_white_space_holds_no_block(text):
    assert line_blocks(text) == []


@given(st.text(st.sampled_from('ab. \n\t"”\u00a0\u2028')))
def test_blocks_are_ordered_stripped_and_cover_all_that_is_not_white_space(text):
    blocks = line_blocks(text)
    covered = "".join(text[block.start : block.end] for block in blocks)
    assert "".join(covered.split()) == "".join(text.split())
    ends = [0, *(block.end for block in blocks)]
    assert all(end <= block.start for end, block in zip(ends, blocks, strict=False))
    assert all(piece and piece == piece.strip() for piece in block_texts(text))


@given(st.lists(st.sampled_from(HARBOUR.split()), min_size=30, max_size=120))
def test_wrapping_prose_of_any_words_loses_no_character(words):
    text = wrap(" ".join(words))
    assert " ".join(" ".join(block_texts(text)).split()) == " ".join(words)
