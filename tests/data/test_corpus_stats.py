from __future__ import annotations

import json

import pytest

from mlpkg.data.corpus import PARTS, corpus_files
from mlpkg.data.corpus_stats import CorpusStats, corpus_stats
from mlpkg.labels import DEFAULT_SCHEME


@pytest.fixture(scope="module")
def stats() -> CorpusStats:
    return corpus_stats()


def _made(**changes):
    page = {
        "genre": "local",
        "register": "regional",
        "english": "irish",
        "decade": "2020s",
        "hand": "t",
        "part": "train",
        "segments": 3,
        "hard": 1,
        "claim": 1,
        "opinion": 0,
        "attribution": 0,
        "boilerplate": 2,
    }
    return page | changes


def test_one_row_a_page(stats):
    assert [page["id"] for page in stats.pages] == [page.id for page in corpus_files()]


def test_labels_of_a_page_add_up_to_its_segments(stats):
    for page in stats.pages:
        assert sum(page[name] for name in DEFAULT_SCHEME.names) == page["segments"]


def test_parts_add_up_to_the_whole(stats):
    counts = stats.to_json()
    assert list(counts["by_part"]) == list(PARTS)
    for key in ("pages", "segments"):
        assert sum(part[key] for part in counts["by_part"].values()) == counts[key]


@pytest.mark.parametrize("key", ["genre", "register", "english", "decade", "hand"])
def test_each_breakdown_adds_up_to_all_pages(stats, key):
    counts = stats.to_json()
    assert sum(counts[f"by_{key}"].values()) == counts["pages"] == len(stats.pages)


def test_text_and_json_tell_the_same_counts(stats):
    lines = [line.split() for line in stats.to_text().splitlines() if line]
    for part, counts in stats.to_json()["by_part"].items():
        values = [counts["pages"], counts["segments"]]
        values += [counts[name] for name in DEFAULT_SCHEME.names]
        values += [counts["median_segments"], counts["hard"]]
        assert [part, *map(str, values)] in lines


def test_counts_of_a_made_table():
    stats = CorpusStats((_made(), _made(part="test", genre="sport", decade="1990s")))
    counts = stats.to_json()
    assert counts["by_part"]["train"] == {
        "pages": 1,
        "segments": 3,
        "claim": 1,
        "opinion": 0,
        "attribution": 0,
        "boilerplate": 2,
        "hard": 1,
        "median_segments": 3,
    }
    assert counts["by_part"]["validation"]["median_segments"] == 0
    assert counts["by_decade"] == {"1990s": 1, "2020s": 1}
    assert json.loads(json.dumps(counts)) == counts


def test_the_matrix_has_a_dot_where_no_page_is():
    table = (_made(), _made(genre="sport", register="tabloid"))
    assert CorpusStats(table).to_text().splitlines()[-3:] == [
        "genre / register regional  tabloid",
        "local                   1        .",
        "sport                   .        1",
    ]
