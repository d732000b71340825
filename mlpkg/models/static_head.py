"""The static member of the family: token vectors from a table, no encoder to run."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, ClassVar, Self

from mlpkg.embedding.static import StaticEncoder, TokenTable
from mlpkg.models.base import PageInput
from mlpkg.models.text_head import TextHead

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from mlpkg.embedding import Encoder, SentenceTransformerEncoder
    from mlpkg.models.text_reader import EncoderInTraining

__all__ = ["StaticHead"]


class StaticHead(TextHead):
    """Page head over the mean of token vectors, which learn with it.

    Parameters
    ----------
    width, vector_width, epochs, learning_rate, weight_decay, batch_pages, dropout, \
vector_dropout, feature_dropout, label_smoothing, holdout, patience
        As `PageHead` takes them.
    dimension
        Entries of a token's vector.
    encoder_learning_rate
        Highest learning rate of the token vectors.
    encoder_dropout
        Share of the tokens of a text hidden in training.
    teacher
        Name or folder of a model whose encoder gives the token vectors to begin
        with; None takes the encoder as it was published.

    Attributes
    ----------
    table_ : TokenTable
        The vectors, in eight bits.

    References
    ----------
    Tulkens and van Dongen, "Model2Vec: fast state-of-the-art static embeddings", 2024.
    """

    encoder_file: ClassVar[str] = "static.safetensors"

    def __init__(
        self,
        width: int = 128,
        *,
        vector_width: int = 128,
        epochs: int = 8,
        learning_rate: float = 0.004,
        weight_decay: float = 0.01,
        batch_pages: int = 8,
        dropout: float = 0.3,
        vector_dropout: float = 0.0,
        feature_dropout: float = 0.1,
        label_smoothing: float = 0.05,
        holdout: float = 0.0,
        patience: int = 3,
        dimension: int = 128,
        encoder_learning_rate: float = 0.002,
        encoder_dropout: float = 0.3,
        teacher: str | None = None,
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
        self.dimension = dimension
        self.encoder_learning_rate = encoder_learning_rate
        self.encoder_dropout = encoder_dropout
        self.teacher = teacher

    def encoder_arrays(self) -> dict[str, NDArray[Any]]:
        """Return the token vectors."""
        return self.table_.arrays()

    def restore_encoder(self, arrays: Mapping[str, NDArray[Any]]) -> Self:
        """Take back what `encoder_arrays` gave."""
        self.table_ = TokenTable.restore(arrays)
        self._tuned = None
        return self

    def _in_training(
        self, encoder: SentenceTransformerEncoder, inputs: Sequence[PageInput]
    ) -> EncoderInTraining:
        """Return the teacher's token vectors."""
        from mlpkg.models.static_table import StaticTable, distilled

        teacher: Encoder = encoder
        if self.teacher is not None:
            from mlpkg.models.store import load_model

            model = load_model(self.teacher, precision="float32")
            teacher = model.head_.tuned(model.encoder_object())
        vectors = distilled(teacher, encoder.tokenizer_file, self.dimension)
        return StaticTable(encoder.tokenizer_file, vectors, self.encoder_dropout)

    def _learned(self, encoder: SentenceTransformerEncoder) -> Encoder:
        """Return the table as an encoder."""
        return StaticEncoder(encoder.tokenizer_file, self.table_)
