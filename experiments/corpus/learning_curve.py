"""Learning curve: macro-F1 by the number of training pages, and what growth bought.

``python experiments/corpus/learning_curve.py`` trains the linear model and the page
head on nested subsets of the corpus's training part and scores them on its validation
part and, where they are there, on the reference pages beside the checkout. It writes
``learning_curve.jsonl``, a line a fit and data set, and from it ``learning_curve.md``.
A fit that stands in the lines is not made again unless its pages, config, data or code
changed. The corpus's test part and its other hands are not looked at here.

To try it out: ``--limit 40 --sizes 10 20 --out FOLDER``.
"""

from __future__ import annotations

import argparse
import hashlib
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain, islice
from pathlib import Path

import numpy as np
from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]

from mlpkg.config import Config, config_hash, load_config
from mlpkg.config.objects import make_classifier, make_encoder, make_scheme
from mlpkg.data.corpus import corpus_files
from mlpkg.data.gold import GoldPage, data_fingerprint, load_gold
from mlpkg.data.splits import require_disjoint
from mlpkg.embedding.memory import RememberingEncoder
from mlpkg.evaluation import Evaluation, evaluate_labels
from mlpkg.evaluation.comparison import ComparisonRow, compare
from mlpkg.evaluation.report_table import interval_cell
from mlpkg.exceptions import MlpkgError
from mlpkg.labels import DEFAULT_SCHEME
from mlpkg.report.figures import markdown_table
from mlpkg.tracking.provenance import code_sha256
from mlpkg.training.audits import audit_pages
from mlpkg.training.evaluate import judge, score_judged
from mlpkg.training.fitting import fit_on_gold

sys.path.append(str(Path(__file__).resolve().parents[1]))

from scored_pages import SHARED, load_present, scored_table
from stored_lines import Line, read_lines, write_lines, write_text

HERE = Path(__file__).resolve().parent
TRAIN = "corpus:train@html"
DATA: dict[str, str | Path] = {
    "validation": "corpus:validation",
    "validation, HTML": "corpus:validation@html",
    "five real pages": SHARED / "seeds",
    "fourteen real pages": SHARED / "dev",
}
# By config, how many seeds a fit on fixed pages is made with: the network's start
# moves its score, the linear model's only randomness is which rows lose their context.
MODELS = {"default": 1, "page-head": 3}
SIZES = (25, 50, 100, 200, 400)
DRAWS = 3
# Who wrote the first batch of pages, the one before the corpus grew.
FIRST_HANDS = frozenset({"hand-b", "hand-c", "hand-d", "hand-e"})
ALL, FIRST = "all", "first batch"
# Subpackages from which a prediction follows.
COMPUTING = ("embedding", "features", "models", "segmentation")
LETTERS = {label.name: label.letter for label in DEFAULT_SCHEME.labels}
# Headings of the document, and what is to be known of each table.
ABOUT = """# Learning curve

Made by `python experiments/corpus/learning_curve.py`, not to be edited.

## Macro-F1 by training pages"""
ABOUT_SCORES = """In brackets the 95% interval over the scored articles, all fits of a
row pooled; in parentheses the lowest and the highest fit. A fit on a subset has its own
draw of pages, in which every hand has its share, and its own seed; the smaller subsets
of a draw lie in the larger. Fits on the first batch and on all pages differ in the seed
alone."""
GAINS = "## What all pages buy over fewer"
ABOUT_GAINS = f"""Macro-F1 of all pages less that of the row's, with the paired 95%
interval over the scored articles; **in bold where it bought nothing**: the interval
holds 0 or lies below it. The intervals are not widened for their number. The first
batch, {", ".join(sorted(FIRST_HANDS))}, is the training part before the corpus grew."""
SCORED_ON = "## Scored on"


@dataclass(frozen=True, slots=True)
class Fit:
    """One model to train: by which config, on what, with which seed."""

    model: str
    size: str
    seed: int
    pages: tuple[GoldPage, ...]


Data = Mapping[str, Sequence[GoldPage]]


def main() -> None:
    """Make the fits that are missing, then the table."""
    options = _options()
    try:
        study(options.sizes, options.draws, options.limit, options.out)
    except MlpkgError as error:
        raise SystemExit(f"error: {error}") from None


def study(sizes: Sequence[int], draws: int, limit: int | None, out: Path) -> None:
    """Train and score all that is planned and write both files."""
    data = load_present(DATA)
    pages, hands = training_pages(limit)
    for held_out in data.values():
        require_disjoint(pages, held_out)
    out.mkdir(parents=True, exist_ok=True)
    lines = run(list(planned(pages, hands, sizes, draws)), data, out)
    audits = {
        name: audit_pages(pages, held_out, DEFAULT_SCHEME).worst
        for name, held_out in data.items()
    }
    text = document(lines, data, audits)
    write_text(out / "learning_curve.md", text)
    print(text)


def training_pages(limit: int | None) -> tuple[list[GoldPage], dict[str, str]]:
    """Return the training pages in the order of their ids, and their hands."""
    hands = {file.id: file.header["hand"] for file in corpus_files("train")}
    chosen = set(drawn_order(hands, 0)[:limit])
    pages = [page for page in load_gold(TRAIN) if page.id in chosen]
    return pages, {page.id: hands[page.id] for page in pages}


def drawn_order(hands: Mapping[str, str], seed: int) -> list[str]:
    """Draw an order of pages in which every beginning has all hands' shares.

    The pages of a hand lie evenly over the order, from a random begin.
    """
    rng = np.random.default_rng(seed)
    place: dict[str, float] = {}
    for hand in sorted(set(hands.values())):
        own = sorted(page for page, writer in hands.items() if writer == hand)
        begin = rng.random()
        for rank, page in enumerate(rng.permutation(own).tolist()):
            place[page] = (rank + begin) / len(own)
    return sorted(place, key=lambda page: place[page])


def planned(
    pages: Sequence[GoldPage],
    hands: Mapping[str, str],
    sizes: Sequence[int],
    draws: int,
) -> Iterator[Fit]:
    """Yield every fit, small ones first; sizes that leave no page out are told."""
    too_large = [str(size) for size in sizes if size >= len(pages)]
    if too_large:
        print(
            f"{' and '.join(too_large)} pages: left out, since all are {len(pages)}",
            file=sys.stderr,
        )
    orders = [drawn_order(hands, draw) for draw in range(draws)]
    first = tuple(page for page in pages if hands[page.id] in FIRST_HANDS)
    for model, seeds in MODELS.items():
        for size in sorted(size for size in sizes if size < len(pages)):
            for draw, order in enumerate(orders):
                chosen = set(order[:size])
                kept = tuple(page for page in pages if page.id in chosen)
                yield Fit(model, str(size), draw, kept)
        for name, kept in ((FIRST, first), (ALL, tuple(pages))):
            if kept:
                yield from (Fit(model, name, seed, kept) for seed in range(seeds))


def run(fits: Sequence[Fit], data: Data, out: Path) -> list[Line]:
    """Return the lines of all fits; those that are missing are made and kept."""
    path = out / "learning_curve.jsonl"
    stored = {str(line["key"]): line for line in read_lines(path)}
    configs = {model: load_config(model) for model in MODELS}
    encoders = {
        config.encoder.model_dump_json(): RememberingEncoder(make_encoder(config))
        for config in configs.values()
    }
    code = code_sha256(*COMPUTING)
    prints = {name: data_fingerprint(pages) for name, pages in data.items()}
    found = []
    for number, fit in enumerate(fits, start=1):
        config = configs[fit.model]
        facts = [config_hash(config), code, data_fingerprint(fit.pages), str(fit.seed)]
        keys = {
            name: hashlib.sha256("\n".join([*facts, seen]).encode()).hexdigest()
            for name, seen in prints.items()
        }
        missing = {n: pages for n, pages in data.items() if keys[n] not in stored}
        if missing:
            encoder = encoders[config.encoder.model_dump_json()]
            for line in made(fit, config, encoder, missing):
                key = keys[line["data"]]
                stored[key] = {**line, "key": key}
            write_lines(path, list(stored.values()))
        done = [stored[key] for key in keys.values()]
        found += done
        scores = ", ".join(f"{line['macro_f1']:.3f}" for line in done)
        what = f"{fit.model}, {fit.size}, seed {fit.seed}: {scores}"
        print(f"{number} of {len(fits)}: {what}", file=sys.stderr)
    if len(found) < len(stored):
        print(
            f"{path}: {len(stored) - len(found)} lines are of other pages, configs, "
            "data or code and not in the table; delete the file to start afresh",
            file=sys.stderr,
        )
    return found


def made(
    fit: Fit, config: Config, encoder: RememberingEncoder, data: Data
) -> list[Line]:
    """Train once and return a line a data set."""
    scheme = make_scheme(config)
    classifier = make_classifier(config)
    # Calibration takes folds more fits and moves no label.
    classifier.set_params(encoder=encoder, folds=0, random_state=fit.seed)
    read = [*fit.pages, *chain.from_iterable(data.values())]
    encoder.encode([text for page in read for text in page.page.texts])
    # Two threads give other last digits, and wait long for a core that is busy.
    with threadpool_limits(1):
        started = time.perf_counter()
        fit_on_gold(classifier, fit.pages, scheme)
        seconds = time.perf_counter() - started
        judged = {n: judge(classifier, pages, scheme) for n, pages in data.items()}
    return [
        {
            "model": fit.model,
            "size": fit.size,
            "seed": fit.seed,
            "pages": len(fit.pages),
            "segments": sum(len(page.page) for page in fit.pages),
            "seconds": round(seconds, 2),
            "data": name,
            **_macro_f1(score_judged(rows, scheme, config)),
            "predicted": "".join(LETTERS[label] for label in rows.y_pred),
        }
        for name, rows in judged.items()
    ]


def document(lines: Sequence[Line], data: Data, audits: Mapping[str, str]) -> str:
    """Write the tables and what their reader must know."""
    grouped: dict[tuple[str, str], dict[str, list[Line]]] = {}
    for line in lines:
        own = grouped.setdefault((line["model"], line["size"]), {})
        own.setdefault(line["data"], []).append(line)
    scores, gains = [], []
    for (model, size), own in grouped.items():
        pages = next(iter(own.values()))[0]["pages"]
        name = [model, size if size.isdigit() else f"{size} ({pages})"]
        scores.append(name + [score_cell(own[part], data[part]) for part in data])
        whole = grouped[model, ALL]
        if size != ALL:
            gains.append(
                name + [gain_cell(own[part], whole[part], data[part]) for part in data]
            )
    head = ["model", "pages", *data]
    absent = [f"Not there, so not scored: {name}." for name in DATA if name not in data]
    parts = [ABOUT, markdown_table(head, scores), ABOUT_SCORES]
    parts += [GAINS, markdown_table(head, gains), ABOUT_GAINS]
    parts += [SCORED_ON, scored_table(data, audits), *absent]
    return "\n\n".join(parts) + "\n"


def score_cell(lines: Sequence[Line], pages: Sequence[GoldPage]) -> str:
    """Write the score of the fits of one row together, and how far they lie apart."""
    gold, articles = _gold(pages)
    count, values = len(lines), [line["macro_f1"] for line in lines]
    result = evaluate_labels(
        gold * count, _labels(lines), articles * count, DEFAULT_SCHEME.names
    )
    cell = interval_cell(_macro_f1(result, "value"))
    return cell if count == 1 else f"{cell} ({min(values):.3f}–{max(values):.3f})"


def gain_cell(
    fewer: Sequence[Line], whole: Sequence[Line], pages: Sequence[GoldPage]
) -> str:
    """Write what all pages bought; a single fit stands beside each of several."""
    gold, articles = _gold(pages)
    count = max(len(fewer), len(whole))
    a, b = (
        _labels(list(islice(lines * count, count)))
        for lines in (list(fewer), list(whole))
    )
    names = DEFAULT_SCHEME.names
    return written_gain(compare(gold * count, a, b, articles * count, names).rows[0])


def written_gain(row: ComparisonRow) -> str:
    """Write a difference, in bold where it is not shown to be above 0."""
    if row.difference is None or row.low is None:
        return "–"
    cell = f"{row.difference:+.3f} [{row.low:+.3f}, {row.high:+.3f}]"
    return cell if row.low > 0 else f"**{cell}**"


def _macro_f1(scores: Evaluation, name: str = "macro_f1") -> Line:
    """Return macro-F1, under a name, and its interval."""
    row = next(row for row in scores.rows if row.metric == "macro_f1")
    return {name: row.value, "low": row.low, "high": row.high}


def _gold(pages: Sequence[GoldPage]) -> tuple[list[str], list[str]]:
    """Return the labels that are scored and their articles, as `judge` orders them."""
    gold = [page.labels[place] for page in pages for place in page.decided]
    return gold, [page.id for page in pages for _ in page.decided]


def _labels(lines: Sequence[Line]) -> list[str]:
    """Return the labels that some fits predicted, one fit after another."""
    names = {letter: name for name, letter in LETTERS.items()}
    return [names[letter] for line in lines for letter in line["predicted"]]


def _options() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=str(__doc__).partition("\n")[0])
    parser.add_argument("--sizes", type=_count, nargs="+", default=list(SIZES))
    parser.add_argument("--draws", type=_count, default=DRAWS, help="subsets a size")
    parser.add_argument(
        "--limit", type=_count, help="pages that count as all, to try it out"
    )
    parser.add_argument("--out", type=Path, default=HERE, help="folder of both files")
    return parser.parse_args()


def _count(text: str) -> int:
    """Read a number of at least 1."""
    if not text.isdigit() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"expected a whole number above 0: {text!r}")
    return int(text)


if __name__ == "__main__":
    main()
