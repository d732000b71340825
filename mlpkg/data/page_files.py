"""From labelled pages to page files, which a person can read and edit."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from pathlib import Path

from mlpkg.data.corpus import row_fault, text_article
from mlpkg.data.page_format import HEADER_KEYS, PageFile, Row, format_page, parse_page
from mlpkg.data.record_writer import empty_folder
from mlpkg.data.rows import raise_faults
from mlpkg.data.splits import published_day
from mlpkg.exceptions import DataError
from mlpkg.labels import DEFAULT_SCHEME, LabelScheme
from mlpkg.records import Article, LabelledPage, Page, Segment
from mlpkg.segmentation import Segmenter

__all__ = ["page_file", "write_page_files"]

_FROM_META = ("genre", "register", "english", "hand", "topic", "licence")


def write_page_files(
    pages: Sequence[LabelledPage],
    folder: Path,
    scheme: LabelScheme = DEFAULT_SCHEME,
    header: Mapping[str, str] | None = None,
) -> None:
    """Write a page file a page into a new folder.

    Parameters
    ----------
    pages
        Pages with a label a segment.
    folder
        A folder that is not there or empty.
    scheme
        Whose letters are written.
    header
        Header values for pages that do not state their own.

    Raises
    ------
    DataError
        A page cannot be written so that it reads back; ids become one name. Such
        pages are listed and nothing is written.
    """
    files: dict[str, PageFile] = {}
    faults: list[str] = []
    for page in pages:
        try:
            file = page_file(page, scheme, header or {})
            if files.setdefault(file.id, file) is not file:
                raise DataError(
                    f"page {page.id!r}: its file would be {file.id}.page, as that of "
                    "another page; give it another id"
                )
        except DataError as error:
            faults += str(error).splitlines()
    raise_faults(faults)
    empty_folder(folder)
    for name, file in files.items():
        text = format_page(file, scheme)
        (folder / f"{name}.page").write_text(text, encoding="utf-8", newline="\n")


def page_file(
    labelled: LabelledPage, scheme: LabelScheme, header: Mapping[str, str]
) -> PageFile:
    """Make the page file of a page and prove that it reads back.

    Parameters
    ----------
    labelled
        A page with a label a segment.
    scheme
        The labels.
    header
        Header values for what the page does not state.

    Raises
    ------
    DataError
        The header is not whole, or the segments are not what a page file can hold:
        lines, or sentences of a line.
    """
    facts = {**header, **_own_facts(labelled.page.article)}
    missing = [key for key in HEADER_KEYS if not facts.get(key)]
    if missing:
        raise DataError(
            f"page {labelled.id!r}: a page file needs {', '.join(missing)}, which the "
            "data do not state; give them as header values (key=value)"
        )
    blocks = _blocks(labelled, scheme.furniture)
    file = PageFile({key: facts[key] for key in HEADER_KEYS}, blocks)
    parsed = parse_page(format_page(file, scheme), f"page {labelled.id!r}", scheme)
    page = Segmenter().segment(text_article(parsed, scheme.furniture or ""))
    fault = row_fault(parsed, page)
    if fault is not None:
        raise DataError(
            f"page {labelled.id!r}, segment {fault[0] + 1}: cannot stand in a page "
            f"file: {fault[1]}; write rows or a Label Studio file instead"
        )
    return parsed


def _own_facts(article: Article) -> dict[str, str]:
    """Collect the header values that an article states."""
    facts = {key: article.meta.get(key, "") for key in _FROM_META}
    facts["id"] = re.sub(r"[^a-z0-9]+", "-", article.id.lower()).strip("-")
    facts["outlet"] = article.outlet
    facts["year"] = published_day(article.published)[:4]
    return {key: value for key, value in facts.items() if value}


def _blocks(
    labelled: LabelledPage, furniture: str | None
) -> tuple[tuple[Row, ...], ...]:
    """Put the segments of a block together, and on one line what stands on one."""
    blocks: list[list[Row]] = []
    before: Segment | None = None
    hard = labelled.hard or (False,) * len(labelled.labels)
    for segment, label, is_hard in zip(
        labelled.page.segments, labelled.labels, hard, strict=True
    ):
        name = str(label)
        same_block = (
            before is not None
            and before.block is not None
            and before.block == segment.block
        )
        if not same_block:
            blocks.append([])
        beside = same_block and _same_line(labelled.page, before, segment)
        glued = beside and furniture in (name, blocks[-1][-1].label)
        text = " ".join(segment.text.split())
        blocks[-1].append(Row(name, text, hard=is_hard, glued=glued))
        before = segment
    return tuple(tuple(block) for block in blocks)


def _same_line(page: Page, before: Segment | None, segment: Segment) -> bool:
    """Tell whether two segments stand on one line."""
    return before is not None and (
        "\n" not in page.article.text[before.end : segment.start]
    )
