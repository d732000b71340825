"""What trains one head: the pages, and shares of them without markup or context."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from mlpkg.features import has_markup, without_context, without_markup
from mlpkg.models.base import Head, PageInput, Targets
from mlpkg.models.heads import make_head

__all__ = ["Trainer"]

Lesson = tuple[PageInput, Targets]


class Trainer:
    """Trains one head on inputs, a share of which it sees in poorer forms too.

    Parameters
    ----------
    model
        Name of a head, or a head.
    context_dropout
        Share of the rows of pages that are learned again as bare strings.
    markup_dropout
        Share of the pages with markup that are learned again as plain text.
    random_state
        Seed.
    """

    def __init__(
        self,
        model: str | Head,
        context_dropout: float,
        markup_dropout: float,
        random_state: int,
    ) -> None:
        self.model = model
        self.context_dropout = context_dropout
        self.markup_dropout = markup_dropout
        self.random_state = random_state

    def __call__(self, inputs: Sequence[PageInput], targets: Sequence[Targets]) -> Head:
        """Return a fresh head that has learned from the inputs."""
        lessons = list(zip(inputs, targets, strict=True))
        lessons += [*self._without_markup(lessons), *self._without_context(lessons)]
        head = make_head(self.model)
        return head.fit(
            [page for page, _ in lessons],
            [target for _, target in lessons],
            random_state=self.random_state,
        )

    def _without_markup(self, lessons: list[Lesson]) -> list[Lesson]:
        """Pages with markup again, as if they were plain text."""
        rng = np.random.default_rng(self.random_state)
        return [
            (PageInput(page.vectors, without_markup(page.features)), target)
            for page, target in lessons
            if has_markup(page.features) and rng.random() < self.markup_dropout
        ]

    def _without_context(self, lessons: list[Lesson]) -> list[Lesson]:
        """Rows of pages again, as if they were bare strings."""
        paged = [lesson for lesson in lessons if lesson[0].has_context]
        if not self.context_dropout or not paged:
            return []
        rng = np.random.default_rng(self.random_state)
        chosen = rng.random(sum(len(p) for p, _ in paged)) < self.context_dropout
        vectors = np.concatenate([p.vectors for p, _ in paged])[chosen]
        features = np.concatenate([p.features for p, _ in paged])[chosen]
        allowed = np.concatenate([t.allowed for _, t in paged])[chosen]
        weights = np.concatenate([t.weights for _, t in paged])[chosen]
        bare = PageInput(vectors, without_context(features), has_context=False)
        return [(bare, Targets(allowed, weights))]
