"""Error analysis: every wrong segment of a model, with hints, and causes once read.

``python experiments/models/errors.py [MODEL]`` scores a model on the corpus's
validation part and, where they are there, on the reference pages beside the checkout.
It writes ``errors.jsonl``, a line a wrong segment without its text, and ``errors.md``.
A reader may note causes by hand in ``causes.csv`` beside them, with the columns
``article,start,cause``; they are merged at the next start. ``--show 30`` prints the
next errors without a cause with the text around them, to the terminal alone. The
corpus's test part and its other hands are not looked at here.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from causes import read_causes
from errors_table import document
from hints import neighbour_hints, page_hints

from mlpkg.data.gold import GoldPage
from mlpkg.exceptions import DataError, MlpkgError
from mlpkg.models import SentenceClassifier
from mlpkg.models.store import load_model
from mlpkg.training.audits import audit_against_training
from mlpkg.training.evaluate import judge

sys.path.append(str(Path(__file__).resolve().parents[1]))

from scored_pages import SHARED, load_present, scored_table
from stored_lines import write_lines, write_text

HERE = Path(__file__).resolve().parent
DATA: dict[str, str | Path] = {
    "seeds": SHARED / "seeds",
    "dev": SHARED / "dev",
    "validation": "corpus:validation",
}


@dataclass(frozen=True, slots=True)
class Judgement:
    """What a model said of one decided span; `before` and `after` are gold labels."""

    source: str
    article: str
    start: int
    end: int
    gold: str
    predicted: str
    probability: float
    hard: bool
    before: str
    after: str
    hints: tuple[str, ...]

    @property
    def wrong(self) -> bool:
        """Whether the label was missed."""
        return self.gold != self.predicted


Data = Mapping[str, Sequence[GoldPage]]


def main() -> None:
    """Judge all pages and write both files."""
    options = _options()
    try:
        classifier = load_model(options.model, precision="float32")
        data = {
            name: pages[: options.max_pages]
            for name, pages in load_present(DATA).items()
        }
        judged = judge_all(classifier, data)
        causes = read_causes(options.out / "causes.csv")
        options.out.mkdir(parents=True, exist_ok=True)
        write(options.model, classifier, data, judged, causes, options.out)
        show(judged, data, causes, options.show)
    except MlpkgError as error:
        raise SystemExit(f"error: {error}") from None


def judge_all(classifier: SentenceClassifier, data: Data) -> list[Judgement]:
    """Judge every decided span of all pages.

    Raises
    ------
    DataError
        Two pages have one id, by which causes are noted.
    """
    ids = [page.id for pages in data.values() for page in pages]
    twice = sorted({name for name in ids if ids.count(name) > 1})
    if twice:
        raise DataError(f"pages of one id: {twice!r}; give each an id of its own")
    return [
        judgement
        for source, pages in data.items()
        for judgement in judge_pages(classifier, source, pages)
    ]


def judge_pages(
    classifier: SentenceClassifier, source: str, pages: Sequence[GoldPage]
) -> Iterator[Judgement]:
    """Yield the judgements on one data set, page by page."""
    scheme = classifier.scheme_
    judged = judge(classifier, pages, scheme)
    rows = iter(zip(judged.y_pred, judged.probabilities, strict=True))
    for page in pages:
        around = ["", *(page.labels[place] for place in page.decided), ""]
        hints = page_hints(page)
        for number, place in enumerate(page.decided):
            predicted, probabilities = next(rows)
            gold, before, after = around[number + 1], around[number], around[number + 2]
            beside = neighbour_hints(gold, predicted, before, after)
            yield Judgement(
                source,
                page.id,
                *page.spans[place],
                gold,
                predicted,
                round(float(probabilities[scheme.index(predicted)]), 4),
                page.hard[place],
                before,
                after,
                (*hints[number], *beside),
            )


def write(
    model: str,
    classifier: SentenceClassifier,
    data: Data,
    judged: Sequence[Judgement],
    causes: Mapping[tuple[str, int], str],
    out: Path,
) -> None:
    """Write the lines of all errors and the document."""
    lines = []
    for row in judged:
        if row.wrong:
            cause = causes.get((row.article, row.start))
            lines.append(asdict(row) | ({"cause": cause} if cause else {}))
    write_lines(out / "errors.jsonl", lines)
    scheme = classifier.scheme_
    audits = {}
    for name, pages in data.items():
        audit = audit_against_training(model, pages, scheme)
        audits[name] = audit.worst if audit else "not made"
    table = scored_table(data, audits)
    text = document(Path(model).name, judged, causes, scheme.names, table)
    write_text(out / "errors.md", text)
    print(text)


def show(
    judged: Sequence[Judgement],
    data: Data,
    causes: Mapping[tuple[str, int], str],
    count: int,
) -> None:
    """Print errors that have no cause yet, each between its neighbours."""
    texts = {page.id: page.page.article.text for own in data.values() for page in own}
    unread = [
        place
        for place, row in enumerate(judged)
        if row.wrong and (row.article, row.start) not in causes
    ]
    for place in unread[:count]:
        row = judged[place]
        print(
            f"\n{row.article},{row.start},  # {row.source}: {row.gold} taken for "
            f"{row.predicted} ({row.probability:.2f}; {' '.join(row.hints)})"
        )
        for other in judged[max(place - 2, 0) : place + 3]:
            if other.article == row.article:
                mark = ">" if other is row else " "
                print(f"{mark} {texts[other.article][other.start : other.end]}")


def _options() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=str(__doc__).partition("\n")[0])
    add = parser.add_argument
    add("model", nargs="?", default="default", help="model folder or bundled name")
    add("--show", type=int, default=0, metavar="N", help="errors to print with texts")
    add("--max-pages", type=int, help="pages of every data set, to try it out")
    add("--out", type=Path, default=HERE, help="folder of all files")
    options = parser.parse_args()
    if options.max_pages and options.out.resolve() == HERE:
        parser.error("--max-pages is for trying out: name a folder, --out")
    return options


if __name__ == "__main__":
    main()
