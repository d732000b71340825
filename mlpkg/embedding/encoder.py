"""The encoder that models use: any sentence-transformers model, weights held apart.

The object itself is light (names and options); weights are loaded once a process
into a table beside it, so that clones and pickles carry none.
"""

from __future__ import annotations

import hashlib
import logging
import sqlite3
from collections.abc import Sequence
from copy import copy
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from mlpkg.embedding.base import LoadedEncoder
from mlpkg.embedding.bert import BertEncoder, is_plain_bert
from mlpkg.embedding.cache import EmbeddingCache
from mlpkg.embedding.delta import Delta
from mlpkg.embedding.library import LibraryEncoder
from mlpkg.embedding.location import BUNDLED, locate, weights_digest
from mlpkg.embedding.precision import require_device, resolve
from mlpkg.exceptions import ConfigError

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["SentenceTransformerEncoder"]

logger = logging.getLogger(__name__)

_loaded: dict[tuple[Path, str, str, int | None, str], LoadedEncoder] = {}

# Files beside the weights that change a vector; each module has a folder of its own
# ("1_Pooling"), whose settings and weights count too.
_SETTINGS = (
    "config.json",
    "config_sentence_transformers.json",
    "modules.json",
    "sentence_bert_config.json",
    "special_tokens_map.json",
    "tokenizer.json",
    "tokenizer_config.json",
    "vocab.txt",
)
_MODULE_FILES = "[0-9]*_*/*"


class SentenceTransformerEncoder:
    """Unit sentence vectors from a sentence-transformers model.

    Parameters
    ----------
    name
        ``minilm`` (all-MiniLM-L6-v2, bundled), a local folder, or a hub name.
    revision
        Commit of a hub model.
    device
        ``auto`` (cuda where there is one, else cpu), ``cpu``, ``cuda``, ``cuda:N`` or
        ``mps``; others, ``cpu:0`` and ``xpu`` too, are refused at first use.
    precision
        ``auto`` (bfloat16 on ``cpu`` and ``cuda`` where the hardware computes it, else
        ``float32``), ``float32`` or ``bfloat16``.
    max_length
        Most tokens of a text, None for the model's own limit (256 for ``minilm``);
        longer texts are cut, counted in `truncated` and reported.
    batch_size
        Most texts in one batch.
    cache
        Whether vectors are kept in the embedding cache.
    download
        Whether a hub model that is not on this machine may be fetched.
    delta
        What tuning changed in the weights, None for the published ones; only a BERT
        with mean pooling, as ``minilm`` is, can be tuned.

    Attributes
    ----------
    truncated : int
        Distinct texts that were cut since the object was made.

    Raises
    ------
    EncoderNotFoundError
        At first use, when the model is not on this machine.

    Notes
    -----
    MiniLM: Wang et al. 2020, arXiv:2002.10957; sentence vectors: Reimers and
    Gurevych 2019, arXiv:1908.10084. In bfloat16 a vector moves with its batch by up
    to 0.0024 an element; the cosine to float32 stays above 0.999.

    Examples
    --------
    >>> SentenceTransformerEncoder("minilm", precision="float32").name
    'minilm'
    """

    def __init__(
        self,
        name: str = BUNDLED,
        *,
        revision: str | None = None,
        device: str = "auto",
        precision: str = "auto",
        max_length: int | None = None,
        batch_size: int = 64,
        cache: bool = False,
        download: bool = False,
        delta: Delta | None = None,
    ) -> None:
        self.name = name
        self.revision = revision
        self.device = device
        self.precision = precision
        self.max_length = max_length
        self.batch_size = batch_size
        self.cache = cache
        self.download = download
        self.delta = delta
        self.truncated = 0

    def __repr__(self) -> str:
        return (
            f"SentenceTransformerEncoder({self.name!r}, device={self.device!r}, "
            f"precision={self.precision!r})"
        )

    @property
    def folder(self) -> Path:
        """Folder of the model's files."""
        return locate(self.name, self.revision, download=self.download)

    @property
    def weights_sha256(self) -> str:
        """Digest of the weights file."""
        return weights_digest(self.folder)

    @property
    def computed_precision(self) -> str:
        """Number format on this machine, ``auto`` resolved."""
        return resolve(self.device, self.precision)[1]

    @property
    def fingerprint(self) -> str:
        """Digest of weights, settings, tokenizer, modules and length limit."""
        folder = self.folder
        digest = hashlib.sha256(self.weights_sha256.encode())
        settings = [folder / name for name in _SETTINGS]
        for path in (*settings, *sorted(folder.glob(_MODULE_FILES))):
            if path.is_file():
                content = hashlib.sha256(path.read_bytes()).hexdigest()
                digest.update(
                    f"{path.relative_to(folder).as_posix()} {content}\n".encode()
                )
        digest.update(f"max_length={self.max_length} normalised".encode())
        if self.delta is not None:
            digest.update(self.delta.sha256.encode())
        return digest.hexdigest()

    @property
    def dimension(self) -> int:
        """Length of a vector; loads the weights."""
        return self._handle().dimension

    @property
    def tokenizer_file(self) -> Path:
        """The ``tokenizer.json`` of the model."""
        return self.folder / "tokenizer.json"

    def with_delta(self, delta: Delta) -> SentenceTransformerEncoder:
        """Return the same encoder with tuned weights."""
        tuned = copy(self)
        tuned.delta = delta
        tuned.truncated = 0
        return tuned

    def tunable(self) -> BertEncoder:
        """Return the published weights in float32, as tuning starts from them.

        Raises
        ------
        ConfigError
            The encoder is of a kind that cannot be tuned.
        """
        device, _ = resolve(self.device, self.precision)
        require_device(device)
        _require_plain_bert(self.folder)
        return BertEncoder(self.folder, device, "float32", self.max_length)

    def encode(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Turn texts into unit vectors; each distinct text is computed once.

        Parameters
        ----------
        texts
            Any strings; an empty list is fine.

        Returns
        -------
        ndarray of shape (n_texts, dimension), float32
            Rows of length 1.
        """
        distinct = list(dict.fromkeys(texts))
        if not distinct:
            return np.empty((0, self.dimension), dtype=np.float32)
        vectors = self._distinct(distinct)
        row = {text: i for i, text in enumerate(distinct)}
        return vectors[[row[text] for text in texts]]

    def _distinct(self, texts: list[str]) -> NDArray[np.float32]:
        """Vectors of distinct texts, from the cache as far as it knows them."""
        if not self.cache:
            return self._compute(texts)
        cache = _ForgivingCache()
        device, precision = resolve(self.device, self.precision)
        namespace = f"{self.fingerprint}/{precision}/{device.split(':')[0]}"
        known = cache.get(namespace, texts)
        missing = [text for text in texts if text not in known]
        if missing:
            computed = self._compute(missing)
            cache.put(namespace, missing, computed)
            known.update(zip(missing, computed, strict=True))
        return np.stack([known[text] for text in texts])

    def _compute(self, texts: list[str]) -> NDArray[np.float32]:
        """Vectors from the model, normalised in float32."""
        safe = [text.encode("utf-8", "replace").decode() for text in texts]
        vectors, truncated = self._handle().embed(safe, self.batch_size)
        if truncated:
            self.truncated += truncated
            logger.warning(
                "%d of %d texts have more tokens than %s takes and were cut",
                truncated,
                len(texts),
                self.name,
            )
        norms = np.linalg.norm(vectors, axis=1, keepdims=True)
        unit: NDArray[np.float32] = vectors / np.maximum(
            norms, np.finfo(np.float32).tiny
        )
        return unit

    def _handle(self) -> LoadedEncoder:
        """Weights in memory, loaded at first use."""
        folder = self.folder
        device, precision = resolve(self.device, self.precision)
        delta = self.delta.sha256 if self.delta else ""
        key = (folder, device, precision, self.max_length, delta)
        if key not in _loaded:
            require_device(device)
            _loaded[key] = self._load(folder, device, precision)
        return _loaded[key]

    def _load(self, folder: Path, device: str, precision: str) -> LoadedEncoder:
        """Load the weights."""
        kind = BertEncoder if is_plain_bert(folder) else LibraryEncoder
        logger.info(
            "loading %s (%s, %s) by %s", folder.name, device, precision, kind.__name__
        )
        if self.delta is None:
            return kind(folder, device, precision, self.max_length)
        _require_plain_bert(folder)
        return BertEncoder(folder, device, precision, self.max_length, self.delta)


def _require_plain_bert(folder: Path) -> None:
    """Refuse to tune what this package does not compute itself."""
    if not is_plain_bert(folder):
        raise ConfigError(
            f"{folder.name} is no BERT with mean pooling, and only such an encoder can "
            "be tuned; leave it as it is (model.kind: page) or take another encoder"
        )


class _ForgivingCache:
    """The cache, or nothing where its file is damaged or held for too long."""

    def __init__(self) -> None:
        self.cache = EmbeddingCache()

    def get(
        self, namespace: str, texts: Sequence[str]
    ) -> dict[str, NDArray[np.float32]]:
        """Return what is known; nothing when the cache cannot be read."""
        try:
            return self.cache.get(namespace, texts)
        except sqlite3.Error as error:
            self._tell("read", error)
            return {}

    def put(
        self, namespace: str, texts: Sequence[str], vectors: NDArray[np.float32]
    ) -> None:
        """Store vectors; the work goes on when the cache cannot be written."""
        try:
            self.cache.put(namespace, texts, vectors)
        except sqlite3.Error as error:
            self._tell("written", error)

    def _tell(self, what: str, error: sqlite3.Error) -> None:
        """Log what is wrong and what helps."""
        logger.warning(
            "the embedding cache %s cannot be %s (%s); vectors are computed anew. "
            "Remove the file if it is damaged",
            self.cache.path,
            what,
            error,
        )
