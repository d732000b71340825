"""mlpkg's own classifiers: an experiment that is trained, a model that is ready."""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np

from mlpkg.benchmark.classifiers.base import (
    Classifier,
    MissingClassifierError,
    Unlabelled,
)
from mlpkg.benchmark.classifiers.vectors import folder_bytes
from mlpkg.benchmark.stopwatch import Stopwatch
from mlpkg.config import load_config
from mlpkg.config.objects import make_classifier
from mlpkg.data.gold import GoldPage
from mlpkg.data.splits import articles_of
from mlpkg.exceptions import DataError, EncoderNotFoundError, ModelNotFoundError
from mlpkg.labels import LabelScheme
from mlpkg.models.store import load_model, locate_model, save_model
from mlpkg.training.fitting import fit_on_gold

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from mlpkg.embedding import Encoder
    from mlpkg.models import SentenceClassifier

__all__ = ["Experiment", "ReadyModel"]

_IMPORTS = ("torch", "tokenizers", "safetensors", "sklearn.linear_model")


class _OwnClassifier(Classifier):
    """What a fitted `SentenceClassifier` answers, its stages timed."""

    imports: ClassVar[tuple[str, ...]] = _IMPORTS
    model: SentenceClassifier

    def predict_proba(
        self, pages: Sequence[Unlabelled], watch: Stopwatch
    ) -> list[NDArray[np.float64]]:
        """Judge pages as pages, and segments without context as strings."""
        _forget_texts()
        started = watch.seconds.copy()
        with watch.stage("all"), _timed_parts(self.model, watch):
            found = self._judge(pages)
        spent = {k: watch.seconds.get(k, 0.0) - started.get(k, 0.0) for k in _PARTS}
        watch.add("features", watch.seconds.pop("all") - sum(spent.values()))
        return found

    def _judge(self, pages: Sequence[Unlabelled]) -> list[NDArray[np.float64]]:
        """Return an array a page, in the order of the pages."""
        paged = [asked.page for asked in pages if asked.has_context]
        texts = [
            t for asked in pages if not asked.has_context for t in asked.page.texts
        ]
        answers = iter(self.model.predict_pages(paged))
        bare = self.model.predict_proba(texts) if texts else np.empty((0, 0))
        found = []
        used = 0
        for asked in pages:
            if asked.has_context:
                found.append(next(answers))
            else:
                found.append(bare[used : used + len(asked.page)])
                used += len(asked.page)
        return found

    def _encoder_bytes(self) -> int:
        """Return the size of the encoder's folder; its own one has none."""
        folder = getattr(_encoder_of(self.model), "folder", None)
        return folder_bytes(folder) if isinstance(folder, Path) else 0


_PARTS = ("embed", "head")


def _encoder_of(model: SentenceClassifier) -> Encoder:
    """Return the encoder that a fitted model judges with."""
    return model.head_.tuned(model.encoder_object())


def _forget_texts() -> None:
    """Empty the caches of the features: what an earlier pass left is no fair start."""
    for name, module in list(sys.modules.items()):
        if name.startswith("mlpkg.features."):
            for value in list(vars(module).values()):
                if hasattr(value, "cache_clear"):
                    value.cache_clear()


class _timed_parts:  # noqa: N801 (a context manager, named as a function)
    """Time encoder and head of a classifier while the block runs."""

    def __init__(self, model: SentenceClassifier, watch: Stopwatch) -> None:
        self.parts: list[tuple[Any, str, str]] = [
            (_encoder_of(model), "encode", "embed"),
            (model.head_, "logits", "head"),
        ]
        self.watch = watch

    def __enter__(self) -> None:
        # An attribute of the object stands before the method of its class.
        for owner, method, stage in self.parts:
            setattr(owner, method, self.watch.timed(stage, getattr(owner, method)))

    def __exit__(self, *_: object) -> None:
        for owner, method, _stage in self.parts:
            vars(owner).pop(method, None)


class Experiment(_OwnClassifier):
    """The experiment of a config, trained on the pages of the benchmark.

    Parameters
    ----------
    config
        Name of a shipped config, or a file. What it says of data is not looked at.
    set
        Overrides, as ``--set`` takes them.
    """

    def __init__(self, config: str, set: Sequence[str] = ()) -> None:
        # Vectors from the cache would cost nothing.
        self.config = load_config(config, [*set, "encoder.cache=false"])

    def fit(self, pages: Sequence[GoldPage], scheme: LabelScheme, seed: int) -> None:
        """Train, with as many calibration folds as there are articles for."""
        config = self.config.model_copy(update={"seed": seed})
        self.model = make_classifier(config)
        n_articles = len(set(articles_of(pages)))
        folds = min(config.training.folds, n_articles)
        self.model.set_params(folds=folds if folds > 1 else 0)
        fit_on_gold(self.model, pages, scheme)
        self.classes = tuple(str(name) for name in self.model.classes_)

    def size_bytes(self) -> int:
        """Return the size of the model folder and of the encoder."""
        with tempfile.TemporaryDirectory() as folder:
            save_model(self.model, Path(folder))
            return folder_bytes(Path(folder)) + self._encoder_bytes()


class ReadyModel(_OwnClassifier):
    """A model folder, or a model that comes with mlpkg.

    Parameters
    ----------
    model
        Its folder or name.
    precision
        As `mlpkg.load_model` takes it.
    """

    learns: ClassVar[bool] = False

    def __init__(self, model: str, precision: str = "auto") -> None:
        try:
            self.folder = locate_model(model)
            self.model = load_model(model, precision=precision)
        except (ModelNotFoundError, EncoderNotFoundError) as error:
            raise MissingClassifierError(f"missing: {error}") from error
        self.classes = tuple(str(name) for name in self.model.classes_)

    def fit(self, pages: Sequence[GoldPage], scheme: LabelScheme, seed: int) -> None:
        """Refuse: the model is trained."""
        raise DataError(f"{self.folder}: the model is ready made and learns no more")

    def size_bytes(self) -> int:
        """Return the size of the model folder and of the encoder."""
        return folder_bytes(self.folder) + self._encoder_bytes()
