"""Pages for measurements, as many as are asked for: recombined from the bundled corpus.

Each page has the prose of one corpus page, cut down or drawn out to the length that is
asked for, between the furniture of a made-up site, which repeats on every page of it.
With the standard sites about 73% of the segments are distinct, as on real pages. The
same arguments give the same pages.

    python experiments/speed/make_pages.py text 1000 /tmp/pages
    python experiments/speed/make_pages.py warc 100000 /tmp/crawl.warc.gz
"""

from __future__ import annotations

import argparse
import gzip
import json
import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import cache
from html import escape
from pathlib import Path

from mlpkg.data.corpus import corpus_files
from mlpkg.data.page_format import PageFile, Row
from mlpkg.data.render import render_text
from mlpkg.data.render_html import TEMPLATES, render_html

# Sites among which pages are spread, and the share of a page's furniture that is its
# site's: with both, 73% of the segments of 1,000 pages are distinct (`share_distinct`).
SITES = 40
SITE_SHARE = 0.45
# Files in one folder: some file systems get slow with more.
FOLDER = 1000
FURNITURE = "boilerplate"


@dataclass(frozen=True)
class Made:
    """One page: its number and its two forms."""

    number: int
    file: PageFile

    @property
    def text(self) -> str:
        """The page as a plain dump."""
        return render_text(self.file)

    @property
    def html(self) -> str:
        """The page as a document, in the template that falls to it."""
        return render_html(self.file, TEMPLATES[self.number % len(TEMPLATES)])

    @property
    def url(self) -> str:
        """An address on the page's site."""
        return f"https://site-{self.number % SITES}.example/story/{self.number}"


def make_pages(count: int, *, length: float = 1.0, seed: int = 0) -> Iterator[Made]:
    """Yield pages; `length` multiplies the prose of each."""
    files = corpus_files()
    for number in range(count):
        rng = random.Random(f"{seed} {number}")  # noqa: S311 (pages, not secrets)
        yield Made(number, _page(files, number, length, rng))


def _page(
    files: list[PageFile], number: int, length: float, rng: random.Random
) -> PageFile:
    """Put a page together: prose made new, furniture of its own and of its site."""
    body = rng.choice(files)
    site = files[number % SITES * len(files) // SITES]
    blocks = []
    for block in body.blocks:
        if all(row.label == FURNITURE for row in block):
            if rng.random() < SITE_SHARE:
                block = rng.choice(_furniture(site)) or block
            else:
                block = _renewed(block, rng)
            blocks.append(block)
        else:
            times = int(length) + (rng.random() < length - int(length))
            blocks += [_renewed(block, rng) for _ in range(times)]
    header = {**body.header, "id": f"made-{number}"}
    return replace(body, header=header, blocks=tuple(blocks) or body.blocks)


def _furniture(site: PageFile) -> list[tuple[Row, ...]]:
    """Blocks of nothing but furniture."""
    blocks = [b for b in site.blocks if all(row.label == FURNITURE for row in b)]
    return blocks or [()]


def _renewed(block: tuple[Row, ...], rng: random.Random) -> tuple[Row, ...]:
    """Make each text of a block new by other words in two places."""
    return tuple(replace(row, text=_reworded(row.text, rng)) for row in block)


def _reworded(text: str, rng: random.Random) -> str:
    """Change two plain words of a text; one without such words stays as it is."""
    words = text.split(" ")
    plain = [place for place, word in enumerate(words) if word.isalpha()]
    for place in plain and rng.choices(plain, k=2):
        words[place] = rng.choice(_vocabulary())
    return " ".join(words)


@cache
def _vocabulary() -> list[str]:
    """Return the plain lower-case words of the corpus."""
    rows = (row for file in corpus_files() for row in file.rows)
    words = {word for row in rows for word in row.text.split(" ")}
    return sorted(word for word in words if word.isalpha() and word.islower())


def share_distinct(count: int = 1000) -> float:
    """Distinct segments among all of so many pages."""
    from mlpkg.records import Article
    from mlpkg.segmentation import Segmenter

    segmenter = Segmenter()
    texts = [
        text
        for page in make_pages(count)
        for text in segmenter.segment(Article("a", page.text)).texts
    ]
    return len(set(texts)) / len(texts)


def write_files(pages: Iterator[Made], target: Path, form: str) -> None:
    """Write a file a page, so many in a folder."""
    suffix = {"text": ".txt", "html": ".html"}[form]
    for page in pages:
        folder = target / f"{page.number // FOLDER:04d}"
        folder.mkdir(parents=True, exist_ok=True)
        content = page.text if form == "text" else page.html
        path = folder / f"{page.number:07d}{suffix}"
        path.write_text(content, encoding="utf-8", newline="\n")


def write_jsonl(pages: Iterator[Made], target: Path) -> None:
    """Write a line a page with its markup."""
    with target.open("w", encoding="utf-8", newline="\n") as stream:
        for page in pages:
            record = {"id": f"made-{page.number}", "url": page.url, "html": page.html}
            stream.write(json.dumps(record, ensure_ascii=False) + "\n")


def write_parquet(pages: Iterator[Made], target: Path) -> None:
    """Write a row a page, 500 in a row group."""
    import pyarrow as pa
    from pyarrow import parquet

    schema = pa.schema([(name, pa.string()) for name in ("id", "url", "html")])
    group: list[dict[str, str]] = []
    with parquet.ParquetWriter(target, schema, compression="zstd") as writer:
        for page in pages:
            row = {"id": f"made-{page.number}", "url": page.url, "html": page.html}
            group.append(row)
            if len(group) == 500:
                writer.write_table(pa.Table.from_pylist(group, schema=schema))
                group = []
        if group:
            writer.write_table(pa.Table.from_pylist(group, schema=schema))


def write_warc(pages: Iterator[Made], target: Path) -> None:
    """Write a response a page, each packed by itself where the name ends in .gz."""
    pack: Callable[[bytes], bytes] = (
        (lambda data: gzip.compress(data, 6, mtime=0))
        if target.suffix == ".gz"
        else bytes
    )
    with target.open("wb") as stream:
        for page in pages:
            stream.write(pack(_response(page)))


def _response(page: Made) -> bytes:
    """Return the WARC record of a page."""
    body = page.html.encode("utf-8")
    http = (
        b"HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\n"
        b"Content-Length: %d\r\n\r\n" % len(body)
    ) + body
    head = (
        "WARC/1.0\r\nWARC-Type: response\r\n"
        f"WARC-Record-ID: <urn:uuid:00000000-0000-4000-8000-{page.number:012d}>\r\n"
        f"WARC-Target-URI: {escape(page.url)}\r\nWARC-Date: 2026-01-01T00:00:00Z\r\n"
        "Content-Type: application/http; msgtype=response\r\n"
        f"Content-Length: {len(http)}\r\n\r\n"
    )
    return head.encode("ascii") + http + b"\r\n\r\n"


WRITERS = {"jsonl": write_jsonl, "parquet": write_parquet, "warc": write_warc}
FORMS = ("text", "html", *WRITERS)


def write(form: str, count: int, target: Path, *, length: float = 1.0) -> None:
    """Write so many pages in one form."""
    pages = make_pages(count, length=length)
    if form in WRITERS:
        WRITERS[form](pages, target)
    else:
        write_files(pages, target, form)


def main() -> None:
    """Write the pages that the command line asks for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("form", choices=FORMS)
    parser.add_argument("count", type=int)
    parser.add_argument("target", type=Path)
    parser.add_argument("--length", type=float, default=1.0, help="times the prose")
    given = parser.parse_args()
    write(given.form, given.count, given.target, length=given.length)


if __name__ == "__main__":
    main()
