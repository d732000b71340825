"""The bundled corpus: original labelled pages, in parts that stay fixed."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from functools import cache
from itertools import zip_longest
from pathlib import Path

from mlpkg.articles import article_from_html
from mlpkg.data.page_format import PageFile, read_page
from mlpkg.data.render import render_text
from mlpkg.data.render_html import TEMPLATES, render_html
from mlpkg.data.source_form import PageForm
from mlpkg.exceptions import DataError
from mlpkg.records import Article, LabelledPage, Page
from mlpkg.segmentation import Segmenter

__all__ = [
    "PARTS",
    "corpus_files",
    "corpus_folder",
    "html_article",
    "labelled_page",
    "load_corpus",
    "part_of",
    "row_fault",
    "text_article",
]

PARTS = ("train", "validation", "test", "other-hands")
# Writers whose pages are never trained on: the test of voices unheard.
OTHER_HANDS = frozenset({"hand-a"})
# Percent of the ids that fall to train and to train or validation.
TRAIN_SHARE, VALIDATION_SHARE = 70, 85


def corpus_folder() -> Path:
    """Return the folder of the corpus's page files."""
    return Path(__file__).parent.parent / "bundled" / "corpus"


def part_of(page: PageFile) -> str:
    """Return the part of a page: by its hand, else by a hash of its permanent id.

    A page keeps its part whatever pages are added.
    """
    if page.header["hand"] in OTHER_HANDS:
        return "other-hands"
    digest = hashlib.sha256(page.id.encode()).hexdigest()
    percent = int(digest[:8], 16) % 100
    if percent < TRAIN_SHARE:
        return "train"
    return "validation" if percent < VALIDATION_SHARE else "test"


def corpus_files(part: str | None = None) -> list[PageFile]:
    """Return the page files of one part, sorted by id; None for all.

    Raises
    ------
    DataError
        The part is not known.
    """
    if part is not None and part not in PARTS:
        raise DataError(f"unknown part {part!r}; known: {', '.join(PARTS)}")
    return [page for page in _all_files() if part is None or part_of(page) == part]


def load_corpus(part: str | None = None, form: PageForm = "text") -> list[LabelledPage]:
    """Load the bundled corpus as labelled pages.

    Parameters
    ----------
    part
        ``train``, ``validation``, ``test`` or ``other-hands``; None for all. Choices
        are made on ``validation`` and by cross-validation on ``train``; the last two
        are for one last look.
    form
        Plain text, or HTML: each page in the template that falls to its id.

    Returns
    -------
    list of LabelledPage
        In the order of their ids.

    Raises
    ------
    DataError
        The part is not known.

    Examples
    --------
    >>> page = load_corpus("validation")[0]
    >>> len(page.labels) == len(page.page.segments)
    True
    """
    read = html_article if form == "html" else text_article
    return [labelled_page(file, read(file)) for file in corpus_files(part)]


def labelled_page(
    file: PageFile,
    article: Article | None = None,
    source: str = "corpus",
    furniture: str = "boilerplate",
) -> LabelledPage:
    """Put the labels of a page file on the segments of its rendered form.

    Parameters
    ----------
    file
        The page file.
    article
        Its rendered form as a reader gave it; None renders it as text.
    source
        Kept in `LabelledPage.source`.
    furniture
        Name of the furniture label, for rendering; empty where there is none.

    Raises
    ------
    DataError
        The segmenter cuts the rendered page elsewhere than the file does; the
        message names the first row that differs.
    """
    page = Segmenter().segment(article or text_article(file, furniture))
    fault = row_fault(file, page)
    if fault is not None:
        raise DataError(f"page {file.id!r}, row {fault[0] + 1}: {fault[1]}")
    return LabelledPage(
        page,
        tuple(row.label for row in file.rows),
        hard=tuple(row.hard for row in file.rows),
        source=source,
    )


def row_fault(file: PageFile, page: Page) -> tuple[int, str] | None:
    """Compare the rows of a page file with the segments of one of its forms.

    Returns
    -------
    (int, str) or None
        Index of the first row that the segmenter cuts elsewhere, and what is wrong;
        None where every row is a segment.
    """
    wanted = [_squeezed(row.text) for row in file.rows]
    found = [_squeezed(segment.text) for segment in page.segments]
    for index, (row, segment) in enumerate(zip_longest(wanted, found)):
        if row != segment:
            return index, (
                f"the row is {row!r}, but the segmenter reads {segment!r}; cut the row "
                "where a sentence ends, or reword it"
            )
    return None


def text_article(file: PageFile, furniture: str = "boilerplate") -> Article:
    """Make the article of the text form, with what the header knows."""
    return _with_header(Article(file.id, render_text(file, furniture)), file)


def html_article(file: PageFile) -> Article:
    """Make the article of the HTML form, in the template that falls to the id.

    What the header knows goes before what the markup states, so that splits and slices
    are the same in both forms.
    """
    digest = hashlib.sha256(f"template {file.id}".encode()).hexdigest()
    template = TEMPLATES[int(digest[:8], 16) % len(TEMPLATES)]
    return _with_header(article_from_html(render_html(file, template), file.id), file)


def _with_header(article: Article, file: PageFile) -> Article:
    """Add the facts of a page file's header to its rendered form."""
    header = file.header
    facts = {key: header[key] for key in ("genre", "register", "english", "hand")}
    return replace(
        article,
        outlet=header["outlet"],
        published=header["year"],
        language="en",
        meta={**article.meta, **facts},
    )


@cache
def _all_files() -> tuple[PageFile, ...]:
    """Read and check every page file once a process."""
    pages = [read_page(path) for path in sorted(corpus_folder().glob("*.page"))]
    return tuple(sorted(pages, key=lambda page: page.id))


def _squeezed(text: str) -> str:
    """Collapse runs of white space, as markup does."""
    return " ".join(text.split())
