"""``mlpkg doctor``: what this machine has, and how fast it is."""

from __future__ import annotations

import json
import time
from typing import Annotated, Any

import typer

__all__ = ["doctor_cli"]

# Segments of the speed probe; enough for a second or two in float32.
PROBE = 256


def doctor_cli(
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
    probe: Annotated[
        bool, typer.Option("--probe/--no-probe", help="Measure the encoder's speed.")
    ] = True,
) -> None:
    """Print versions, device, threads, caches, encoder, model and a speed probe."""
    facts = _facts()
    if probe:
        facts["speed"] = _probe()
    if as_json:
        typer.echo(json.dumps(facts))
        return
    for section, values in facts.items():
        typer.echo(f"{section}:")
        for key, value in values.items():
            typer.echo(f"  {key}: {value}")


def _facts() -> dict[str, dict[str, Any]]:
    """Collect everything that needs no computing."""
    import torch

    from mlpkg.bulk.machine import choose_crew
    from mlpkg.embedding import EmbeddingCache, SentenceTransformerEncoder
    from mlpkg.embedding.precision import resolve
    from mlpkg.models.store import MODELS, read_manifest
    from mlpkg.tracking.provenance import machine, versions

    encoder = SentenceTransformerEncoder()
    device, precision = resolve("auto", "auto")
    cache = EmbeddingCache().info()
    crew = choose_crew()
    manifest = read_manifest(MODELS["default"])
    return {
        "versions": versions(),
        "machine": machine(),
        "computing": {
            "device": device,
            "precision": precision,
            "threads": torch.get_num_threads(),
            "bulk_workers": crew.workers,
            "threads_of_a_bulk_worker": crew.threads,
        },
        "encoder": {
            "name": encoder.name,
            "weights_sha256": encoder.weights_sha256,
            "as_trained": encoder.weights_sha256
            == manifest["encoder"]["weights_sha256"],
        },
        "model": {
            "name": manifest["name"],
            "head": manifest["head"]["kind"],
            "data_fingerprint": manifest["data_fingerprint"][:12],
        },
        "cache": {
            "path": str(cache.path),
            "vectors": cache.vectors,
            "megabytes": round(cache.bytes / 1e6, 1),
        },
    }


def _probe() -> dict[str, Any]:
    """Classify part of the corpus, once warm, and time the stages."""
    from mlpkg.data.corpus import load_corpus
    from mlpkg.features import page_features
    from mlpkg.models.store import load_model

    classifier = load_model()
    pages = [labelled.page for labelled in load_corpus("validation")]
    texts = sorted({text for page in pages for text in page.texts})[:PROBE]
    encoder = classifier.encoder_object()
    started = time.perf_counter()
    classifier.predict(texts[:1])
    loaded = time.perf_counter()
    encoder.encode(texts)
    encoded = time.perf_counter()
    rows = sum(len(page_features(page)) for page in pages)
    described = time.perf_counter()
    return {
        "load_s": round(loaded - started, 2),
        "encoded_segments_per_s": round(len(texts) / (encoded - loaded)),
        "described_segments_per_s": round(rows / (described - encoded)),
    }
