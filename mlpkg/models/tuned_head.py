"""The tuned member of the family: the encoder learns together with the page head."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, ClassVar, Self

from mlpkg.embedding import SentenceTransformerEncoder
from mlpkg.embedding.delta import Delta
from mlpkg.models.base import PageInput
from mlpkg.models.text_head import TextHead

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from mlpkg.embedding import Encoder
    from mlpkg.models.text_reader import EncoderInTraining

__all__ = ["TunedHead"]


class TunedHead(TextHead):
    """Page head over an encoder that is tuned with it, by low-rank changes.

    Parameters
    ----------
    width, vector_width, epochs, learning_rate, weight_decay, batch_pages, dropout, \
vector_dropout, feature_dropout, label_smoothing, holdout, patience
        As `PageHead` takes them.
    rank
        Rank of the change of each of the encoder's matrices.
    encoder_learning_rate
        Highest learning rate of the encoder.
    encoder_dropout
        Share of the encoder's hidden units hidden in training.

    Attributes
    ----------
    delta_ : Delta
        What tuning changed in the encoder.

    Notes
    -----
    404 pages took 2.5 minutes an epoch on two cores with bfloat16. A training with
    checkpoints goes on after the last whole epoch.

    References
    ----------
    Hu et al., "LoRA: low-rank adaptation of large language models", ICLR 2022.
    """

    encoder_file: ClassVar[str] = "delta.safetensors"

    def __init__(
        self,
        width: int = 128,
        *,
        vector_width: int = 128,
        epochs: int = 4,
        learning_rate: float = 0.003,
        weight_decay: float = 0.01,
        batch_pages: int = 8,
        dropout: float = 0.3,
        vector_dropout: float = 0.3,
        feature_dropout: float = 0.1,
        label_smoothing: float = 0.05,
        holdout: float = 0.0,
        patience: int = 2,
        rank: int = 16,
        encoder_learning_rate: float = 0.0005,
        encoder_dropout: float = 0.1,
    ) -> None:
        super().__init__(
            width,
            vector_width=vector_width,
            epochs=epochs,
            learning_rate=learning_rate,
            weight_decay=weight_decay,
            batch_pages=batch_pages,
            dropout=dropout,
            vector_dropout=vector_dropout,
            feature_dropout=feature_dropout,
            label_smoothing=label_smoothing,
            holdout=holdout,
            patience=patience,
        )
        self.rank = rank
        self.encoder_learning_rate = encoder_learning_rate
        self.encoder_dropout = encoder_dropout

    def encoder_arrays(self) -> dict[str, NDArray[Any]]:
        """Return the encoder's changes."""
        return dict(self.delta_.arrays)

    def restore_encoder(self, arrays: Mapping[str, NDArray[Any]]) -> Self:
        """Take back what `encoder_arrays` gave."""
        self.delta_ = Delta(arrays)
        self._tuned = None
        return self

    def _in_training(
        self, encoder: SentenceTransformerEncoder, inputs: Sequence[PageInput]
    ) -> EncoderInTraining:
        """Return the published weights with changes that are nothing yet."""
        from mlpkg.models.tuned_encoder import TunedEncoder

        return TunedEncoder(encoder.tunable(), self.rank, self.encoder_dropout)

    def _learned(self, encoder: SentenceTransformerEncoder) -> Encoder:
        """Return the encoder with the changes."""
        return encoder.with_delta(self.delta_)
