"""What trains one head: the pages, and shares of them without markup or context."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from mlpkg.embedding import Encoder
from mlpkg.features import has_markup, without_context, without_markup
from mlpkg.models.base import Head, PageInput, Targets
from mlpkg.models.checkpoints import Checkpoints
from mlpkg.models.heads import make_head
from mlpkg.models.inputs import with_vectors

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["Trainer"]

Lesson = tuple[PageInput, Targets]


class Trainer:
    """Trains one head on inputs, a share of which it sees in poorer forms too.

    Parameters
    ----------
    model
        Name of a head, or a head.
    encoder
        What gives the vectors.
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
        encoder: Encoder,
        context_dropout: float,
        markup_dropout: float,
        random_state: int,
    ) -> None:
        self.model = model
        self.encoder = encoder
        self.context_dropout = context_dropout
        self.markup_dropout = markup_dropout
        self.random_state = random_state

    def __call__(
        self,
        inputs: Sequence[PageInput],
        targets: Sequence[Targets],
        checkpoints: Checkpoints | None = None,
    ) -> Head:
        """Return a fresh head that has learned from the inputs."""
        lessons = list(zip(inputs, targets, strict=True))
        lessons += [*self._without_markup(lessons), *self._without_context(lessons)]
        return make_head(self.model).fit(
            [page for page, _ in lessons],
            [target for _, target in lessons],
            random_state=self.random_state,
            encoder=self.encoder,
            checkpoints=checkpoints,
        )

    def logits(
        self, head: Head, inputs: Sequence[PageInput]
    ) -> list[NDArray[np.float32]]:
        """Return a head's logits for inputs as it was trained on."""
        if not head.reads_vectors:
            inputs = with_vectors(inputs, head.tuned(self.encoder))
        return head.logits(inputs)

    def forms(self, inputs: Sequence[PageInput]) -> list[Sequence[PageInput]]:
        """Return the pages as they are and, where it learns that too, as plain text."""
        if not (self.markup_dropout and any(has_markup(p.features) for p in inputs)):
            return [inputs]
        plain = [replace(p, features=without_markup(p.features)) for p in inputs]
        return [inputs, plain]

    def _without_markup(self, lessons: list[Lesson]) -> list[Lesson]:
        """Pages with markup again, as if they were plain text."""
        rng = np.random.default_rng(self.random_state)
        return [
            (replace(page, features=without_markup(page.features)), target)
            for page, target in lessons
            if has_markup(page.features) and rng.random() < self.markup_dropout
        ]

    def _without_context(self, lessons: list[Lesson]) -> list[Lesson]:
        """Rows of pages again, as if they were bare strings."""
        rng = np.random.default_rng(self.random_state)
        again = []
        for page, target in lessons:
            chosen = rng.random(len(page)) < self.context_dropout
            if page.has_context and chosen.any():
                taken = page.take(chosen)
                bare = without_context(taken.features)
                again.append(
                    (
                        replace(taken, features=bare, has_context=False),
                        target.take(chosen),
                    )
                )
        return again
