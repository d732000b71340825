from __future__ import annotations

import json

import pytest

from mlpkg.data.corpus import PARTS, corpus_files
from mlpkg.data.corpus_stats import KEYS, REGISTER_LETTERS, CorpusStats, corpus_stats
from mlpkg.data.page_format import REGISTERS
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
        "licence": "CC0-1.0",
        "segments": 3,
        "lines": 2,
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


@pytest.mark.parametrize("key", KEYS)
def test_each_breakdown_adds_up_to_all_pages(stats, key):
    counts = stats.to_json()
    assert sum(counts[f"by_{key}"].values()) == counts["pages"] == len(stats.pages)


def test_text_and_json_tell_the_same_counts(stats):
    lines = [line.split() for line in stats.to_text().splitlines() if line]
    for part, counts in stats.to_json()["by_part"].items():
        values = [counts["pages"], counts["segments"]]
        values += [counts[name] for name in DEFAULT_SCHEME.names]
        assert [part, *map(str, values), str(counts["hard"])] in lines
        sizes = ("median_lines", "p90_lines", "median_segments", "p90_segments")
        values = [f"{counts[key]:g}" for key in sizes]
        assert [part, *values, f"{counts['furniture_share']:.0%}"] in lines


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
        "furniture_share": 2 / 3,
        "median_lines": 2,
        "p90_lines": 2,
        "median_segments": 3,
        "p90_segments": 3,
    }
    assert counts["by_part"]["validation"]["median_segments"] == 0
    assert counts["by_decade"] == {"1990s": 1, "2020s": 1}
    assert json.loads(json.dumps(counts)) == counts


def test_nine_tenths_of_the_pages_are_no_longer_than_the_percentile():
    pages = tuple(_made(segments=n, lines=2 * n) for n in range(1, 21))
    counts = CorpusStats(pages).to_json()["by_part"]["train"]
    assert (counts["p90_segments"], counts["p90_lines"]) == (18, 36)
    assert counts["median_segments"] == 10.5


def test_the_matrix_has_a_dot_where_no_page_is_and_sums():
    table = (_made(), _made(genre="sport", register="tabloid"))
    assert CorpusStats(table).to_text().splitlines()[-4:] == [
        "genre / register regio tablo   all",
        "local                1     .     1",
        "sport                .     1     1",
        "all                  1     1     2",
    ]


def test_cut_headings_tell_the_registers_apart():
    assert len({name[:REGISTER_LETTERS] for name in REGISTERS}) == len(REGISTERS)


def test_the_text_fits_a_terminal_of_100_columns(stats):
    assert max(map(len, stats.to_text().splitlines())) <= 100
