"""Page heads that learn from the texts: what turns them into vectors learns too."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, ClassVar, Self

import numpy as np

from mlpkg.embedding import SentenceTransformerEncoder
from mlpkg.exceptions import ConfigError
from mlpkg.models.base import PageInput, Targets
from mlpkg.models.page_head import PageHead
from mlpkg.models.page_learning import Unit, hold_out, learn
from mlpkg.models.scaling import feature_moments

if TYPE_CHECKING:
    from mlpkg.embedding import Encoder
    from mlpkg.models.checkpoints import Checkpoints
    from mlpkg.models.text_reader import EncoderInTraining

__all__ = ["TextHead"]


class TextHead(PageHead):
    """Base of the heads that change the encoder, or put another in its place."""

    reads_vectors: ClassVar[bool] = False
    # Memory grows with the rows in a step: about 3.5 GB for eight pages of so many.
    learned_rows: ClassVar[int] = 192
    encoder_learning_rate: float
    # The encoder that was asked for last, and what it became.
    _tuned: tuple[Encoder, Encoder] | None = None

    def fit(
        self,
        inputs: Sequence[PageInput],
        targets: Sequence[Targets],
        *,
        random_state: int,
        encoder: Encoder | None = None,
        checkpoints: Checkpoints | None = None,
    ) -> Self:
        """Learn from pages, the encoder too."""
        import torch

        from mlpkg.models.text_reader import TextReader

        features = np.concatenate([page.features for page in inputs])
        self.mean_, self.scale_ = feature_moments(features)
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(random_state)
            learning = self._in_training(_plain(encoder), inputs)
            units = self._with_ids(inputs, targets, learning)
            network = self._network(units[0], learning.dimension)
            kept, held_out = hold_out(units, self.holdout, random_state)
            rates = [
                (learning, self.encoder_learning_rate),
                (network.to(learning.device), self.learning_rate),
            ]
            reader = TextReader(learning, network)
            course = self._course()
            learn(reader, rates, kept, held_out, course, random_state, checkpoints)
        self.network_ = network.cpu()
        return self.restore_encoder(learning.arrays())

    def tuned(self, encoder: Encoder) -> Encoder:
        """Return the encoder with what was learned; for the same, the same."""
        if self._tuned is None or self._tuned[0] is not encoder:
            self._tuned = encoder, self._learned(_plain(encoder))
        return self._tuned[1]

    @abstractmethod
    def _in_training(
        self, encoder: SentenceTransformerEncoder, inputs: Sequence[PageInput]
    ) -> EncoderInTraining:
        """Return what learns, as it is before it has learned."""

    @abstractmethod
    def _learned(self, encoder: SentenceTransformerEncoder) -> Encoder:
        """Return an encoder with what was learned."""

    def _with_ids(
        self,
        inputs: Sequence[PageInput],
        targets: Sequence[Targets],
        learning: EncoderInTraining,
    ) -> list[Unit]:
        """Cut the inputs into units with the token ids of their rows."""
        ids = iter(learning.token_ids([text for page in inputs for text in page.texts]))
        return [
            replace(unit, texts=[next(ids) for _ in unit.weights])
            for unit in self._units(inputs, targets)
        ]


def _plain(encoder: Encoder | None) -> SentenceTransformerEncoder:
    """Return the encoder behind one that remembers; refuse what cannot be tuned."""
    encoder = getattr(encoder, "encoder", encoder)
    if not isinstance(encoder, SentenceTransformerEncoder):
        raise ConfigError(
            f"{type(encoder).__name__} cannot be tuned; expected a "
            "SentenceTransformerEncoder, or take a head that leaves the encoder as it "
            "is (page, linear)"
        )
    return encoder
