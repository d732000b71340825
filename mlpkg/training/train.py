"""Training from a config: one call, one run folder."""

from __future__ import annotations

import logging
import os
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from mlpkg.calibration import softmax
from mlpkg.config import CORPUS_PREFIX, Config, config_hash, load_config, to_yaml
from mlpkg.config.objects import make_classifier, make_gold, make_scheme
from mlpkg.data.gold import GoldPage, data_fingerprint, segment_labels
from mlpkg.evaluation import Evaluation, evaluate_labels
from mlpkg.labels import CODEBOOK_VERSION
from mlpkg.models.store import save_model
from mlpkg.tracking import RunFolder
from mlpkg.training.card import model_card
from mlpkg.training.evaluate import Judged, judge, judge_probabilities

if TYPE_CHECKING:
    from mlpkg.labels import LabelScheme
    from mlpkg.models import SentenceClassifier

__all__ = ["TrainResult", "train"]

logger = logging.getLogger(__name__)

RUNS = Path("experiments") / "runs"
# Of a model that learned from the bundled corpus; others are their makers' to say.
CORPUS_LICENCE = "Apache-2.0"


@dataclass(frozen=True, slots=True)
class TrainResult:
    """What a training gave.

    Parameters
    ----------
    path
        The run folder; the model is in its ``model`` folder.
    classifier
        The fitted classifier.
    evaluations
        By name: ``out-of-fold`` over the training pages and, where the config names
        validation data, ``validation``.
    timings
        Seconds by stage.
    """

    path: Path
    classifier: SentenceClassifier
    evaluations: dict[str, Evaluation]
    timings: dict[str, float]


def train(
    config: Config | str | Path,
    overrides: Sequence[str] = (),
    *,
    runs: Path = RUNS,
) -> TrainResult:
    """Train the model that a config describes and keep the run.

    Parameters
    ----------
    config
        A `Config`, the path of a YAML file, or the name of a shipped config.
    overrides
        Leaves to change, ``a.b=c``; not with a `Config`.
    runs
        Folder of all run folders.

    Returns
    -------
    TrainResult
        Paths, model and scores.

    Raises
    ------
    ConfigError
        The config is wrong; every fault is listed.
    DataError
        The data are wrong.
    """
    if not isinstance(config, Config):
        config = load_config(config, overrides)
    with RunFolder(runs, config.name, config_hash(config)) as run:
        result = _train(config, run)
    return TrainResult(run.path, *result, run.timings)


def _train(
    config: Config, run: RunFolder
) -> tuple[SentenceClassifier, dict[str, Evaluation]]:
    """Train inside an open run folder."""
    scheme = make_scheme(config)
    with _lap(run, "load"):
        pages = make_gold(config, config.data.train)
        held_out = (
            make_gold(config, config.data.validation) if config.data.validation else []
        )
        refuse_shared_articles(pages, held_out)
    classifier = make_classifier(config)
    with _lap(run, "embed"):
        texts = [text for page in (*pages, *held_out) for text in page.page.texts]
        classifier.encoder_object().encode(texts)
    with _lap(run, "fit"):
        fit_on_gold(classifier, pages, scheme)
    with _lap(run, "evaluate"):
        judged = {"out-of-fold": out_of_fold(classifier, pages, scheme)}
        if held_out:
            judged["validation"] = judge(classifier, held_out, scheme)
        evaluations = {
            name: _score(rows, scheme, config) for name, rows in judged.items()
        }
    stored = with_relative_paths(config, run.path)
    facts = _facts(stored, pages, evaluations)
    run.facts |= facts | {
        "seed": config.seed,
        "command": [Path(sys.argv[0]).name, *sys.argv[1:]],
    }
    run.write_text("config.yaml", to_yaml(stored))
    run.write_json(
        "splits.json",
        {
            "train": [page.id for page in pages],
            "validation": [page.id for page in held_out],
        },
    )
    run.write_json("metrics.json", {k: v.to_json() for k, v in evaluations.items()})
    _write_predictions(run.file("predictions.parquet"), judged["out-of-fold"], pages)
    save_model(
        classifier,
        run.file("model"),
        scheme=scheme,
        facts=facts,
        card=model_card(config, facts, evaluations),
    )
    return classifier, evaluations


def fit_on_gold(
    classifier: SentenceClassifier, pages: Sequence[GoldPage], scheme: LabelScheme
) -> None:
    """Fit on pages, or on bare rows where no row came with its page.

    The classifier takes the scheme over: labels that do not occur in the data,
    their order and the furniture label are known to the scheme alone.
    """
    labels = [segment_labels(page, scheme) for page in pages]
    if any(page.has_context for page in pages):
        classifier.fit([page.page for page in pages], labels)
    else:
        texts = [text for page in pages for text in page.page.texts]
        classifier.fit(texts, [label for page in labels for label in page])
    classifier.scheme_ = scheme


def out_of_fold(
    classifier: SentenceClassifier, pages: Sequence[GoldPage], scheme: LabelScheme
) -> Judged:
    """Judge the training pages by the heads that never saw them."""
    if classifier.crossfit_logits_ is None:
        raise ValueError("out-of-fold scores need folds of at least 2")
    probabilities = softmax(classifier.crossfit_logits_, classifier.temperature_)
    cuts = np.cumsum([len(page.page) for page in pages])[:-1]
    classes = [str(name) for name in classifier.classes_]
    return judge_probabilities(pages, np.split(probabilities, cuts), classes, scheme)


def refuse_shared_articles(
    train_pages: Sequence[GoldPage], held_out: Sequence[GoldPage]
) -> None:
    """Refuse held-out data that hold an article of the training data.

    Raises
    ------
    SplitError
        Names the articles that stand on both sides.
    """
    from mlpkg.exceptions import SplitError

    texts = {page.page.article.text for page in train_pages}
    # The id of a row without a page is its line in a file.
    ids = {page.id for page in train_pages if page.has_context}
    shared = [
        page.id
        for page in held_out
        if page.page.article.text in texts or (page.has_context and page.id in ids)
    ]
    if shared:
        raise SplitError(
            f"{len(shared)} articles stand in the training and in the validation data, "
            f"by text or by id ({', '.join(shared[:5])}"
            f"{', …' if len(shared) > 5 else ''}); scores on them would say nothing: "
            "take them out of one side, or give different articles different ids"
        )


def with_relative_paths(config: Config, folder: Path) -> Config:
    """Return the config with its data paths relative to a folder.

    A run folder that travels with its data then still finds them.
    """
    updates = {}
    for name in ("train", "validation"):
        source = getattr(config.data, name)
        if source is not None and not _is_corpus(source):
            try:
                updates[name] = Path(os.path.relpath(source, folder)).as_posix()
            except ValueError:  # another drive
                continue
    data = config.data.model_copy(update=updates)
    return config.model_copy(update={"data": data})


def _is_corpus(source: str) -> bool:
    """Tell a part of the bundled corpus from a path."""
    return source.startswith(CORPUS_PREFIX)


def _score(judged: Judged, scheme: LabelScheme, config: Config) -> Evaluation:
    """Score judged rows with the config's intervals."""
    return evaluate_labels(
        judged.y_true,
        judged.y_pred,
        judged.articles,
        scheme.names,
        judged.probabilities,
        n=config.evaluation.bootstrap,
        level=config.evaluation.level,
        seed=config.seed,
    )


def _facts(
    config: Config, pages: Sequence[GoldPage], evaluations: dict[str, Evaluation]
) -> dict[str, Any]:
    """Collect what model.json and run.json both say of a training."""
    return {
        "name": config.name,
        "config": config.resolved(),
        "config_fingerprint": config_hash(config),
        "data_fingerprint": data_fingerprint(pages),
        "codebook_version": CODEBOOK_VERSION,
        "licence": CORPUS_LICENCE if _is_corpus(config.data.train) else None,
        "n_pages": len(pages),
        "n_segments": sum(len(page.labels) for page in pages),
        "metrics": {
            name: {"macro_f1": result.value("macro_f1")}
            for name, result in evaluations.items()
        },
    }


def _write_predictions(path: Path, judged: Judged, pages: Sequence[GoldPage]) -> None:
    """Write out-of-fold predictions, a row a gold span."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    spans = [span for page in pages for span in page.spans]
    texts = [page.page.article.text[a:b] for page in pages for a, b in page.spans]
    columns: dict[str, Any] = {
        "article_id": judged.articles,
        "start": [start for start, _ in spans],
        "end": [end for _, end in spans],
        "text": texts,
        "gold": judged.y_true,
        "label": judged.y_pred,
        "confidence": judged.probabilities.max(axis=1),
    }
    pq.write_table(pa.table(columns), path)


@contextmanager
def _lap(run: RunFolder, stage: str) -> Iterator[None]:
    """Time a stage and log it."""
    started = time.perf_counter()
    yield
    seconds = time.perf_counter() - started
    run.lap(stage, seconds)
    logger.info("%s: %.1f s", stage, seconds)
