"""Sentence vectors with logistic regression: the encoder's, and static ones."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

import numpy as np

from mlpkg.benchmark.classifiers.base import TextClassifier
from mlpkg.benchmark.stopwatch import Stopwatch
from mlpkg.embedding import SentenceTransformerEncoder

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = [
    "StaticVectors",
    "VectorClassifier",
    "encoder_vectors",
    "folder_bytes",
    "static_vectors",
]

_WORD_VECTORS = "embeddings.word_embeddings.weight"
Embed = Callable[[Sequence[str]], "NDArray[np.float32]"]


class VectorClassifier(TextClassifier):
    """Logistic regression over vectors of texts.

    Parameters
    ----------
    embed
        From texts to vectors, shape (n_texts, dimension).
    n_bytes
        What they take on disk.
    C
        Inverse strength of the penalty.
    """

    imports: ClassVar[tuple[str, ...]] = (
        "torch",
        "tokenizers",
        "safetensors",
        "sklearn.linear_model",
    )

    def __init__(self, embed: Embed, n_bytes: int, C: float) -> None:
        self.embed = embed
        self.n_bytes = n_bytes
        self.C = C

    def fit_texts(self, texts: list[str], labels: list[str], seed: int) -> None:
        """Embed and fit."""
        from sklearn.linear_model import LogisticRegression

        self._head = LogisticRegression(C=self.C, max_iter=1000)
        self._head.fit(self.embed(texts), labels)
        self.classes = tuple(str(name) for name in self._head.classes_)

    def texts_proba(self, texts: list[str], watch: Stopwatch) -> NDArray[np.float64]:
        """Embed and judge."""
        with watch.stage("embed"):
            vectors = self.embed(texts)
        with watch.stage("head"):
            return np.asarray(self._head.predict_proba(vectors), dtype=np.float64)

    def size_bytes(self) -> int:
        """Return the size of what makes the vectors and of the coefficients."""
        return self.n_bytes + int(self._head.coef_.nbytes)


class StaticVectors:
    """Mean of the input vectors of a text's tokens: an encoder without its layers.

    Parameters
    ----------
    folder
        An encoder of the BERT kind, with safetensors weights.
    """

    def __init__(self, folder: Path) -> None:
        from safetensors import safe_open
        from tokenizers import Tokenizer

        weights = folder / "model.safetensors"
        with safe_open(weights, "numpy") as file:
            name = next(key for key in file.keys() if key.endswith(_WORD_VECTORS))  # noqa: SIM118 (a file, not a mapping)
            self.table = file.get_tensor(name).astype(np.float32)
        self.tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
        self.tokenizer.no_padding()
        self.tokenizer.no_truncation()

    def __call__(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Return unit vectors; zeros for a text without tokens."""
        found = np.zeros((len(texts), self.table.shape[1]), dtype=np.float32)
        safe = [text.encode("utf-8", "replace").decode() for text in texts]
        tokens = self.tokenizer.encode_batch_fast(safe, add_special_tokens=False)
        for row, encoding in enumerate(tokens):
            if encoding.ids:
                found[row] = self.table[encoding.ids].mean(axis=0)
        norms = np.linalg.norm(found, axis=1, keepdims=True)
        unit: NDArray[np.float32] = found / np.maximum(norms, np.finfo(np.float32).tiny)
        return unit


def encoder_vectors(
    encoder: str = "minilm", precision: str = "auto", C: float = 10.0
) -> VectorClassifier:
    """Make logistic regression over an encoder's sentence vectors."""
    made = SentenceTransformerEncoder(encoder, precision=precision)
    return VectorClassifier(made.encode, folder_bytes(made.folder), C)


def static_vectors(encoder: str = "minilm", C: float = 10.0) -> VectorClassifier:
    """Make logistic regression over means of an encoder's input vectors.

    Of the encoder it needs the table of word vectors and the tokenizer alone.
    """
    folder = SentenceTransformerEncoder(encoder).folder
    embed = StaticVectors(folder)
    tokenizer = (folder / "tokenizer.json").stat().st_size
    return VectorClassifier(embed, int(embed.table.nbytes) + tokenizer, C)


def folder_bytes(folder: Path) -> int:
    """Add up the sizes of the files of a folder."""
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())
