"""Training and evaluation from configs."""

from __future__ import annotations

from mlpkg.training.evaluate import evaluate
from mlpkg.training.train import TrainResult, train

__all__ = ["TrainResult", "evaluate", "train"]
