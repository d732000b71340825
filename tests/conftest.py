"""Fixtures that several test files need: encoder, pages, reference folder."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Sequence
from pathlib import Path
from zlib import crc32

import numpy as np
import pytest
from hypothesis import settings
from numpy.typing import NDArray

import mlpkg
from mlpkg.articles import normalise
from mlpkg.data.page_format import PageFile, read_page
from mlpkg.embedding.location import locate
from mlpkg.records import Article, Page
from mlpkg.segmentation import Segmenter

# No test measures time, and the first example of a property pays for imports.
settings.register_profile("mlpkg", deadline=None)
settings.load_profile("mlpkg")


MODULES = [
    {"idx": 0, "name": "0", "path": "", "type": "Transformer"},
    {"idx": 1, "name": "1", "path": "1_Pooling", "type": "Pooling"},
]


class TinyEncoder:
    """Unit vectors from hashed character trigrams: seeded, fast, without weights."""

    dimension = 32

    def __init__(self, seed: int = 0) -> None:
        self.seed = seed

    @property
    def fingerprint(self) -> str:
        return f"tiny-{self.seed}"

    def encode(self, texts: Sequence[str]) -> NDArray[np.float32]:
        vectors = np.zeros((len(texts), self.dimension), dtype=np.float32)
        for vector, text in zip(vectors, texts, strict=True):
            padded = f"  {text.lower()} "
            for i in range(len(padded) - 2):
                trigram = f"{self.seed}{padded[i : i + 3]}"
                code = crc32(trigram.encode("utf-8", "surrogatepass"))
                vector[code % self.dimension] += 1 if code & 1024 else -1
            if not vector.any():
                vector[0] = 1
            vector /= np.linalg.norm(vector)
        return vectors


@pytest.fixture
def tiny_encoder() -> TinyEncoder:
    """An encoder for tests that need vectors but no meaning."""
    return TinyEncoder()


@pytest.fixture(scope="session")
def make_page() -> Callable[..., Page]:
    """Cut a plain text into a page: ``make_page(text, page_id="a")``."""

    def make(text: str, page_id: str = "a") -> Page:
        return Segmenter().segment(Article(page_id, normalise(text)))

    return make


@pytest.fixture(scope="session")
def make_record() -> Callable[..., bytes]:
    """Write a WARC record by hand: ``make_record("<p>…", n=2)``."""

    def make(
        page: str | bytes = "",
        *,
        n: int = 1,
        kind: str = "response",
        head: str = "HTTP/1.1 200 OK\r\nContent-Type: text/html",
        content_type: str = "application/http",
        url: str = "https://news.example/{n}",
        more: str = "",
    ) -> bytes:
        body = page.encode() if isinstance(page, str) else page
        block = (head.encode() + b"\r\n\r\n" if head else b"") + body
        header = [
            "WARC/1.0",
            f"WARC-Type: {kind}",
            f"WARC-Target-URI: {url.format(n=n)}",
            "WARC-Date: 2024-01-02T03:04:05Z",
            f"WARC-Record-ID: <urn:uuid:{n}>",
            f"Content-Type: {content_type}",
            f"Content-Length: {len(block)}",
            *filter(None, [more]),
        ]
        return "\r\n".join(header).encode() + b"\r\n\r\n" + block + b"\r\n\r\n"

    return make


@pytest.fixture(scope="session")
def corpus() -> dict[str, PageFile]:
    """The bundled corpus by file name."""
    folder = Path(mlpkg.__file__).parent / "bundled" / "corpus"
    return {path.name: read_page(path) for path in sorted(folder.glob("*.page"))}


@pytest.fixture(scope="session")
def shared() -> Path:
    """The reference folder beside the checkout; tests that use it are marked."""
    folder = Path(__file__).parents[2] / "shared"
    if not folder.is_dir():
        pytest.skip("needs the reference folder 'shared' beside the checkout")
    return folder


@pytest.fixture
def library_folder(tmp_path: Path) -> Callable[..., Path]:
    """Save a tiny random model in the layout of sentence-transformers."""
    pytest.importorskip("sentence_transformers")
    import torch
    from transformers import BertConfig, BertModel, DistilBertConfig, DistilBertModel

    def save(kind: str, pooling: str) -> Path:
        torch.manual_seed(0)
        folder = tmp_path / f"{kind}-{pooling}"
        size = {"vocab_size": 30522, "max_position_embeddings": 48}
        model = (
            DistilBertModel(
                DistilBertConfig(**size, dim=16, n_layers=1, n_heads=2, hidden_dim=32)
            )
            if kind == "distilbert"
            else BertModel(
                BertConfig(
                    **size,
                    hidden_size=16,
                    num_hidden_layers=1,
                    num_attention_heads=2,
                    intermediate_size=32,
                )
            )
        )
        model.save_pretrained(folder)
        for name in ("tokenizer.json", "tokenizer_config.json", "vocab.txt"):
            shutil.copy(locate("minilm") / name, folder)
        modules = [
            module | {"type": f"sentence_transformers.models.{module['type']}"}
            for module in MODULES
        ]
        (folder / "modules.json").write_text(json.dumps(modules))
        (folder / "sentence_bert_config.json").write_text('{"max_seq_length": 32}')
        (folder / "1_Pooling").mkdir()
        (folder / "1_Pooling" / "config.json").write_text(
            json.dumps(
                {"word_embedding_dimension": 16, f"pooling_mode_{pooling}": True}
            )
        )
        return folder

    return save
