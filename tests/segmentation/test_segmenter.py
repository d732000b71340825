from __future__ import annotations

import json
import random
import re
from collections import defaultdict

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from mlpkg.articles import normalise
from mlpkg.records import Article, Block, Page
from mlpkg.segmentation import Segmenter

HOSTILE_LENGTH = 200_000
# Arbitrary text, and text dense in what the segmenter looks at.
TEXTS = st.text() | st.text(
    st.sampled_from("aB1 .!?…\n\t\"“”'‘’)]([«»,;:-©\u00a0\u2028Éß漢"), max_size=200
)


def segment(text: str) -> Page:
    return Segmenter().segment(Article("a", text))


def check_invariants(page: Page) -> None:
    """Ordered, disjoint, equal to their slice, covering all but white space."""
    text = page.article.text
    last = 0
    for index, item in enumerate(page.segments):
        assert item.index == index
        assert not text[last : item.start].strip()
        assert last <= item.start < item.end
        assert item.text == text[item.start : item.end] == item.text.strip()
        assert item.block is not None
        assert item.block.start <= item.start
        assert item.end <= item.block.end
        last = item.end
    assert not text[last:].strip()


@given(TEXTS)
@example("")
@example('."\n".')
@example("A. b.\x1c.\x85C.")
def test_segments_partition_any_text(text):
    check_invariants(segment(text))


@given(TEXTS)
def test_cutting_again_gives_the_same_page(text):
    assert segment(text) == segment(text)


@given(TEXTS, st.integers(0, 200), st.integers(0, 200))
def test_a_readers_blocks_bound_the_segments(text, first, second):
    low, high = sorted((min(first, len(text)), min(second, len(text))))
    blocks = (Block(0, low, "p"), Block(low, high, "p"))
    article = Article("a", text[:high], blocks)
    check_invariants(Segmenter().segment(article))


def test_wrapped_prose_is_cut_at_sentences_not_at_lines():
    text = (
        "The harbour authority closed the eastern basin on Thursday. Divers found\n"
        "a crack in the sluice wall, and repairs take three weeks. The ferry\n"
        "leaves from the fish quay.\n"
    )
    assert [" ".join(piece.split()) for piece in segment(text).texts] == [
        "The harbour authority closed the eastern basin on Thursday.",
        "Divers found a crack in the sluice wall, and repairs take three weeks.",
        "The ferry leaves from the fish quay.",
    ]


def test_segments_know_their_block():
    page = segment("Menu\nIt rained. We left.")
    assert [item.block for item in page.segments] == [
        Block(0, 4),
        Block(5, 24),
        Block(5, 24),
    ]


def _mixed() -> str:
    letters = random.Random(7)  # noqa: S311 (a fixed text, not a secret)
    return "".join(letters.choices('aB .!?"”\n(…1', k=HOSTILE_LENGTH))


@pytest.mark.parametrize(
    "text",
    [
        "." * HOSTILE_LENGTH,
        '"' * HOSTILE_LENGTH,
        " " * HOSTILE_LENGTH,
        "a" * HOSTILE_LENGTH,
        ". " * (HOSTILE_LENGTH // 2),
        '."' * (HOSTILE_LENGTH // 2),
        "A. " * (HOSTILE_LENGTH // 3),
        "\n" * HOSTILE_LENGTH,
        "a\n" * (HOSTILE_LENGTH // 2),
        "[111 111 …]" * (HOSTILE_LENGTH // 11),
        "“Why?” Al " * (HOSTILE_LENGTH // 10),
        "." + " " * HOSTILE_LENGTH + "A",
        _mixed(),
    ],
    ids=["dots", "quotes", "spaces", "letters", "spaced-dots", "dot-quotes", "initials"]
    + ["newlines", "lines", "brackets", "speech", "gap", "mixed"],
)
def test_hostile_text_is_cut_like_any_other(text):
    check_invariants(segment(text))


@pytest.mark.shared
def test_sentence_ends_agree_with_a_reader_of_real_pages(shared):
    """The reader's ends inside lines: an end that no line end follows."""
    rows = defaultdict(list)
    labels = (shared / "dev" / "labels.jsonl").read_text(encoding="utf-8")
    for line in labels.splitlines():
        row = json.loads(line)
        rows[row["doc"]].append(row["end"])
    right = found = wanted = 0
    for doc, all_ends in rows.items():
        raw = (shared / "dev" / "text" / f"{doc}.txt").read_bytes()
        text = normalise(raw.decode("utf-8"))
        gold = _inside_lines(text, all_ends)
        cut = _inside_lines(text, [item.end for item in segment(text).segments])
        right += len(gold & cut)
        found += len(cut)
        wanted += len(gold)
    assert wanted > 150
    assert 2 * right / (found + wanted) >= 0.95


def _inside_lines(text: str, ends: list[int]) -> set[int]:
    line_end = re.compile(r" *(?:\n|\Z)")
    return {end for end in ends if line_end.match(text, end) is None}


def test_a_long_run_of_spaces_or_marks_hides_no_sentence_end():
    for run in (" " * 250, " " + "-" * 250 + " "):
        text = f"He left at noon.{run}We stayed. Nobody came."
        page = Segmenter().segment(Article("a", text))
        assert page.texts[-1] == "Nobody came."
        assert len(page) >= 3
