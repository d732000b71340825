"""What trains one head: the rows of the pages, and a share of them without context."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from mlpkg.features import without_context
from mlpkg.models.base import Head, PageInput, Targets
from mlpkg.models.heads import make_head

__all__ = ["Trainer"]


class Trainer:
    """Trains one head on inputs, with context dropped for a share of the rows."""

    def __init__(self, model: str | Head, dropout: float, random_state: int) -> None:
        self.model = model
        self.dropout = dropout
        self.random_state = random_state

    def __call__(self, inputs: Sequence[PageInput], targets: Sequence[Targets]) -> Head:
        """Return a fresh head that has learned from the inputs."""
        inputs, targets = list(inputs), list(targets)
        bare = self._without_context(inputs, targets)
        if bare is not None:
            inputs.append(bare[0])
            targets.append(bare[1])
        head = make_head(self.model)
        return head.fit(inputs, targets, random_state=self.random_state)

    def _without_context(
        self, inputs: list[PageInput], targets: list[Targets]
    ) -> tuple[PageInput, Targets] | None:
        """Rows of pages again, as if they were bare strings."""
        paged = [(i, t) for i, t in zip(inputs, targets, strict=True) if i.has_context]
        if not self.dropout or not paged:
            return None
        rng = np.random.default_rng(self.random_state)
        size = sum(len(i) for i, _ in paged)
        chosen = rng.random(size) < self.dropout
        vectors = np.concatenate([i.vectors for i, _ in paged])[chosen]
        features = np.concatenate([i.features for i, _ in paged])[chosen]
        allowed = np.concatenate([t.allowed for _, t in paged])[chosen]
        weights = np.concatenate([t.weights for _, t in paged])[chosen]
        return (
            PageInput(vectors, without_context(features), has_context=False),
            Targets(allowed, weights),
        )
