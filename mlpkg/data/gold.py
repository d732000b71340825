"""Gold labels of any origin: page files, labelled rows, or spans over whole texts."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from mlpkg.data.corpus import PARTS, labelled_page, load_corpus
from mlpkg.data.page_format import read_page
from mlpkg.data.rows import Columns, read_labelled_rows
from mlpkg.data.spans import read_spans
from mlpkg.exceptions import DataError
from mlpkg.labels import DEFAULT_SCHEME, LabelScheme
from mlpkg.records import Article, Block, LabelledPage, Page, Segment

__all__ = ["GoldPage", "data_fingerprint", "load_gold", "segment_labels"]

CORPUS = "corpus:"
SPAN_FILE = "labels.jsonl"


@dataclass(frozen=True, slots=True)
class GoldPage:
    """A page as the segmenter cuts it, and the gold labels of its text.

    Parameters
    ----------
    page
        The page.
    spans
        Characters of each labelled piece; the segments' own where the source labels
        segments.
    labels
        A label name a span.
    hard
        A flag a span.
    has_context
        False for a row that came without its page.
    """

    page: Page
    spans: tuple[tuple[int, int], ...]
    labels: tuple[str, ...]
    hard: tuple[bool, ...]
    has_context: bool = True

    @property
    def id(self) -> str:
        """Id of the article."""
        return self.page.id

    @classmethod
    def of(cls, labelled: LabelledPage) -> GoldPage:
        """Take the segments of a labelled page as its spans; all must be decided."""
        undecided = [i for i, label in enumerate(labelled.labels) if label is None]
        if undecided:
            raise DataError(
                f"page {labelled.id!r}: segment {undecided[0]} has no label"
            )
        return cls(
            labelled.page,
            tuple((s.start, s.end) for s in labelled.page.segments),
            tuple(str(label) for label in labelled.labels),
            labelled.hard or (False,) * len(labelled.labels),
        )


def load_gold(
    source: str | Path,
    *,
    columns: Columns | None = None,
    scheme: LabelScheme = DEFAULT_SCHEME,
) -> list[GoldPage]:
    """Load labelled data.

    Parameters
    ----------
    source
        ``corpus:PART`` for a part of the bundled corpus; a page file (``.page``) or
        a folder of them; ``labels.jsonl`` with ``doc``, ``start``, ``end`` and
        ``label`` a row, or a folder that holds one, the texts beside it; or rows
        with a text and a label each (``.jsonl``, ``.csv``, ``.parquet``).
    columns
        Column names of labelled rows.
    scheme
        The labels that may occur.

    Returns
    -------
    list of GoldPage
        Rows with an article column make a page an article, in file order; rows
        without one are pages of one segment, without context.

    Raises
    ------
    DataError
        The source does not exist, has no known form, or its labels are not those of
        the scheme; of labelled rows every wrong one is listed with its line.
    """
    text = str(source)
    if text.startswith(CORPUS):
        part = text.removeprefix(CORPUS)
        if part not in PARTS:
            raise DataError(f"unknown corpus part {part!r}; known: {', '.join(PARTS)}")
        return _from_corpus(part, scheme)
    path = Path(source)
    if not path.exists():
        raise DataError(f"{path}: no such file or folder")
    if path.is_dir():
        return _from_folder(path, scheme)
    if path.suffix == ".page":
        return [_from_page_file(path, scheme)]
    if path.name.endswith(SPAN_FILE):
        return _from_spans(path, scheme)
    return _from_rows(path, columns or Columns(), scheme)


def segment_labels(gold: GoldPage, scheme: LabelScheme = DEFAULT_SCHEME) -> list[str]:
    """Give each segment the gold label that covers most of it.

    A segment that no gold span touches counts as furniture, since annotators pass
    over stray marks; in a scheme without furniture it gets the last label.
    """
    default = scheme.furniture or scheme.names[-1]
    labels = []
    first = 0
    for segment in gold.page.segments:
        while first < len(gold.spans) and gold.spans[first][1] <= segment.start:
            first += 1
        cover: dict[str, int] = {}
        place = first
        while place < len(gold.spans) and gold.spans[place][0] < segment.end:
            start, end = gold.spans[place]
            shared = min(end, segment.end) - max(start, segment.start)
            name = gold.labels[place]
            cover[name] = cover.get(name, 0) + shared
            place += 1
        labels.append(max(cover, key=lambda name: cover[name]) if cover else default)
    return labels


def data_fingerprint(pages: Sequence[GoldPage]) -> str:
    """Return a hash of ids, texts, spans and labels, whatever the pages' order."""
    digests = []
    for page in pages:
        digest = hashlib.sha256(page.id.encode())
        digest.update(page.page.article.text.encode("utf-8", "surrogatepass"))
        digest.update(repr((page.spans, page.labels, page.has_context)).encode())
        digests.append(digest.hexdigest())
    return hashlib.sha256("".join(sorted(digests)).encode()).hexdigest()


def _from_corpus(part: str, scheme: LabelScheme) -> list[GoldPage]:
    """Take a part of the bundled corpus, whose labels the scheme must have."""
    lacking = [name for name in DEFAULT_SCHEME.names if name not in scheme.names]
    if lacking:
        raise DataError(
            f"{CORPUS}{part} has the labels {', '.join(DEFAULT_SCHEME.names)}, but the "
            f"scheme ({', '.join(scheme.names)}) lacks {', '.join(lacking)}; name them "
            "under data.labels or take other data"
        )
    return [GoldPage.of(page) for page in load_corpus(part)]


def _from_folder(path: Path, scheme: LabelScheme) -> list[GoldPage]:
    """Read a folder of page files, or one with a span file in it."""
    if (path / SPAN_FILE).is_file():
        return _from_spans(path / SPAN_FILE, scheme)
    files = sorted(path.rglob("*.page"))
    if not files:
        raise DataError(
            f"{path}: holds neither page files (*.page) nor a {SPAN_FILE}; rows are "
            "named by their file"
        )
    return [_from_page_file(file, scheme) for file in files]


def _from_page_file(path: Path, scheme: LabelScheme) -> GoldPage:
    """Read one page file in its text form."""
    page = labelled_page(
        read_page(path, scheme), source=str(path), furniture=scheme.furniture or ""
    )
    return GoldPage.of(page)


def _from_spans(path: Path, scheme: LabelScheme) -> list[GoldPage]:
    """Segment the texts that a span file labels."""
    from mlpkg.segmentation import Segmenter

    segmenter = Segmenter()
    return [
        GoldPage(segmenter.segment(article), spans, labels, hard)
        for article, spans, labels, hard in read_spans(path, scheme)
    ]


def _from_rows(path: Path, columns: Columns, scheme: LabelScheme) -> list[GoldPage]:
    """Make pages of rows that share an article, and bare rows of the others."""
    pages: dict[str, list[tuple[str, str]]] = {}
    bare: list[GoldPage] = []
    for row in read_labelled_rows(path, columns, scheme):
        if row.article:
            pages.setdefault(row.article, []).append((row.text, row.label))
        else:
            name = f"{path.name}:{row.line}"
            bare.append(_page_of_rows(name, [(row.text, row.label)], False))
    return [_page_of_rows(name, rows, True) for name, rows in pages.items()] + bare


def _page_of_rows(
    name: str, rows: Sequence[tuple[str, str]], has_context: bool
) -> GoldPage:
    """Build a page whose segments are the rows, a line each."""
    segments: list[Segment] = []
    start = 0
    for text, _ in rows:
        end = start + len(text)
        block = Block(start, end)
        segments.append(Segment(name, len(segments), start, end, text, block))
        start = end + 1
    article = Article(name, "\n".join(text for text, _ in rows))
    return GoldPage(
        Page(article, tuple(segments)),
        tuple((segment.start, segment.end) for segment in segments),
        tuple(label for _, label in rows),
        (False,) * len(rows),
        has_context,
    )
