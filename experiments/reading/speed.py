"""How fast pages become segments with features, beside a yardstick of the same run.

`measure.py` beside it runs this and stores the result. The yardstick is what a few
lines of Python would do: parse, visit every node, cut the collected text into
sentences. A noisy machine slows both alike, so their ratio can be believed.
"""

from __future__ import annotations

import gc
import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from statistics import median
from typing import Any

from mlpkg.articles.decoding import decode, normalise
from mlpkg.articles.html import read_html
from mlpkg.articles.html_head import head_facts
from mlpkg.articles.html_lines import visible_lines
from mlpkg.articles.markup_bounds import check_markup
from mlpkg.data.corpus import corpus_files
from mlpkg.data.render_html import TEMPLATES, render_html
from mlpkg.features import page_features
from mlpkg.records import Article
from mlpkg.report.figures import markdown_table
from mlpkg.segmentation import Segmenter
from mlpkg.tracking.provenance import machine, versions

ROUNDS = 7
WARM_UP = 24
STAGES = ("parse", "lines", "head", "segmentation", "features")
YARDSTICK = ("yardstick parse", "yardstick walk", "yardstick sentences")
# What a plain walk passes over.
UNSEEN = frozenset({"script", "style", "noscript", "template", "svg", "iframe"})

Seconds = dict[str, float]


def measure_speed(pages: Sequence[bytes], rounds: int = ROUNDS) -> dict[str, Any]:
    """Read the pages once a round, each round in a fresh process.

    A second pass in one process would find the answers of the first in its caches;
    each round warms up on pages of the bundled corpus instead.
    """
    found = [_in_fresh_process(pages) for _ in range(rounds)]
    times = [sum(r[name] for name in STAGES) for r in found]
    yards = [sum(r[name] for name in YARDSTICK) for r in found]
    ratios = [yard / own for own, yard in zip(times, yards, strict=True)]
    return {
        "pages": len(pages),
        "bytes": sum(map(len, pages)),
        "rounds": rounds,
        "milliseconds_a_page": {
            name: 1000 * median(r[name] for r in found) / len(pages)
            for name in (*STAGES, *YARDSTICK)
        },
        "pages_a_second": _spread([len(pages) / t for t in times]),
        "yardstick_pages_a_second": _spread([len(pages) / t for t in yards]),
        "times_the_yardstick": _spread(ratios),
        "machine": machine(),
        "versions": versions(),
    }


def one_round(pages: Sequence[bytes]) -> Seconds:
    """Warm up, then read each page by the package and by the yardstick, in turns."""
    own, yard = dict.fromkeys(STAGES, 0.0), dict.fromkeys(YARDSTICK, 0.0)
    steps = ((read_in_stages, own), (walk_in_stages, yard))
    for page in warm_up_pages():
        for read, _ in steps:
            read(page, {})
    gc.collect()
    for number, page in enumerate(pages):
        # Who comes second finds the sentence splitter's caches filled.
        for read, seconds in steps if number % 2 else steps[::-1]:
            read(page, seconds)
    check_stages(pages)
    return own | yard


def warm_up_pages() -> list[bytes]:
    """Render pages of the bundled corpus in all templates."""
    files = corpus_files("train")[:WARM_UP]
    return [
        render_html(file, TEMPLATES[i % len(TEMPLATES)]).encode()
        for i, file in enumerate(files)
    ]


def read_in_stages(data: bytes, seconds: Seconds) -> Article:
    """Do what `read_html`, the segmenter and the features do, timing each part."""
    from resiliparse.parse.html import HTMLTree

    def parse() -> Any:
        markup, _ = decode(data, "page")
        check_markup(markup)
        return HTMLTree.parse(normalise(markup))

    tree = _timed("parse", seconds, parse)
    text, blocks = _timed("lines", seconds, lambda: visible_lines(tree.body.html))
    facts = _timed("head", seconds, lambda: head_facts(tree))
    article = Article("page", text, blocks, **facts)
    page = _timed("segmentation", seconds, lambda: Segmenter().segment(article))
    _timed("features", seconds, lambda: page_features(page))
    return article


def walk_in_stages(data: bytes, seconds: Seconds) -> None:
    """Parse, collect text node by node and cut it into sentences, timing each part."""
    import nupunkt
    from resiliparse.parse.html import HTMLTree

    pieces: list[str] = []
    parse, walk, sentences = YARDSTICK
    tree = _timed(
        parse, seconds, lambda: HTMLTree.parse(data.decode("utf-8", "replace"))
    )
    _timed(walk, seconds, lambda: collect_text(tree.body, pieces))
    _timed(sentences, seconds, lambda: nupunkt.sent_spans("\n".join(pieces)))


def collect_text(node: Any, pieces: list[str]) -> None:
    """Add the texts under a node, visiting each node in page order."""
    from resiliparse.parse.html import NodeType

    child = node.first_child
    while child is not None:
        if child.type == NodeType.TEXT:
            text = child.value.strip()
            if text:
                pieces.append(text)
        elif child.type == NodeType.ELEMENT and child.tag not in UNSEEN:
            collect_text(child, pieces)
        child = child.next


def check_stages(pages: Sequence[bytes]) -> None:
    """Make sure that what was timed is what the package does."""
    for data in pages:
        ours, packaged = read_in_stages(data, {}), read_html(data, "page")
        if (ours.text, ours.blocks) != (packaged.text, packaged.blocks):
            raise AssertionError(
                "read_in_stages no longer does what read_html does; bring it up to "
                "date with mlpkg/articles/html.py"
            )


def speed_table(figures: Mapping[str, Any]) -> str:
    """Write the table of `measure_speed`."""
    times = figures["milliseconds_a_page"]
    rows = [["processor ms a page", *(f"{value:.1f}" for value in times.values())]]
    own, yard, ratio = (
        "{median:.2f} [{least:.2f} to {most:.2f}]".format(**figures[key])
        for key in ("pages_a_second", "yardstick_pages_a_second", "times_the_yardstick")
    )
    return (
        f"{markdown_table(['stage', *times], rows)}\n\n{own} pages a second of a core, "
        f"{yard} by the yardstick; ratio {ratio} (median of "
        f"{figures['rounds']} rounds, extremes)"
    )


def _timed(stage: str, seconds: Seconds, work: Callable[[], Any]) -> Any:
    """Do one stage and add its time."""
    begin = time.process_time()
    result = work()
    seconds[stage] = seconds.get(stage, 0.0) + time.process_time() - begin
    return result


def _in_fresh_process(pages: Sequence[bytes]) -> Seconds:
    """Run a round in a new interpreter."""
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
        return pool.submit(one_round, pages).result()


def _spread(values: Sequence[float]) -> dict[str, float]:
    """Median and extremes over the rounds."""
    return {"median": median(values), "least": min(values), "most": max(values)}
