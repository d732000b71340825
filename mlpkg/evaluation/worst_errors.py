"""The errors that a model was surest of, with what stands around them.

They show label errors and blind spots faster than any table of scores.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from mlpkg.evaluation.metrics import check_columns

__all__ = ["Neighbour", "WorstError", "worst_errors"]

AROUND = 2


@dataclass(frozen=True, slots=True)
class Neighbour:
    """A segment near an error.

    Parameters
    ----------
    text
        Its text, empty where words were left out.
    gold, label
        Its gold label, and the predicted one.
    """

    text: str
    gold: str
    label: str


@dataclass(frozen=True, slots=True)
class WorstError:
    """One wrong label.

    Parameters
    ----------
    article, index
        Which segment it is: its article, and its place there.
    text
        Its text, empty where words were left out.
    gold, label
        Its gold label, and the predicted one.
    confidence
        Probability of the predicted label.
    before, after
        Up to two segments of the same article on each side, in page order.
    """

    article: str
    index: int
    text: str
    gold: str
    label: str
    confidence: float
    before: tuple[Neighbour, ...]
    after: tuple[Neighbour, ...]


def worst_errors(
    articles: Sequence[str],
    indices: Sequence[int],
    texts: Sequence[str],
    gold: Sequence[str],
    labels: Sequence[str],
    confidence: Sequence[float],
    *,
    k: int = 50,
    per_article: int = 3,
) -> tuple[WorstError, ...]:
    """Pick the most confident errors.

    Parameters
    ----------
    articles, indices
        Article of each segment, and its place there; rows may come in any order.
    texts, gold, labels, confidence
        Text, gold label, predicted label and its probability of each segment.
    k
        How many errors at most.
    per_article
        How many of one article at most, so that one odd page does not fill the list.

    Returns
    -------
    tuple of WorstError
        The most confident first; of equal ones by article and place.

    Raises
    ------
    DataError
        The columns do not hold the same rows.

    Examples
    --------
    >>> errors = worst_errors(
    ...     ["p", "p"], [0, 1], ["Fog closed the port.", "A farce."],
    ...     ["claim", "opinion"], ["claim", "claim"], [0.9, 0.8],
    ... )
    >>> errors[0].text, errors[0].before[0].text
    ('A farce.', 'Fog closed the port.')
    """
    check_columns(
        articles=articles,
        indices=indices,
        texts=texts,
        gold=gold,
        labels=labels,
        confidence=confidence,
    )
    pages: dict[str, list[int]] = defaultdict(list)
    for row in sorted(range(len(indices)), key=indices.__getitem__):
        pages[articles[row]].append(row)
    wrong = [row for row in range(len(gold)) if gold[row] != labels[row]]
    wrong.sort(key=lambda row: (-confidence[row], articles[row], indices[row]))

    def around(rows: Sequence[int]) -> tuple[Neighbour, ...]:
        return tuple(Neighbour(texts[row], gold[row], labels[row]) for row in rows)

    found: list[WorstError] = []
    taken: dict[str, int] = defaultdict(int)
    for row in wrong:
        article = articles[row]
        if len(found) == k:
            break
        if taken[article] == per_article:
            continue
        taken[article] += 1
        page = pages[article]
        place = page.index(row)
        found.append(
            WorstError(
                article,
                int(indices[row]),
                texts[row],
                gold[row],
                labels[row],
                float(confidence[row]),
                around(page[max(place - AROUND, 0) : place]),
                around(page[place + 1 : place + 1 + AROUND]),
            )
        )
    return tuple(found)
