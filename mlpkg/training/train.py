"""Training from a config: one call, one run folder."""

from __future__ import annotations

import hashlib
import logging
import os
import shutil
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from mlpkg.config import CORPUS_PREFIX, Config, config_hash, load_config, to_yaml
from mlpkg.config.objects import make_classifier, make_gold, make_scheme
from mlpkg.data.gold import GoldPage, data_fingerprint
from mlpkg.data.splits import require_disjoint
from mlpkg.embedding.memory import RememberingEncoder
from mlpkg.evaluation import Evaluation
from mlpkg.exceptions import DataError
from mlpkg.labels import CODEBOOK_VERSION
from mlpkg.models.checkpoints import Checkpoints
from mlpkg.models.store import save_model
from mlpkg.report.run_report import run_report
from mlpkg.tracking import RunFolder
from mlpkg.tracking.lock import LOCK, try_lock
from mlpkg.tracking.provenance import code_sha256, versions
from mlpkg.tracking.store import CHECKPOINTS_PREFIX, RUNS
from mlpkg.tracking.stored_run import StoredRun
from mlpkg.training.audits import audit_folds, audit_pages
from mlpkg.training.card import model_card
from mlpkg.training.evaluate import judge, score_judged
from mlpkg.training.fitting import fit_on_gold, out_of_fold
from mlpkg.training.gold_targets import require_one_form
from mlpkg.training.look import refuse_test_parts
from mlpkg.training.progress import Report, log_each_minute
from mlpkg.training.run_tables import fold_of_pages, split_table, write_predictions

if TYPE_CHECKING:
    from mlpkg.evaluation.audit_table import Audit
    from mlpkg.labels import LabelScheme
    from mlpkg.models import SentenceClassifier

__all__ = ["TrainResult", "train"]

logger = logging.getLogger(__name__)

# Of a model that learned from the bundled corpus; others are their makers' to say.
CORPUS_LICENCE = "Apache-2.0"
# Subpackages from which the logits of a fold follow.
_COMPUTING = (
    "articles",
    "data",
    "embedding",
    "features",
    "models",
    "segmentation",
    "training",
)


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
    audits
        The leakage audit of each evaluation, by the same names.
    timings
        Seconds by stage.
    """

    path: Path
    classifier: SentenceClassifier
    evaluations: dict[str, Evaluation]
    audits: dict[str, Audit]
    timings: dict[str, float]


def train(
    config: Config | str | Path,
    overrides: Sequence[str] = (),
    *,
    runs: Path = RUNS,
    report: Report | None = None,
) -> TrainResult:
    """Train the model that a config describes and keep the run.

    Parameters
    ----------
    config
        A `Config`, the path of a YAML file, or the name of a shipped config.
    overrides
        Leaves to change, ``a.b=c``; not with a `Config`.
    runs
        Folder of all run folders. A training that was killed goes on from there.
    report
        Called with the stage, how much of it is done and of how much; None logs a
        line a minute.

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
    SplitError
        An article stands on both sides.
    """
    if not isinstance(config, Config):
        config = load_config(config, overrides)
    report = report or log_each_minute()
    with RunFolder(runs, config.name, config_hash(config)) as run:
        with _lap(run, "load"):
            data = _load(config)
        with _checkpoints(_unfinished(runs, config, data)) as checkpoints:
            result = _train(config, data, run, checkpoints, report)
    return TrainResult(run.path, *result, run.timings)


@dataclass(frozen=True, slots=True)
class _Data:
    """Labelled pages of one experiment."""

    scheme: LabelScheme
    train: list[GoldPage]
    held_out: list[GoldPage]

    @property
    def texts(self) -> list[str]:
        """Texts of all segments."""
        return [
            text for page in (*self.train, *self.held_out) for text in page.page.texts
        ]


def _load(config: Config) -> _Data:
    """Load the data; refuse test parts, and a split that shares articles."""
    source = config.data.validation
    for part in (config.data.train, source or ""):
        refuse_test_parts(part)
    data = _Data(
        make_scheme(config),
        make_gold(config, config.data.train),
        make_gold(config, source) if source else [],
    )
    require_one_form(data.train)  # before the texts are embedded
    require_disjoint(data.train, data.held_out)
    if data.held_out and not any(page.decided for page in data.held_out):
        raise DataError(
            f"{source}: no row of the validation data has a decided label, so nothing "
            "can be scored; set data.validation to null"
        )
    return data


def _unfinished(runs: Path, config: Config, data: _Data) -> Path:
    """Return the folder where a killed training left what it had finished.

    Its name holds all that decides the logits of a fold: rows are kept in the order
    of the pages, which the fingerprint of the data leaves out, and the code that reads
    and computes may have been mended since, its version being the same.
    """
    encoder = make_classifier(config).encoder_object()
    seen = [code_sha256(*_COMPUTING), *(f"{k} {v}" for k, v in versions().items())]
    seen += [encoder.fingerprint, data_fingerprint(data.train)]
    seen += [page.id for page in data.train]
    digest = hashlib.sha256("\n".join(seen).encode()).hexdigest()
    return runs / f"{CHECKPOINTS_PREFIX}{config_hash(config)[:16]}-{digest[:16]}"


@contextmanager
def _checkpoints(folder: Path) -> Iterator[Checkpoints | None]:
    """Hold a folder of checkpoints; it goes when the block ends well, or if empty.

    Of two runs of one experiment at once the second gets None and keeps nothing.
    """
    with try_lock(folder / LOCK) as alone:
        if not alone:
            yield None
            return
        checkpoints = Checkpoints(folder / "checkpoints")
        done = False
        try:
            yield checkpoints
            done = True
        finally:
            if done or not checkpoints.folder.exists():
                shutil.rmtree(folder, ignore_errors=True)


def _train(
    config: Config,
    data: _Data,
    run: RunFolder,
    checkpoints: Checkpoints | None,
    report: Report,
) -> tuple[SentenceClassifier, dict[str, Evaluation], dict[str, Audit]]:
    """Train inside an open run folder."""
    scheme = data.scheme
    classifier = make_classifier(config)
    encoder = classifier.encoder_object()
    memory = RememberingEncoder(encoder)
    classifier.set_params(encoder=memory)
    if classifier.head().reads_vectors:
        with _lap(run, "embed"):
            memory.prepare(data.texts, lambda done, total: report("embed", done, total))
    with _lap(run, "fit"):
        by = config.training.folds_by
        fit_on_gold(classifier, data.train, scheme, checkpoints, by)
    folds = fold_of_pages(classifier, data.train)
    with _lap(run, "evaluate"):
        judged = {"out-of-fold": out_of_fold(classifier, data.train, scheme)}
        if data.held_out:
            judged["validation"] = judge(classifier, data.held_out, scheme)
        # The curve was fitted on the out-of-fold rows: it is shown on others alone.
        curves = {"validation": classifier.risk_curve_}
        evaluations = {
            name: score_judged(rows, scheme, config, curves.get(name))
            for name, rows in judged.items()
        }
    with _lap(run, "audit"):
        audits = {
            "out-of-fold": audit_folds(data.train, folds, scheme, seed=config.seed)
        }
        if data.held_out:
            audits["validation"] = audit_pages(
                data.train, data.held_out, scheme, seed=config.seed
            )
    classifier.set_params(encoder=encoder)
    stored = with_relative_paths(config, run.path)
    facts = _facts(stored, data.train, evaluations)
    run.facts |= facts | {
        "seed": config.seed,
        "command": [Path(sys.argv[0]).name, *sys.argv[1:]],
    }
    run.write_text("config.yaml", to_yaml(stored))
    run.write_json("splits.json", split_table(data.train, folds, data.held_out))
    run.write_json("metrics.json", {k: v.to_json() for k, v in evaluations.items()})
    run.write_json("audit.json", {k: v.to_json() for k, v in audits.items()})
    write_predictions(
        run.file("predictions.parquet"),
        judged,
        {"out-of-fold": data.train, "validation": data.held_out},
        {"out-of-fold": folds},
        scheme,
        with_text=config.evaluation.keep_text,
    )
    save_model(
        classifier,
        run.file("model"),
        scheme=scheme,
        facts=facts,
        card=model_card(config, facts, evaluations),
    )
    run.write_facts()
    stored_run = StoredRun(run.work)
    parts = ("config", "run", "splits", "metrics", "audit", "predictions")
    run.write_text(
        "report.html", run_report({part: getattr(stored_run, part) for part in parts})
    )
    return classifier, evaluations, audits


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


@contextmanager
def _lap(run: RunFolder, stage: str) -> Iterator[None]:
    """Time a stage and log it."""
    started = time.perf_counter()
    yield
    seconds = time.perf_counter() - started
    run.lap(stage, seconds)
    logger.info("%s: %.1f s", stage, seconds)
