"""From texts to sentence vectors."""

from __future__ import annotations

from mlpkg.embedding.base import Encoder
from mlpkg.embedding.cache import EmbeddingCache
from mlpkg.embedding.encoder import SentenceTransformerEncoder

__all__ = ["EmbeddingCache", "Encoder", "SentenceTransformerEncoder"]
