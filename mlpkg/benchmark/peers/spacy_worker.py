"""spaCy: its text categoriser, trained from an empty English pipeline."""

from __future__ import annotations

import random
import tempfile
from typing import Any

from worker import folder_bytes, serve

# Settings of the component; the ensemble is spaCy's own default.
ARCHITECTURES: dict[str, dict[str, Any]] = {
    "ensemble": {},
    "bag-of-words": {
        "model": {
            "@architectures": "spacy.TextCatBOW.v3",
            "exclusive_classes": True,
            "length": 262144,
            "ngram_size": 2,
            "no_output_layer": False,
        }
    },
}


class Peer:
    """One text categoriser.

    Parameters
    ----------
    encoder
        Not used: spaCy has vectors of its own.
    architecture
        ``bag-of-words`` or ``ensemble``.
    epochs
        Passes over the texts.
    """

    def __init__(
        self, encoder: str = "", architecture: str = "bag-of-words", epochs: int = 8
    ) -> None:
        self.architecture = architecture
        self.epochs = epochs
        self.pipeline: Any = None
        self.names: list[str] = []

    def fit(self, texts: list[str], labels: list[str], seed: int) -> list[str]:
        """Train."""
        import spacy
        from spacy.training import Example
        from spacy.util import compounding, fix_random_seed, minibatch

        fix_random_seed(seed)
        shuffle = random.Random(seed)  # noqa: S311 (order of examples)
        self.pipeline = spacy.blank("en")
        config = ARCHITECTURES[self.architecture]
        head = self.pipeline.add_pipe("textcat", config=config)
        self.names = sorted(set(labels))
        for name in self.names:
            head.add_label(name)
        examples = [
            Example.from_dict(
                self.pipeline.make_doc(text),
                {"cats": {name: float(name == label) for name in self.names}},
            )
            for text, label in zip(texts, labels, strict=True)
        ]
        optimizer = self.pipeline.initialize(lambda: examples)
        for _ in range(self.epochs):
            shuffle.shuffle(examples)
            for batch in minibatch(examples, compounding(8.0, 64.0, 1.01)):
                self.pipeline.update(batch, sgd=optimizer, drop=0.2)
        return self.names

    def predict(self, texts: list[str]) -> list[list[float]]:
        """Return probabilities."""
        docs = self.pipeline.pipe(texts, batch_size=256)
        return [[doc.cats[name] for name in self.names] for doc in docs]

    def size(self) -> int:
        """Return the size of the saved pipeline."""
        with tempfile.TemporaryDirectory() as folder:
            self.pipeline.to_disk(folder)
            size: int = folder_bytes(folder)
        return size


if __name__ == "__main__":
    serve(Peer, "spacy", ["spacy", "spacy.training"])
