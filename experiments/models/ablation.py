"""Ablation of the family: what each part of a model is worth, over several seeds.

``python experiments/models/ablation.py`` fits the rows of ``variants.yaml`` on the
corpus's training part as HTML and scores them on its validation part (as text, as HTML
and as bare segments) and, where they are there, on the reference pages beside the
checkout. It appends a line a fit to ``ablation.jsonl``, which keeps confusion counts by
article and no text, and makes ``ablation.md`` of all lines. A fit that stands in the
lines is not made again unless its config, seed, data, teacher or code changed; a fit
that was stopped goes on after its last whole epoch. The corpus's test part and its
other hands are not looked at here.

To try it out: ``--max-pages 12 --only page static --set model.epochs=1 --out FOLDER``.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import shutil
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from ablation_table import counts_of, document, mean_score
from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]
from variants import Fit, Variant, planned, read_variants

from mlpkg.config import Config, config_hash
from mlpkg.config.objects import make_classifier, make_scheme
from mlpkg.data.gold import GoldPage, data_fingerprint, load_gold
from mlpkg.data.splits import require_disjoint
from mlpkg.embedding.memory import RememberingEncoder
from mlpkg.evaluation.metrics import article_confusions
from mlpkg.exceptions import MlpkgError
from mlpkg.labels import DEFAULT_SCHEME
from mlpkg.models import SentenceClassifier
from mlpkg.models.checkpoints import Checkpoints
from mlpkg.models.store import manifest_of
from mlpkg.tracking.provenance import code_sha256
from mlpkg.training.audits import audit_pages
from mlpkg.training.evaluate import Judged, judge
from mlpkg.training.fitting import fit_on_gold

sys.path.append(str(Path(__file__).resolve().parents[1]))

from scored_pages import SHARED, load_present
from stored_lines import Line, read_lines, write_lines, write_text

HERE = Path(__file__).resolve().parent
TRAIN = "corpus:train@html"
VALIDATION, BARE, REAL = "validation", "validation, bare", "real pages"
DATA: dict[str, str | Path] = {
    VALIDATION: "corpus:validation",
    "validation, HTML": "corpus:validation@html",
}
# Scored as one set: few pages each.
REAL_PARTS: dict[str, str | Path] = {"seeds": SHARED / "seeds", "dev": SHARED / "dev"}
# Subpackages from which a prediction follows.
COMPUTING = ("embedding", "features", "models", "segmentation")

Data = Mapping[str, Sequence[GoldPage]]


def main() -> None:
    """Make the fits that are missing, then the table."""
    options = _options()
    try:
        base, variants = read_variants(options.variants, options.set, options.only)
        study = Study(load_training(options.max_pages), load_data(options.max_pages))
        study.run(
            variants,
            options.out,
            only=options.only,
            seeds=options.seeds,
            minutes=options.minutes,
            threads=options.threads,
        )
        print(study.write_table(variants, base, options.out, options.seeds))
    except MlpkgError as error:
        raise SystemExit(f"error: {error}") from None


def load_training(max_pages: int | None) -> list[GoldPage]:
    """Load what is learned."""
    return load_gold(TRAIN)[:max_pages]


def load_data(max_pages: int | None) -> dict[str, list[GoldPage]]:
    """Load what is scored; bare segments are those of the pages as text."""
    data = load_present(DATA)
    data[BARE] = data[VALIDATION]
    real = load_present(REAL_PARTS)
    if len(real) == len(REAL_PARTS):
        data[REAL] = [page for pages in real.values() for page in pages]
    return {name: pages[:max_pages] for name, pages in data.items()}


class Study:
    """Fits that learn from the same pages and are scored on the same data."""

    def __init__(self, pages: Sequence[GoldPage], data: Data) -> None:
        for held_out in data.values():
            require_disjoint(pages, held_out)
        self.pages = pages
        self.data = data
        self.code = code_sha256(*COMPUTING)
        self.learned = data_fingerprint(pages)
        self.scored = {name: data_fingerprint(own) for name, own in data.items()}

    def run(
        self,
        variants: Sequence[Variant],
        out: Path,
        *,
        only: Sequence[str] = (),
        seeds: int | None = None,
        minutes: float | None = None,
        threads: int = 2,
    ) -> None:
        """Make the fits that are missing, of some rows or all; each is kept at once."""
        out.mkdir(parents=True, exist_ok=True)
        path = out / "ablation.jsonl"
        stored = _stored(path)
        chosen = [v for v in variants if not only or v.name in only]
        todo = [
            (fit, key)
            for fit, key in self._keyed(planned(chosen, seeds))
            if not self._is_done(stored.get(key))
        ]
        encoders: dict[str, RememberingEncoder] = {}
        started = time.monotonic()
        for number, (fit, key) in enumerate(todo, start=1):
            if minutes is not None and time.monotonic() - started >= 60 * minutes:
                left = len(todo) - number + 1
                print(
                    f"{minutes:g} minutes are over: {left} fits left", file=sys.stderr
                )
                break
            unfinished = out / ".unfinished" / key[:16]
            line = self._made(fit, encoders, Checkpoints(unfinished), threads)
            _keep(path, {"key": key, **line})
            shutil.rmtree(unfinished, ignore_errors=True)
            print(f"{number} of {len(todo)}: {_told(line)}", file=sys.stderr)

    def write_table(
        self,
        variants: Sequence[Variant],
        base: str,
        out: Path,
        seeds: int | None = None,
    ) -> str:
        """Write the table of all rows that have a fit, and return it."""
        stored = _stored(out / "ablation.jsonl")
        rows: dict[str, list[Line]] = {variant.name: [] for variant in variants}
        # A row keeps the seeds that an earlier start gave it beyond its own.
        most = max([seeds or 0, *(v.seeds for v in variants)])
        for fit, key in self._keyed(planned(variants, most)):
            if self._is_done(stored.get(key)):
                rows[fit.variant.name].append(stored[key])
        used = sum(map(len, rows.values()))
        if used < len(stored):
            print(
                f"{out / 'ablation.jsonl'}: {len(stored) - used} lines are of other "
                "configs, seeds, data or code and not in the table; delete the file to "
                "start afresh",
                file=sys.stderr,
            )
        audits = {
            name: audit_pages(self.pages, held_out, DEFAULT_SCHEME).worst
            for name, held_out in self.data.items()
        }
        text = document(variants, rows, base, self.data, audits, VALIDATION)
        write_text(out / "ablation.md", text)
        return text

    def _keyed(self, fits: Iterator[Fit]) -> Iterator[tuple[Fit, str]]:
        """Yield fits with the hash of all that decides what they learn."""
        for fit in fits:
            config = fit.variant.config
            facts = [config_hash(config), _teacher(config), self.code, self.learned]
            facts.append(str(fit.seed))
            yield fit, hashlib.sha256("\n".join(facts).encode()).hexdigest()

    def _is_done(self, line: Line | None) -> bool:
        """Tell whether a line has the scores on all that is there."""
        return line is not None and all(
            line["scores"].get(name, {}).get("data") == found
            for name, found in self.scored.items()
        )

    def _made(
        self,
        fit: Fit,
        encoders: dict[str, RememberingEncoder],
        checkpoints: Checkpoints,
        threads: int,
    ) -> Line:
        """Train once and score."""
        config = fit.variant.config
        scheme = make_scheme(config)
        classifier = make_classifier(config)
        # Calibration takes folds more fits and moves no label.
        classifier.set_params(folds=0, random_state=fit.seed)
        frozen = classifier.head().reads_vectors
        if frozen:
            self._share_vectors(classifier, config, encoders)
        # Heads over given vectors are small: a second thread waits more than it helps.
        with threadpool_limits(1 if frozen else threads):
            started = time.perf_counter()
            fit_on_gold(classifier, self.pages, scheme, None if frozen else checkpoints)
            seconds = time.perf_counter() - started
            judged = {
                name: judge(classifier, pages, scheme, bare=name == BARE)
                for name, pages in self.data.items()
            }
        return {
            "variant": fit.variant.name,
            "config": fit.variant.source,
            "overrides": list(fit.variant.overrides),
            "seed": fit.seed,
            "pages": len(self.pages),
            "seconds": round(seconds, 2),
            "threads": 1 if frozen else threads,
            "code": self.code,
            "training": self.learned,
            "scores": {
                name: {"data": self.scored[name], "counts": _counts(rows)}
                for name, rows in judged.items()
            },
        }

    def _share_vectors(
        self,
        classifier: SentenceClassifier,
        config: Config,
        encoders: dict[str, RememberingEncoder],
    ) -> None:
        """Let fits with a frozen encoder embed each text once for all."""
        encoder = encoders.setdefault(
            config.encoder.model_dump_json(),
            RememberingEncoder(classifier.encoder_object()),
        )
        classifier.set_params(encoder=encoder)
        read = [page for pages in (self.pages, *self.data.values()) for page in pages]
        encoder.encode([text for page in read for text in page.page.texts])


def _teacher(config: Config) -> str:
    """Return the hashes of what a static model begins with; empty for the others."""
    teacher = getattr(config.model, "teacher", None)
    if teacher is None:
        return ""
    return json.dumps(manifest_of(teacher)["files"], sort_keys=True)


def _counts(judged: Judged) -> dict[str, list[int]]:
    """Count confusions by article: a row a true label, the rows one after another."""
    names = DEFAULT_SCHEME.names
    counts = article_confusions(judged.y_true, judged.y_pred, judged.articles, names)
    flat = counts.reshape(len(counts), -1).tolist()
    return dict(zip(sorted(set(judged.articles)), flat, strict=True))


def _stored(path: Path) -> dict[str, Line]:
    """Return the lines of earlier starts by their keys."""
    return {str(line["key"]): line for line in read_lines(path)}


def _keep(path: Path, line: Line) -> None:
    """Add a line to the file, to which another process may have added others."""
    stored = _stored(path)
    # What another machine scored this fit on, this one may not have.
    earlier = stored.get(line["key"], {}).get("scores", {})
    stored[line["key"]] = {**line, "scores": earlier | line["scores"]}
    write_lines(path, list(stored.values()))


def _told(line: Line) -> str:
    """Say what a fit reached."""
    scores = ", ".join(
        f"{name} {mean_score(counts_of([line], name)):.3f}" for name in line["scores"]
    )
    return f"{line['variant']}, seed {line['seed']}, {line['seconds']:.0f} s: {scores}"


def _options() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=str(__doc__).partition("\n")[0])
    add = parser.add_argument
    add("--only", nargs="+", default=[], metavar="NAME", help="rows to fit")
    add("--seeds", type=_count, help="fits a row, in place of the table's")
    add("--minutes", type=float, help="after so many, no new fit is begun")
    add("--threads", type=_count, default=2, help="of fits that tune (2)")
    add("--set", nargs="+", default=[], metavar="KEY=VALUE", help="for the rows to fit")
    add("--max-pages", type=_count, help="pages of every data set, to try it out")
    add("--variants", type=Path, default=HERE / "variants.yaml", help="the rows")
    add("--out", type=Path, default=HERE, help="folder of both files")
    options = parser.parse_args()
    trial = options.max_pages or options.set
    if trial and options.out.resolve() == HERE:
        parser.error("--max-pages and --set are for trying out: name a folder, --out")
    return options


def _count(text: str) -> int:
    """Read a number of at least 1."""
    if not text.isdigit() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"expected a whole number above 0: {text!r}")
    return int(text)


if __name__ == "__main__":
    main()
