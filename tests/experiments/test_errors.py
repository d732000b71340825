"""The error analysis: hints, causes, and documents without texts."""

from __future__ import annotations

import json

import numpy as np
import pytest

from mlpkg.exceptions import DataError
from mlpkg.labels import DEFAULT_SCHEME

LABELS = ["boilerplate", "claim", "claim", "attribution", "opinion", "boilerplate"]


class Fixed:
    """A classifier that calls everything claim, at 0.7."""

    scheme_ = DEFAULT_SCHEME
    classes_ = np.array(sorted(DEFAULT_SCHEME.names))

    def predict_pages(self, pages):
        row = [0.7 if name == "claim" else 0.1 for name in self.classes_]
        return [np.array([row] * len(page)) for page in pages]


@pytest.fixture
def errors(part):
    return part("errors")


@pytest.fixture
def data(make_gold):
    return {
        "dev": [make_gold("real", LABELS, hard=(3,))],
        "validation": [make_gold("made", LABELS)],
    }


@pytest.fixture
def written(errors, data, tmp_path, monkeypatch):
    """Judge and write with some causes; return the lines and the document."""
    monkeypatch.setattr(errors, "audit_against_training", lambda *_: None)

    def write(causes):
        judged = errors.judge_all(Fixed(), data)
        errors.write("x/final", Fixed(), data, judged, causes, tmp_path)
        text = (tmp_path / "errors.jsonl").read_text(encoding="utf-8")
        document = (tmp_path / "errors.md").read_text(encoding="utf-8")
        return [json.loads(line) for line in text.splitlines()], document

    return write


def test_every_wrong_segment_has_a_line_with_its_place_and_no_text(written, data):
    lines, document = written({})
    assert [(line["source"], line["article"], line["gold"]) for line in lines] == [
        (source, page.id, label)
        for source, (page,) in data.items()
        for label in LABELS
        if label != "claim"
    ]
    page = data["dev"][0]
    said = lines[1]
    assert (said["start"], said["end"]) == page.spans[3]
    assert (said["predicted"], said["probability"]) == ("claim", 0.7)
    assert [line["hard"] for line in lines[:4]] == [False, True, False, False]
    assert (said["before"], said["after"]) == ("claim", "opinion")
    assert {"speech-cue", "alone-in-label", "beside-predicted"} <= set(said["hints"])
    assert "before-prose" not in said["hints"]
    stored = json.dumps(lines, ensure_ascii=False) + document
    assert not [
        text for page in data["dev"] for text in page.page.texts if text in stored
    ]


def test_counts_by_confusion_and_hint_add_up(written):
    _, document = written({})
    assert "# Errors of the model `final`" in document
    assert "8 of 12 segments are wrong, 1 of them on rows" in document
    assert document.count("| **boilerplate** | 2 | 0 | 0 | 0 |") == 2
    assert "| boilerplate → claim | 4 |" in document
    assert "| all segments | 12 | 8 | 0.667 [0.667, 0.667] |" in document
    assert "| speech-cue | 2 | 2 | 1.000 [1.000, 1.000] |" in document
    shares, _, confusions = document.partition("## Confusions by hint")
    assert "beside-predicted" in confusions
    assert "beside-predicted" not in shares
    assert "cause" not in document.partition("## Confusions by hint")[2]


def test_causes_are_merged_and_those_of_right_segments_told(written, data):
    page = data["dev"][0]
    start = page.spans[4][0]
    lines, document = written({(page.id, start): "irony", (page.id, 9999): "gone"})
    named = [line for line in lines if "cause" in line]
    assert [(line["start"], line["cause"]) for line in named] == [(start, "irony")]
    assert "| irony | 1 | 1 | 0 | opinion → claim 1 |" in document
    assert "| not read yet | 7 | 3 | 4 | boilerplate → claim 4," in document
    assert "1 causes are of segments that are not wrong here." in document


def test_errors_without_a_cause_are_shown_between_their_neighbours(
    errors, data, capsys
):
    judged = errors.judge_all(Fixed(), data)
    first = judged[0]
    errors.show(judged, data, {(first.article, first.start): "menu"}, 1)
    shown = capsys.readouterr().out
    texts = data["dev"][0].page.texts
    assert f"> {texts[3]}" in shown
    assert f"  {texts[2]}" in shown
    assert shown.startswith(f"\nreal,{judged[3].start},")
    assert "> " + texts[0] not in shown


def test_two_pages_of_one_id_are_refused(errors, data):
    with pytest.raises(DataError, match=r"pages of one id: \['real'\]"):
        errors.judge_all(Fixed(), data | {"seeds": data["dev"]})


def test_hints_come_from_features_and_from_the_text_form_too(part, make_page):
    from mlpkg.data.gold import GoldPage

    hints = part("hints")
    text = "Home\n- A bullet\nHarbour wall collapses in the night storm\n" + (
        "The harbour wall collapsed in the storm last night, the town council "
        "said on Monday. “We saw it coming. It was a great shame for all of us,” "
        "said Holt.\n"
    )
    page = make_page(text)
    spans = tuple((s.start, s.end) for s in page.segments)
    gold = GoldPage(page, spans, ("claim",) * len(spans), (False,) * len(spans))
    found = dict(zip(page.texts, hints.page_hints(gold), strict=True))
    assert "short" in found["Home"]
    assert "first-lines" in found["Home"]
    assert "in-list" in found["- A bullet"]
    continued = next(own for said, own in found.items() if said.startswith("It was"))
    assert {"open-quotation", "judging-word", "first-person"} <= set(continued)
    assert "in-list" not in continued


def test_neighbours_tell_what_stands_alone_and_what_was_taken_over(part):
    hints = part("hints").neighbour_hints
    assert hints("claim", "opinion", "opinion", "") == (
        "alone-in-label",
        "beside-predicted",
    )
    assert hints("claim", "opinion", "claim", "boilerplate") == ()


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        ("a,x,irony", "line 2: .*start a number of characters"),
        ("a,4,", "line 2: .*all filled"),
        ("a,4,irony\na,4,menu", "line 3: the cause of 'a', 4 stands above already"),
        ("a,4", "line 2"),
    ],
)
def test_wrong_rows_of_causes_are_refused_with_their_line(
    part, tmp_path, rows, message
):
    path = tmp_path / "causes.csv"
    path.write_text(f"article,start,cause\n{rows}\n", encoding="utf-8")
    with pytest.raises(DataError, match=message):
        part("causes").read_causes(path)


def test_causes_are_read_and_may_lack(part, tmp_path):
    read = part("causes").read_causes
    path = tmp_path / "causes.csv"
    assert read(path) == {}
    path.write_text('article,start,cause\na,4,"irony, dry"\n', encoding="utf-8")
    assert read(path) == {("a", 4): "irony, dry"}
