"""model2vec: static vectors distilled from an encoder, tuned with a small network.

van Dongen and Tulkens, https://github.com/MinishLab/model2vec. The distillation pins
an older transformers than ours, so the worker most often has its own environment.
"""

from __future__ import annotations

import tempfile
from typing import Any

from worker import folder_bytes, serve


class Peer:
    """One classifier of model2vec.

    Parameters
    ----------
    encoder
        Folder of the encoder that is distilled; its time counts as training.
    dimensions
        Length of the static vectors.
    max_epochs
        Most passes over the texts; it stops earlier where nothing gets better.
    """

    def __init__(
        self, encoder: str, dimensions: int = 256, max_epochs: int = 30
    ) -> None:
        self.encoder = encoder
        self.dimensions = dimensions
        self.max_epochs = max_epochs
        self.model: Any = None

    def fit(self, texts: list[str], labels: list[str], seed: int) -> Any:
        """Distil, then fit."""
        from model2vec.distill import distill
        from model2vec.train import StaticModelForClassification

        static = distill(self.encoder, pca_dims=self.dimensions)
        self.model = StaticModelForClassification.from_static_model(model=static)
        self.model.fit(
            texts, labels, max_epochs=self.max_epochs, random_seed=seed, device="cpu"
        )
        return self.model.classes

    def predict(self, texts: list[str]) -> Any:
        """Return probabilities."""
        return self.model.predict_proba(texts)

    def size(self) -> int:
        """Return the size of the saved model."""
        with tempfile.TemporaryDirectory() as folder:
            self.model.to_pipeline().save_pretrained(folder)
            size: int = folder_bytes(folder)
        return size


if __name__ == "__main__":
    serve(Peer, "model2vec", ["model2vec.distill", "model2vec.train"])
