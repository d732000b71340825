"""Pages from labelled rows: rows of one article are a page, others stand alone."""

from __future__ import annotations

from collections.abc import Sequence

from mlpkg.data.gold_page import GoldPage
from mlpkg.data.rows import LabelledRow, raise_faults
from mlpkg.records import Article, Block, Page, Segment

__all__ = ["pages_of_rows"]

_OF_THE_ARTICLE = ("outlet", "published", "source")


def pages_of_rows(rows: Sequence[LabelledRow], name: str, place: str) -> list[GoldPage]:
    """Make pages of rows that share an article, and bare rows of the others.

    Parameters
    ----------
    rows
        Checked rows; those of an article are ordered by `index` where they have one.
    name
        With its line, the id of a row that has no article.
    place
        File and unit, which with a row's line tell where it stands.

    Raises
    ------
    DataError
        Rows of an article share an index, only some have one, or they state
        different outlets, dates or sources; all are listed.
    """
    articles: dict[str, list[LabelledRow]] = {}
    for row in rows:
        if row.article:
            articles.setdefault(row.article, []).append(row)
    raise_faults(
        [
            f"{place} {line}: article {article!r} {what}"
            for article, group in articles.items()
            for line, what in (*_order_faults(group), *_conflicts(group))
        ]
    )
    paged = [
        _page(article, sorted(group, key=lambda row: row.index or 0), True)
        for article, group in articles.items()
    ]
    bare = [
        _page(f"{name}:{row.line}", [row], False) for row in rows if not row.article
    ]
    return paged + bare


def _order_faults(rows: Sequence[LabelledRow]) -> list[tuple[int, str]]:
    """Tell what hinders ordering the rows of an article by index, with the line."""
    if all(row.index is None for row in rows):
        return []
    faults = []
    first: dict[int, int] = {}
    for row in rows:
        if row.index is None:
            faults.append(
                (row.line, "has an index in other rows but none here; give all or none")
            )
        elif first.setdefault(row.index, row.line) != row.line:
            other = first[row.index]
            what = f"has index {row.index} here and at {other}; number its rows anew"
            faults.append((row.line, what))
    return faults


def _conflicts(rows: Sequence[LabelledRow]) -> list[tuple[int, str]]:
    """Tell where rows of an article state different facts of it."""
    faults = []
    for key in _OF_THE_ARTICLE:
        stated = [row for row in rows if getattr(row, key)]
        for row in stated:
            here, before = getattr(row, key), getattr(stated[0], key)
            if here != before:
                what = f"has {key} {here!r} here and {before!r} at {stated[0].line}"
                faults.append((row.line, f"{what}; an article has one"))
                break
    return faults


def _page(name: str, rows: Sequence[LabelledRow], has_context: bool) -> GoldPage:
    """Build a page whose segments are the rows, a line each."""
    segments: list[Segment] = []
    start = 0
    for row in rows:
        end = start + len(row.text)
        block = Block(start, end)
        segments.append(Segment(name, len(segments), start, end, row.text, block))
        start = end + 1
    outlet, published, source = (
        next((value for row in rows if (value := getattr(row, key))), "")
        for key in _OF_THE_ARTICLE
    )
    text = "\n".join(row.text for row in rows)
    article = Article(name, text, outlet=outlet, published=published)
    allowed = tuple(row.allowed for row in rows)
    weights = tuple(row.weight for row in rows)
    return GoldPage(
        Page(article, tuple(segments)),
        tuple((segment.start, segment.end) for segment in segments),
        tuple(row.label for row in rows),
        (False,) * len(rows),
        has_context,
        allowed if any(allowed) else None,
        weights if any(weight != 1 for weight in weights) else None,
        source,
    )
