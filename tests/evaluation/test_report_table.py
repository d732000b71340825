from __future__ import annotations

from mlpkg.evaluation.report_table import text_table

EVALUATION = {
    "labels": ["claim", "opinion"],
    "rows": [
        {"metric": metric, "label": label, "value": value, "low": low, "high": high}
        | {"support": 3 if label == "claim" else 0 if label else 3}
        for metric, label, value, low, high in [
            ("precision", "claim", 1.0, 0.9, 1.0),
            ("recall", "claim", 2 / 3, 0.5, 0.8),
            ("f1", "claim", 0.8, None, None),
            ("precision", "opinion", None, None, None),
            ("recall", "opinion", None, None, None),
            ("f1", "opinion", None, None, None),
            ("macro_f1", "", 0.8, 0.7, 0.9),
            ("accuracy", "", 2 / 3, None, None),
        ]
    ],
    "confusion": [[2, 1], [0, 0]],
    "n_articles": 2,
    "n_segments": 3,
    "level": 0.9,
    "n_resamples": 100,
    "notes": ["a note"],
}

EXPECTED = """\
label    precision             recall                F1     segments
claim    1.000 [0.900, 1.000]  0.667 [0.500, 0.800]  0.800  3
opinion  -                     -                     -      0

macro-F1  0.800 [0.700, 0.900]
accuracy  0.667

confusion (a row is a true label, a column a predicted one)
         claim  opinion
claim        2        1
opinion      0        0

3 segments of 2 articles; in brackets the 90% interval over articles (100 resamples)
note: a note
"""


def test_the_table_stands_in_aligned_columns():
    assert text_table(EVALUATION) == EXPECTED


def test_one_article_is_not_said_to_have_intervals():
    text = text_table(EVALUATION | {"n_articles": 1, "notes": []})
    assert text.endswith("\n3 segments of 1 articles\n")
