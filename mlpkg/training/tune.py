"""Tuning: which leaves of a config serve best, and what choosing them is worth.

The score of the trial that won is too good, because it won; so the whole search is
repeated within the training pages of outer folds, whose held-out pages judge it
(Varma and Simon 2006, "Bias in error estimation when using cross-validation for
model selection").
"""

from __future__ import annotations

import hashlib
import json
import logging
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from mlpkg.config import Config, config_hash, to_yaml
from mlpkg.config.objects import (
    make_classifier,
    make_encoder,
    make_gold,
    make_scheme,
)
from mlpkg.data.gold import GoldPage, data_fingerprint
from mlpkg.data.splits import fold_pages
from mlpkg.evaluation import Evaluation, score
from mlpkg.exceptions import DataError, SplitError
from mlpkg.features import lone_features, page_features
from mlpkg.models.base import Targets
from mlpkg.models.inputs import Samples
from mlpkg.models.targets import row_labels, split_targets
from mlpkg.tracking import RunFolder
from mlpkg.tracking.store import RUNS
from mlpkg.training.audits import audit_folds
from mlpkg.training.evaluate import Judged, judge_probabilities, score_judged
from mlpkg.training.gold_targets import GoldTargets, gold_targets
from mlpkg.training.look import refuse_test_parts
from mlpkg.training.search_space import Method, Trial, read_trials
from mlpkg.training.train import with_relative_paths
from mlpkg.training.trial_fits import Material, calibrated, cross_validated
from mlpkg.training.tune_result import ALL, TrialRow, TuneResult, best_row
from mlpkg.training.worker_pool import Outcome, run_tasks

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["tune"]

logger = logging.getLogger(__name__)

SUFFIX = "-tuned"
# Characters that `Config` lets a name have.
MAX_NAME = 100


def tune(
    config: Config | str | Path,
    search: Sequence[str],
    overrides: Sequence[str] = (),
    *,
    method: Method | None = None,
    trials: int | None = None,
    outer: int = 5,
    inner: int | None = None,
    jobs: int = 1,
    runs: Path = RUNS,
) -> TuneResult:
    """Search leaves of a config and keep what was found.

    Parameters
    ----------
    config
        A `Config`, the path of a YAML file, or the name of a shipped config.
    search
        What is searched: ``model.C=0.01,0.1``, ``model.C=log:0.001..1``; see
        `mlpkg.training.search_space.read_trials`.
    overrides
        Leaves to change first, ``a.b=c``; not with a `Config`.
    method
        ``grid`` or ``random``; None: random where `search` has a range.
    trials
        Trials of a random search; 20 unless said.
    outer
        Outer folds by article, at least 2: each is judged by the trial that won
        among the others' pages.
    inner
        Folds that rank the trials; None for ``training.folds``.
    jobs
        Processes, at most one a core; each computes with one thread.
    runs
        Folder of all run folders.

    Returns
    -------
    TuneResult
        The same for the same seed, whatever `jobs` is.

    Raises
    ------
    ConfigError
        The config or the search is wrong; every fault is listed.
    DataError
        The data are wrong, or all trials failed.
    SplitError
        There are fewer articles than the folds need.

    Notes
    -----
    Sentence vectors are computed once for every setting of the encoder that is
    tried, features once; all of it stays in memory.
    """
    base, candidates = read_trials(config, search, overrides, method=method, n=trials)
    refuse_test_parts(base.data.train)
    if jobs < 1:
        raise ValueError(f"jobs must be at least 1, got {jobs!r}")
    with RunFolder(runs, f"{base.name}-tune", _hash(base, candidates)) as run:
        pages = make_gold(base, base.data.train)
        tuning = _Tuning(base, candidates, pages, outer, inner or base.training.folds)
        result = tuning.run(run.path, _within_cores(jobs))
        _write(run, result, tuning)
    return result


@dataclass(frozen=True, slots=True)
class _Stage:
    """Pages over which all trials are ranked; the last stage holds out none."""

    outer: int | str
    pages: tuple[int, ...]
    fold_of: tuple[int, ...]
    held_out: tuple[int, ...]


class _Tuning:
    """One search over one set of pages."""

    def __init__(
        self,
        base: Config,
        trials: Sequence[Trial],
        pages: Sequence[GoldPage],
        outer: int,
        inner: int,
    ) -> None:
        self.base = base
        self.trials = trials
        self.pages = pages
        self.inner = inner
        self.scheme = make_scheme(base)
        self.outer_of = fold_pages(
            pages, outer, by=base.training.folds_by, seed=base.seed
        )
        self.stages = [self._stage(k) for k in (*range(outer), None)]
        self._refuse_few_pages()
        targets = gold_targets(pages, self.scheme)
        self.classes = sorted({label for page in targets.labels for label in page})
        self.targets = self._targets(targets)

    def run(self, path: Path, jobs: int) -> TuneResult:
        """Rank the trials in every stage, then judge those chosen in outer folds."""
        materials = self._materials()
        rows = self._ranked(materials, jobs)
        *chosen, best = [self._winner(rows, stage) for stage in self.stages]
        tasks = [
            (materials[_encoder_key(trial)], trial.config, stage.pages, stage.held_out)
            for trial, stage in zip(chosen, self.stages, strict=False)
        ]
        outcomes = sorted(run_tasks(calibrated, tasks, jobs), key=lambda o: o.index)
        return TuneResult(
            path,
            rows,
            tuple(trial.number for trial in chosen),
            best.number,
            best.config,
            self._nested(outcomes),
            self.inner,
            audit_folds(self.pages, self.outer_of, self.scheme, seed=self.base.seed),
        )

    def _stage(self, held_out: int | None) -> _Stage:
        """Divide the pages outside one outer fold, or all of them."""
        kept = [i for i, fold in enumerate(self.outer_of) if fold != held_out]
        away = [i for i, fold in enumerate(self.outer_of) if fold == held_out]
        pages = [self.pages[place] for place in kept]
        fold_of = fold_pages(
            pages, self.inner, by=self.base.training.folds_by, seed=self.base.seed
        )
        outer = ALL if held_out is None else held_out + 1
        return _Stage(outer, tuple(kept), tuple(fold_of), tuple(away))

    def _refuse_few_pages(self) -> None:
        """Refuse now what calibration would refuse after hours."""
        fewest = min(len(stage.pages) for stage in self.stages)
        needed = self.base.training.folds
        if fewest < needed:
            raise SplitError(
                f"training.folds is {needed}, but only {fewest} articles are left "
                "outside an outer fold; lower training.folds or take more outer folds"
            )

    def _targets(self, given: GoldTargets) -> Targets:
        """Return what all rows teach, as the estimator would have it."""
        samples = Samples.of(page.page for page in self.pages)
        labels = row_labels(samples, given.labels)
        classes = np.array(self.classes)
        paged = split_targets(samples, labels, classes, given.weights, given.allowed)
        return Targets(
            np.concatenate([page.allowed for page in paged]),
            np.concatenate([page.weights for page in paged]),
        )

    def _materials(self) -> dict[str, Material]:
        """Embed all texts once for each setting of the encoder."""
        paged = any(page.has_context for page in self.pages)
        features = np.concatenate(
            [
                page_features(page.page) if paged else lone_features(page.page.texts)
                for page in self.pages
            ]
        )
        sizes = tuple(len(page.page) for page in self.pages)
        texts = tuple(text for page in self.pages for text in page.page.texts)
        materials: dict[str, Material] = {}
        for trial in self.trials:
            key = _encoder_key(trial)
            if key not in materials:
                vectors = _vectors(trial.config, texts)
                materials[key] = Material(
                    vectors, features, self.targets, sizes, paged, texts
                )
        return materials

    def _ranked(
        self, materials: Mapping[str, Material], jobs: int
    ) -> tuple[TrialRow, ...]:
        """Score every trial in every stage; a line of the log for each."""
        places = [(stage, trial) for stage in self.stages for trial in self.trials]
        logger.info(
            "%d trials, each in %d outer folds and over all pages: %d fits",
            len(self.trials),
            len(self.stages) - 1,
            len(places) * self.inner,
        )
        tasks = [
            (materials[_encoder_key(trial)], trial.config, stage.pages, stage.fold_of)
            for stage, trial in places
        ]
        rows: dict[int, TrialRow] = {}
        for outcome in run_tasks(cross_validated, tasks, jobs):
            row = self._row(*places[outcome.index], outcome)
            rows[outcome.index] = row
            _log(row, f"{len(rows)} of {len(places)}")
        return tuple(rows[index] for index in sorted(rows))

    def _row(self, stage: _Stage, trial: Trial, outcome: Outcome) -> TrialRow:
        """Score one trial in one stage, fold by fold."""
        scores = []
        for fold in range(self.inner) if outcome.value else ():
            own = [i for i, found in enumerate(stage.fold_of) if found == fold]
            judged = self._judged(
                [stage.pages[i] for i in own], [outcome.value[i] for i in own]
            )
            scores.append(
                score(judged.y_true, judged.y_pred, self.scheme.names).macro_f1
            )
        return TrialRow(
            trial, stage.outer, tuple(scores), outcome.seconds, outcome.error
        )

    def _winner(self, rows: Sequence[TrialRow], stage: _Stage) -> Trial:
        """Return the best trial of a stage."""
        own = [row for row in rows if row.outer == stage.outer]
        best = best_row(own)
        if best is None:
            raise DataError(
                f"all {len(own)} trials failed, the first with {own[0].error}; see "
                "whether `mlpkg train` takes the config, and mend it or the search"
            )
        return best.trial

    def _nested(self, outcomes: Sequence[Outcome]) -> Evaluation:
        """Score the predictions of all outer folds together."""
        held_out: list[int] = []
        found: list[NDArray[np.float64]] = []
        for stage, outcome in zip(self.stages, outcomes, strict=False):
            if outcome.error:
                raise DataError(
                    f"outer fold {stage.outer}: the trial that won could not be fitted "
                    f"with its calibration: {outcome.error}"
                )
            held_out += stage.held_out
            found += outcome.value
        judged = self._judged(held_out, found)
        return score_judged(judged, self.scheme, self.base)

    def _judged(
        self, places: Sequence[int], found: Sequence[NDArray[np.float64]]
    ) -> Judged:
        """Put probabilities on the gold spans of pages."""
        pages = [self.pages[place] for place in places]
        return judge_probabilities(pages, found, self.classes, self.scheme)


def _vectors(config: Config, texts: Sequence[str]) -> NDArray[np.float32]:
    """Embed texts, for heads that read vectors; others get none."""
    if make_classifier(config).head().reads_vectors:
        return make_encoder(config).encode(texts)
    return np.empty((len(texts), 0), dtype=np.float32)


def _encoder_key(trial: Trial) -> str:
    """Return what trials with the same vectors have in common."""
    return trial.config.encoder.model_dump_json()


def _within_cores(jobs: int) -> int:
    """Return the number of processes that have a core each."""
    from joblib import cpu_count

    cores = int(cpu_count())
    if jobs > cores:
        logger.info("%d jobs asked for, %d taken: a core each", jobs, cores)
    return min(jobs, cores)


def _log(row: TrialRow, progress: str) -> None:
    """Tell of one trial."""
    where = "all pages" if row.outer == ALL else f"outer fold {row.outer}"
    what = f"{progress}: trial {row.trial.number} ({row.trial}), {where}"
    if row.error:
        logger.warning("%s failed: %s", what, row.error)
    else:
        logger.info(
            "%s: macro-F1 %.3f ± %.3f, %.1f s",
            what,
            row.mean,
            row.deviation,
            row.seconds,
        )


def _hash(base: Config, trials: Sequence[Trial]) -> str:
    """Hash the config and all that is tried."""
    tried = json.dumps([config_hash(base), *(trial.leaves for trial in trials)])
    return hashlib.sha256(tried.encode()).hexdigest()


def _write(run: RunFolder, result: TuneResult, tuning: _Tuning) -> None:
    """Write all files of the run."""
    base, pages = tuning.base, tuning.pages
    run.facts |= {
        "kind": "tune",
        "name": base.name,
        "config_fingerprint": config_hash(base),
        "data_fingerprint": data_fingerprint(pages),
        "n_pages": len(pages),
        "n_segments": sum(len(page.labels) for page in pages),
        "seed": base.seed,
        "command": [Path(sys.argv[0]).name, *sys.argv[1:]],
    }
    run.write_text("config.yaml", to_yaml(with_relative_paths(base, run.path)))
    run.write_text("best.yaml", to_yaml(with_relative_paths(_best(result), run.path)))
    run.write_json("tune.json", result.to_json())
    rows = [json.dumps(row, ensure_ascii=False) for row in result.frame()]
    run.write_text("trials.jsonl", "\n".join(rows) + "\n")
    run.write_json("metrics.json", {"nested": result.nested.to_json()})
    run.write_json("audit.json", {"nested": result.audit.to_json()})
    ids = [page.id for page in pages]
    run.write_json(
        "splits.json",
        {"train": ids, "outer": dict(zip(ids, tuning.outer_of, strict=True))},
    )


def _best(result: TuneResult) -> Config:
    """Return the best config under a name of its own."""
    name = result.config.name.removesuffix(SUFFIX)[: MAX_NAME - len(SUFFIX)]
    return result.config.model_copy(update={"name": name + SUFFIX})
