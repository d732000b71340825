"""SetFit: contrastive tuning of an encoder on few sentences, then logistic regression.

Tunstall et al. 2022, "Efficient Few-Shot Learning Without Prompts", arXiv:2209.11055.
"""

from __future__ import annotations

import tempfile
from typing import Any

from worker import folder_bytes, serve


class Peer:
    """One SetFit model.

    Parameters
    ----------
    encoder
        Folder of the encoder.
    max_steps, batch_size
        Steps of the contrastive tuning, and pairs in each.
    """

    def __init__(
        self, encoder: str, max_steps: int = 400, batch_size: int = 16
    ) -> None:
        from setfit import SetFitModel

        self.model = SetFitModel.from_pretrained(encoder, local_files_only=True)
        self.max_steps = max_steps
        self.batch_size = batch_size

    def fit(self, texts: list[str], labels: list[str], seed: int) -> list[str]:
        """Tune and fit."""
        from datasets import Dataset
        from setfit import Trainer, TrainingArguments

        names = sorted(set(labels))
        data = Dataset.from_dict(
            {"text": texts, "label": [names.index(label) for label in labels]}
        )
        with tempfile.TemporaryDirectory() as folder:
            arguments = TrainingArguments(
                output_dir=folder,
                batch_size=self.batch_size,
                max_steps=self.max_steps,
                seed=seed,
                save_strategy="no",
                report_to="none",
                show_progress_bar=False,
            )
            Trainer(model=self.model, args=arguments, train_dataset=data).train()
        return names

    def predict(self, texts: list[str]) -> Any:
        """Return probabilities."""
        return self.model.predict_proba(texts, as_numpy=True, show_progress_bar=False)

    def size(self) -> int:
        """Return the size of the saved model."""
        with tempfile.TemporaryDirectory() as folder:
            self.model.save_pretrained(folder)
            size: int = folder_bytes(folder)
        return size


if __name__ == "__main__":
    serve(Peer, "setfit", ["setfit"])
