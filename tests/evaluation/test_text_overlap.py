from __future__ import annotations

import json
import sys
from importlib import import_module
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mlpkg.articles.html import read_html
from mlpkg.evaluation.text_overlap import (
    MIN_RUN,
    ShingleCounts,
    line_places,
    overlap_rows,
    shingle_counts,
)
from mlpkg.exceptions import DataError
from mlpkg.records import Prediction
from mlpkg.segmentation import Segmenter

READING = Path(__file__).parents[2] / "experiments" / "reading"
REFERENCE = "The quay was closed on Monday.\nIts cranes stood still, all of them."

texts = st.lists(st.sampled_from("abc"), max_size=12).map(" ".join)


def _runs(text, size):
    words = text.split()
    if len(words) < size:
        return [tuple(words)] if words else []
    return [tuple(words[i : i + size]) for i in range(len(words) - size + 1)]


@given(texts, texts, st.integers(1, 5))
def test_counts_what_counting_one_by_one_gives(found, reference, size):
    ours, theirs = _runs(found, size), _runs(reference, size)
    left, shared = list(theirs), 0
    for run in ours:
        if run in left:
            left.remove(run)
            shared += 1
    expected = ShingleCounts(shared, len(ours), len(theirs))
    assert shingle_counts(found, reference, size) == expected


@given(texts.filter(bool))
def test_a_text_matches_itself_whatever_its_case_and_punctuation(text):
    counts = shingle_counts(text.upper().replace(" ", ",\n") + "!", text)
    assert counts.precision == counts.recall == counts.f1 == 1


def test_a_passage_extracted_twice_counts_as_wrong_once():
    passage = "one two three four five"
    counts = shingle_counts(f"{passage} {passage}", passage)
    assert (counts.shared, counts.recall) == (2, 1)
    # Of its seven sequences three lie across the seam and two are the second copy's.
    assert counts.precision == pytest.approx(2 / 7)


@pytest.mark.parametrize(
    ("found", "reference", "scores"),
    [("", "", (1, 1, 1)), ("", "a b", (0, 0, 0)), ("a b", "", (0, 0, 0))],
)
def test_an_empty_text_is_right_only_where_nothing_was_to_be_found(
    found, reference, scores
):
    counts = shingle_counts(found, reference)
    assert (counts.precision, counts.recall, counts.f1) == scores


def test_sequences_without_words_are_refused():
    with pytest.raises(DataError, match="size is 0, expected a number of words"):
        shingle_counts("a", "a", size=0)


def test_means_weigh_pages_alike_and_pooled_scores_by_their_length():
    counts = [ShingleCounts(90, 90, 100), ShingleCounts(1, 10, 10)]
    rows = {row.metric: row for row in overlap_rows(counts)}
    assert rows["recall"].value == pytest.approx((0.9 + 0.1) / 2)
    assert rows["pooled_recall"].value == pytest.approx(91 / 110)
    assert (rows["f1"].support, rows["pooled_f1"].support) == (2, 110)
    assert (rows["recall"].low, rows["recall"].high) == (0.1, 0.9)
    assert (rows["pooled_recall"].low, rows["pooled_recall"].high) == (0.1, 0.9)


def test_one_page_has_no_interval():
    rows = overlap_rows([ShingleCounts(1, 2, 2)])
    assert [row.value for row in rows] == [0.5] * 6
    assert {(row.low, row.high) for row in rows} == {(None, None)}


def test_scores_of_no_page_are_refused():
    with pytest.raises(DataError, match="no counts to average"):
        overlap_rows([])


@pytest.mark.parametrize(
    ("line", "place"),
    [
        ("THE QUAY WAS CLOSED ON MONDAY", "inside"),  # a whole line
        ("quay was closed on Monday", "inside"),  # five words in a row
        ("on Monday. Its cranes stood", "inside"),  # a block over two lines
        ("closed on Monday", "ambiguous"),  # too short to tell
        ("Monday the quay was closed", "outside"),
        ("uay was closed on Monday", "outside"),  # not a word of the text
        ("Read more", "outside"),
        ("Port shut", "ambiguous"),  # the title
        ("* * *", "ambiguous"),  # no words
    ],
)
def test_a_line_is_judged_by_its_words(line, place):
    assert line_places([line], REFERENCE, "Port: shut!") == [place]


def test_a_short_line_that_is_a_line_of_the_text_is_inside():
    assert MIN_RUN > 2
    assert line_places(["The end.", "end"], "It rained.\nThe end") == [
        "inside",
        "ambiguous",
    ]


def test_without_title_or_text_every_line_with_words_is_outside():
    assert line_places(["Home", ""], "") == ["outside", "ambiguous"]
    assert line_places([], REFERENCE) == []


@pytest.fixture
def part(monkeypatch):
    """Import a module of the experiment: ``part("lines")``."""
    if not READING.is_dir():
        pytest.skip("needs experiments/ of a checkout")
    monkeypatch.syspath_prepend(str(READING))
    names = [path.stem for path in READING.glob("*.py")]
    yield import_module
    for name in names:
        sys.modules.pop(name, None)


def test_a_block_of_the_experiment_has_the_label_of_most_of_its_characters(part):
    html = b"<p>The quay was closed on Monday. Share.</p><h2>Related</h2>"
    article = read_html(html, "a")
    labels = ["claim", "boilerplate", "claim"]
    predictions = [
        Prediction(segment, label, {label: 1.0}, 1.0)
        for segment, label in zip(
            Segmenter().segment(article).segments, labels, strict=True
        )
    ]
    page = part("main_texts").MainText("a", "", REFERENCE, html)
    lines = part("lines").page_lines(page, article, predictions, "boilerplate")
    # The first is a sentence of the text and a word more, so no run of the text.
    assert [tuple(line) for line in lines] == [
        ("a", "outside", "", "text"),
        ("a", "outside", "headings", "text"),
    ]


@pytest.mark.parametrize(
    ("path", "text", "kind"),
    [
        ("html[1]/h2[1]/p[1]", "Why it matters.", "headings"),
        ("html[1]/h1[1]", "Port shut", ""),
        ("html[1]/table[1]/td[2]", "$20", "table rows"),
        ("html[1]/table[1]/td[2]/p[1]", "The quay was “closed.”", ""),
    ],
)
def test_the_experiment_knows_what_is_furniture_inside_an_article(
    part, path, text, kind
):
    assert part("lines").codebook_kind(path, text) == kind


def test_the_experiment_times_what_reading_does(part):
    page = "<title>t</title><body><p>Grüße. It rained.<ul><li>x</ul>".encode()
    speed = part("speed")
    speed.check_stages([page])
    seconds = dict.fromkeys(speed.STAGES + speed.YARDSTICK, 0.0)
    speed.read_in_stages(page, seconds)
    speed.walk_in_stages(page, seconds)
    assert tuple(seconds) == speed.STAGES + speed.YARDSTICK
    assert min(seconds.values()) > 0


def test_the_yardstick_of_the_experiment_sees_the_text_in_order(part):
    from resiliparse.parse.html import HTMLTree

    tree = HTMLTree.parse("<p>a <b>b</b> c<!-- x --></p><script>y</script>d")
    pieces = []
    part("speed").collect_text(tree.body, pieces)
    assert pieces == ["a", "b", "c", "d"]


def test_the_experiment_goes_on_without_trafilatura(part, monkeypatch, capsys):
    monkeypatch.setitem(sys.modules, "trafilatura", None)
    found = list(part("kept_text").extractors())
    assert found[0] == "resiliparse"
    assert not any("trafilatura" in name for name in found)
    assert "trafilatura's rows are left out" in capsys.readouterr().err


@pytest.mark.parametrize("name", ["lines", "kept_text", "forms", "speed"])
def test_the_stored_figures_of_the_experiment_have_their_table(part, name):
    stored = json.loads((READING / f"{name}.json").read_text(encoding="utf-8"))
    table = part("measure").TABLES[name](stored)
    assert table.startswith("| ")
    assert "None" not in table
