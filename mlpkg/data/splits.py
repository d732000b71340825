"""Splits of labelled pages that never share an article between their parts.

What must stay together (an article, or all pages of an outlet, a writer, …) is a
group; groups fall to parts whole.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from mlpkg.data.gold import GoldPage
from mlpkg.exceptions import SplitError

__all__ = [
    "articles_of",
    "fold_pages",
    "published_day",
    "require_disjoint",
    "shown",
    "split_pages",
]

DEFAULT_PARTS: Mapping[str, float] = {"train": 0.8, "validation": 0.2}
# Ids that a message names before it counts.
SHOWN = 5
_DATE = re.compile(r"\d{4}(-\d{2}(-\d{2})?)?(?!\d)")


def split_pages(
    pages: Sequence[GoldPage],
    *,
    by: str = "article",
    parts: Mapping[str, float] = DEFAULT_PARTS,
    seed: int = 0,
    stratify: bool = True,
) -> dict[str, list[GoldPage]]:
    """Split pages into parts of about the given shares.

    Parameters
    ----------
    pages
        Labelled pages.
    by
        What stays together: ``article``, ``outlet``, or a key of `Article.meta` such
        as ``hand`` or ``genre``. ``time`` instead cuts the pages in the order of
        `Article.published`, to the day: the first part gets the oldest.
    parts
        Share of the pages by the name of the part; between 0 and 1, 1 in sum.
    seed
        Seed of the assignment; not used by ``time``.
    stratify
        Whether each part should also get its share of each label; not by ``time``.

    Returns
    -------
    dict of str to list of GoldPage
        By part, in the order of `parts`; pages in their given order.

    Raises
    ------
    SplitError
        The shares are wrong; there are fewer groups than parts; pages lack the key
        or a readable date; an article id stands on two different pages; one article
        would fall to two parts; or a cut in time falls between pages of one date.

    Notes
    -----
    Groups are assigned greedily, large before small, each to the part that then
    comes nearest to its shares of pages and labels. scikit-learn's
    `StratifiedGroupKFold` does this for equal folds only and may leave one empty.
    Pages of the same text, up to white space, are one article whatever their ids.
    """
    _check_shares(parts)
    shares = np.array(list(parts.values()))
    found = _assign(pages, by, shares, seed, stratify)
    return {
        name: [page for page, part in zip(pages, found, strict=True) if part == place]
        for place, name in enumerate(parts)
    }


def fold_pages(
    pages: Sequence[GoldPage], folds: int, *, by: str = "article", seed: int = 0
) -> list[int]:
    """Return the fold of each page, from 0; folds are about equal and stratified.

    Parameters
    ----------
    pages
        Labelled pages.
    folds
        Number of folds, at least 2.
    by, seed
        As in `split_pages`; with ``time``, fold 0 holds the oldest pages.

    Raises
    ------
    SplitError
        `folds` is below 2, or as in `split_pages`.
    """
    if folds < 2:
        raise SplitError(f"folds must be a whole number of 2 or more, got {folds!r}")
    return _assign(pages, by, np.full(folds, 1 / folds), seed, True)


def require_disjoint(train: Sequence[GoldPage], held_out: Sequence[GoldPage]) -> None:
    """Refuse held-out pages that hold an article of the training pages.

    Parameters
    ----------
    train, held_out
        Labelled pages. Ids of rows without a page are lines of a file and are not
        compared; texts are, up to white space.

    Raises
    ------
    SplitError
        Names the articles that stand on both sides, by id and by text.
    """
    ids = {page.id for page in train if page.has_context}
    texts = {_text(page): page.id for page in train if _text(page)}
    by_id, by_text = [], []
    for page in held_out:
        if page.has_context and page.id in ids:
            by_id.append(page.id)
        elif _text(page) in texts:
            by_text.append(f"{page.id} (there {texts[_text(page)]})")
    if by_id or by_text:
        found = [
            f"{len(names)} by {what}: {shown(names)}"
            for what, names in (("id", by_id), ("text", by_text))
            if names
        ]
        raise SplitError(
            f"{len(by_id) + len(by_text)} held-out articles stand in the training data "
            f"too ({'; '.join(found)}); a score on them would say nothing: take them "
            "out of one side, or give different articles different ids"
        )


def published_day(published: str) -> str:
    """Return the year, or month, or day that an ISO date begins with, else ``""``.

    The time of day is cut off, since its zone is seldom stated.
    """
    match = _DATE.match(published.strip())
    return match[0] if match else ""


def _assign(
    pages: Sequence[GoldPage],
    by: str,
    shares: NDArray[np.float64],
    seed: int,
    stratify: bool,
) -> list[int]:
    """Return the part of each page."""
    articles = articles_of(pages)
    if by == "time":
        found = _assign_in_time(pages, shares)
        _refuse_parted(pages, articles, found, "lie on two sides of a cut in time")
        return found
    keys = articles if by == "article" else _keys(pages, by)
    _refuse_parted(pages, articles, keys, f"have different values of {by!r}")
    number = {key: place for place, key in enumerate(dict.fromkeys(keys))}
    _check_enough(len(number), len(shares), "groups", f" by {by!r}")
    groups = [number[key] for key in keys]
    amounts = _amounts(pages, groups, stratify)
    found_groups = _greedy(amounts, shares, np.random.default_rng(seed))
    return [int(found_groups[group]) for group in groups]


def _greedy(
    amounts: NDArray[np.float64],
    shares: NDArray[np.float64],
    random: np.random.Generator,
) -> NDArray[np.int64]:
    """Assign groups, rows of amounts, to parts; no part stays empty."""
    amounts = amounts / amounts.sum(axis=0)
    order = random.permutation(len(amounts))
    # Large before small, since small ones even out what large ones leave; by size
    # class, so that the seed still matters within one.
    size = np.floor(np.log2(amounts.sum(axis=1)[order]))
    order = order[np.argsort(-size, kind="stable")]
    found = np.zeros(len(amounts), dtype=np.int64)
    filled = np.zeros((len(shares), amounts.shape[1]))
    empty = np.ones(len(shares), dtype=bool)
    for place, group in enumerate(order):
        # Growth of the squared distance to the shares, in units of the share.
        growth = amounts[group] * (2 * (filled - shares[:, None]) + amounts[group])
        cost = growth.sum(axis=1) / shares
        if len(order) - place <= empty.sum():
            cost[~empty] = np.inf
        part = int(cost.argmin())
        found[group] = part
        filled[part] += amounts[group]
        empty[part] = False
    return found


def _amounts(
    pages: Sequence[GoldPage], groups: Sequence[int], stratify: bool
) -> NDArray[np.float64]:
    """Count pages and, if asked, each label; a row a group."""
    labels = {label for page in pages for label in page.labels} if stratify else ()
    column = {label: place for place, label in enumerate(sorted(labels), start=1)}
    counts = np.zeros((max(groups) + 1, 1 + len(column)))
    for page, group in zip(pages, groups, strict=True):
        counts[group, 0] += 1
        for label in page.labels if stratify else ():
            counts[group, column[label]] += 1
    return counts


def _assign_in_time(
    pages: Sequence[GoldPage], shares: NDArray[np.float64]
) -> list[int]:
    """Cut the pages by date, the oldest to the first part."""
    dates = [published_day(page.page.article.published) for page in pages]
    undated = [page.id for page, date in zip(pages, dates, strict=True) if not date]
    if undated:
        raise SplitError(
            f"{len(undated)} of {len(pages)} pages have no date that can be read "
            f"({shown(undated)}); a split by 'time' takes it from the column "
            "'published' of rows (another is named under data.columns.published), "
            "from 'year' in the header of page files, or from Article.published, as "
            "YYYY, YYYY-MM or YYYY-MM-DD: add the dates or split by another key"
        )
    _check_enough(len(pages), len(shares), "pages", " by 'time'")
    order = sorted(range(len(pages)), key=lambda place: dates[place])
    found = [0] * len(pages)
    for part, share in enumerate(np.cumsum(shares)[:-1], start=1):
        later = len(shares) - part
        cut = min(max(round(share * len(pages)), part), len(pages) - later)
        for place in order[cut:]:
            found[place] = part
        newer = order[cut]
        # A year alone is neither before nor after a day in it.
        tied = [
            pages[place].id
            for place in order[:cut]
            if dates[newer].startswith(dates[place])
        ]
        if tied:
            raise SplitError(
                f"the cut at {share:.3g} of the pages falls between page "
                f"{pages[newer].id} of {dates[newer]} and {len(tied)} pages that its "
                f"date does not tell from it ({shown(tied)}): change the shares, give "
                "finer dates, or split by another key"
            )
    return found


def articles_of(pages: Sequence[GoldPage]) -> list[str]:
    """Return an article key a page: its text, so that copies stay together.

    Raises
    ------
    SplitError
        Two pages of different text have one id.
    """
    texts = [_text(page) for page in pages]
    first: dict[str, str] = {}
    doubtful = [
        page.id
        for page, text in zip(pages, texts, strict=True)
        # The id of a row without a page is its line in a file.
        if page.has_context and first.setdefault(page.id, text) != text
    ]
    if doubtful:
        raise SplitError(
            f"{len(doubtful)} pages have the id of a page of different text: "
            f"{shown(doubtful)}; give each article its own id"
        )
    # Pages without text are not copies of each other.
    return [text or page.id for page, text in zip(pages, texts, strict=True)]


def _refuse_parted(
    pages: Sequence[GoldPage],
    articles: Sequence[str],
    keys: Sequence[str] | Sequence[int],
    what: str,
) -> None:
    """Refuse keys that would put one article into two groups."""
    first: dict[str, int] = {}
    parted = []
    for place, article in enumerate(articles):
        other = first.setdefault(article, place)
        if keys[other] != keys[place]:
            parted.append(f"{pages[other].id} and {pages[place].id}")
    if parted:
        raise SplitError(
            f"{len(parted)} pairs of pages with the same text {what} "
            f"({shown(parted)}), so one article would fall to two parts: remove the "
            "copies or correct the key"
        )


def _keys(pages: Sequence[GoldPage], by: str) -> list[str]:
    """Return the value of a key for each page; every page must have it."""
    articles = [page.page.article for page in pages]
    keys = [a.outlet if by == "outlet" else a.meta.get(by, "") for a in articles]
    lacking = [a.id for a, key in zip(articles, keys, strict=True) if not key]
    if lacking:
        known = sorted({name for article in articles for name in article.meta})
        raise SplitError(
            f"{len(lacking)} of {len(pages)} pages lack {by!r} ({shown(lacking)}); "
            f"known keys: {', '.join(['article', 'outlet', 'time', *known])}; add the "
            "value to these pages or split by another key"
        )
    return keys


def _text(page: GoldPage) -> str:
    """Text of a page with its white space collapsed."""
    return " ".join(page.page.article.text.split())


def _check_shares(parts: Mapping[str, float]) -> None:
    """Refuse shares that no split can have."""
    for name, share in parts.items():
        if not 0 < share < 1:
            raise SplitError(
                f"the share of part {name!r} must lie between 0 and 1, got {share!r}"
            )
    total = sum(parts.values())
    if not math.isclose(total, 1, abs_tol=1e-6):
        raise SplitError(
            f"the shares of {dict(parts)} must sum to 1, they sum to {total:g}; "
            "change one of them"
        )


def _check_enough(found: int, needed: int, what: str, why: str) -> None:
    """Refuse a split with more parts than there is to spread."""
    if found < needed:
        raise SplitError(
            f"{needed} parts need at least {needed} {what}{why}, there are {found}; "
            "ask for fewer parts, split by another key or add pages"
        )


def shown(names: Sequence[str]) -> str:
    """Join the first names for a message and count the others."""
    rest = len(names) - SHOWN
    return ", ".join(names[:SHOWN]) + (f" and {rest} more" if rest > 0 else "")
