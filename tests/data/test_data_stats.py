from __future__ import annotations

import pytest

from mlpkg.data.data_stats import data_stats
from mlpkg.data.gold import load_gold
from mlpkg.data.label_map import LabelMap
from mlpkg.labels import LabelScheme

KINDS = LabelScheme.from_names(["news", "advert", "other"])
ROWS = """text,label,article,outlet,published
It rained.,news,a,The Post,2021-03-04
It stopped.,news,a,The Post,2021-03-04
Buy now!,advert,b,The Mail,2022
Perhaps so.,soft,,,
"""


@pytest.fixture
def stats(tmp_path):
    (tmp_path / "rows.csv").write_text(ROWS)
    labels = LabelMap(allowed={"soft": ("news", "advert")})
    pages = load_gold(tmp_path / "rows.csv", scheme=KINDS, label_map=labels)
    return data_stats(pages, KINDS)


def test_pages_rows_and_labels_are_counted(stats):
    assert (stats.pages, stats.bare_rows, stats.rows, stats.undecided) == (2, 1, 4, 1)
    assert stats.labels == {"news": 2, "advert": 1, "other": 0}


def test_lengths_have_median_and_tail(stats):
    assert stats.lengths["words"] == {"median": 2, "p95": 2, "max": 2}
    assert stats.lengths["characters"]["max"] == 11
    assert stats.lengths["rows_a_page"]["median"] == 1.5


def test_pages_are_counted_by_what_is_stated(stats):
    assert stats.groups == {
        "outlet": {"": 1, "The Mail": 1, "The Post": 1},
        "year": {"": 1, "2021": 1, "2022": 1},
    }


def test_text_and_json_say_the_same(stats):
    text = stats.to_text()
    assert "rows: 4: news 2 (50%), advert 1 (25%), other 0 (0%), undecided 1" in text
    assert "by year: not stated 1, 2021 1, 2022 1" in text
    assert stats.to_json()["groups"] == stats.groups


def test_no_data_are_no_rows():
    assert data_stats([], KINDS).to_text().startswith("pages: 0")
