"""Nearly equal texts in different groups of one set: articles, pages or parts.

`near_duplicates` compares two sides; here every group is a side of its own.
"""

from __future__ import annotations

from collections.abc import Hashable, Sequence

from mlpkg.evaluation.near_duplicates import NearDuplicate, near_duplicates

__all__ = ["near_copies"]


def near_copies(
    texts: Sequence[str], groups: Sequence[Hashable], *, threshold: float
) -> list[NearDuplicate]:
    """Find each text that nearly stands before it, in another group.

    Parameters
    ----------
    texts
        The texts of all groups.
    groups
        The group of each text.
    threshold
        Least Jaccard similarity, as `near_duplicates` takes it.

    Returns
    -------
    list of NearDuplicate
        At most one a text, in their order; `text` is the place of the later of two
        texts, `other` that of the earlier.

    Notes
    -----
    The numbers of two groups differ in some bit, so that one pass a bit has every
    pair on different sides: ten passes for a thousand groups, each both ways.

    Examples
    --------
    >>> words = "the old quay was closed to all ships on monday by the port office"
    >>> near_copies([words, words, words], ["a", "a", "b"], threshold=0.7)
    [NearDuplicate(text=2, other=0, similarity=1.0)]
    """
    numbers: dict[Hashable, int] = {}
    of_text = [numbers.setdefault(group, len(numbers)) for group in groups]
    found: dict[int, NearDuplicate] = {}
    for bit in range((len(numbers) - 1).bit_length()):
        sides: tuple[list[int], list[int]] = ([], [])
        for place, number in enumerate(of_text):
            sides[number >> bit & 1].append(place)
        # Each side is told one copy a text, so that both must ask.
        for own, other in (sides, sides[::-1]):
            for match in near_duplicates(
                [texts[place] for place in own],
                [texts[place] for place in other],
                threshold=threshold,
            ):
                earlier, later = sorted((own[match.text], other[match.other]))
                found.setdefault(later, NearDuplicate(later, earlier, match.similarity))
    return [found[later] for later in sorted(found)]
