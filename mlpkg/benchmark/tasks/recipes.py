"""The public corpora: where each comes from, and which of its rows count as what.

A recipe is data alone; `mlpkg.benchmark.tasks.recipe_pages` reads by it. The local form
is described in the README beside it: gzipped JSON lines, a row a sentence or line.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from mlpkg.report.benchmark_records import Published

__all__ = ["RECIPES", "HeldOut", "Recipe", "Rule"]


@dataclass(frozen=True, slots=True)
class Rule:
    """Rows that count as one label.

    Parameters
    ----------
    label
        The label of the task.
    raw
        Beginnings of the raw label; any of them.
    of
        Values of the row's own key `label`; any of them. Empty: whatever it is.
    least
        For keys of the row the least value; True is above False.
    """

    label: str
    raw: tuple[str, ...] = ("",)
    of: tuple[str, ...] = ()
    least: Mapping[str, float] | None = None


@dataclass(frozen=True, slots=True)
class HeldOut:
    """How a file without a development part is cut: by a hash of one of its keys."""

    key: str
    percent: int = 30


@dataclass(frozen=True, slots=True)
class Recipe:
    """One task on a public corpus.

    Parameters
    ----------
    title, origin, revision, licence, citation, field
        As in `mlpkg.report.benchmark_records.Task`.
    train, test
        File of the part to learn from and of the part to score on; where they are
        one, `held_out` cuts it.
    meaning
        For each label of the task the labels of the default scheme on its side.
    rules
        The first that fits a row decides its label. A row that none fits is open: it
        stays on its page as a neighbour, but is neither learned nor scored.
    whole_pages
        Whether the rows of a document follow each other; else each is judged by
        itself, and documents only keep rows together in folds and resamples.
    held_out
        The cut.
    published
        What others reached on the corpus's test part.
    """

    title: str
    origin: str
    licence: str
    citation: str
    field: str
    train: str
    test: str
    meaning: Mapping[str, tuple[str, ...]]
    rules: tuple[Rule, ...]
    whole_pages: bool = True
    held_out: HeldOut | None = None
    published: tuple[Published, ...] = ()
    revision: str = "as in the local form; the checksum is its revision"


_ATTRIBUTION = {
    "attribution": ("attribution",),
    "not attribution": ("claim", "opinion", "boilerplate"),
}
_OPINION = {
    "opinion": ("opinion",),
    "not opinion": ("claim", "attribution", "boilerplate"),
}
_FURNITURE = {
    "boilerplate": ("boilerplate",),
    "article text": ("claim", "opinion", "attribution"),
}

RECIPES: dict[str, Recipe] = {
    "polnear": Recipe(
        title="PolNeAR: attribution in US political news",
        origin="https://github.com/networkdynamics/PolNeAR",
        licence="none stated",
        citation="Newell, Margolin and Ruths 2018, An Attribution Relations Corpus for "
        "Political News, LREC",
        field="raw, strict, cov",
        train="polnear.train.jsonl.gz",
        test="polnear.dev.jsonl.gz",
        meaning=_ATTRIBUTION,
        # About 7% of the rows that pass are noise; of those that do not, about half.
        rules=(
            Rule("attribution", of=("attribution",), least={"strict": 1, "cov": 0.5}),
            Rule("not attribution", raw=("none",)),
        ),
    ),
    "newsdiscourse": Recipe(
        title="NewsDiscourse: speech in whole agency and newspaper articles",
        origin="https://github.com/prafulla77/Discourse_Profiling",
        licence="none stated",
        citation="Choubey, Lee, Huang and Wang 2020, Discourse as a Function of Event: "
        "Profiling Discourse Structure in News Articles around the Main Event, ACL",
        field="label",
        train="newsdiscourse.train.jsonl.gz",
        test="newsdiscourse.validation.jsonl.gz",
        meaning=_ATTRIBUTION,
        # Roles that a speech verb or a quotation mark contradicts carry no label.
        rules=(
            Rule("attribution", of=("attribution",)),
            Rule("not attribution", of=("claim", "boilerplate", "opinion")),
        ),
    ),
    "checkthat": Recipe(
        title="CheckThat! English: subjective sentences",
        origin="https://gitlab.com/checkthat_lab",
        licence="CC BY-NC-SA 4.0",
        citation="Galassi et al. 2023, Overview of the CLEF-2023 CheckThat! Lab: Task "
        "2 on Subjectivity in News Articles, CLEF",
        field="raw",
        train="checkthat_en.train.jsonl.gz",
        test="checkthat_en.dev.jsonl.gz",
        meaning=_OPINION,
        # What is quoted or reported is no opinion of the author's, so that all OBJ
        # rows count, those with a cue too: the corpus's own two classes.
        rules=(Rule("opinion", raw=("SUBJ",)), Rule("not opinion", raw=("OBJ",))),
        whole_pages=False,
        published=(
            Published(
                "third of 2023",
                "macro_f1",
                0.77,
                "Galassi et al. 2023, Overview of the CLEF-2023 CheckThat! Lab: Task 2",
            ),
            Published(
                "winner of 2024",
                "macro_f1",
                0.744,
                "Struß et al. 2024, Overview of the CLEF-2024 CheckThat! Lab: Task 2",
            ),
        ),
    ),
    "babe": Recipe(
        title="BABE: opinion in partisan US outlets",
        origin="https://github.com/Media-Bias-Group/"
        "Neural-Media-Bias-Detection-Using-Distant-Supervision-With-BABE",
        licence="AGPL-3.0",
        citation="Spinde et al. 2021, Neural Media Bias Detection Using Distant "
        "Supervision With BABE, Findings of EMNLP",
        field="raw",
        train="babe.train.jsonl.gz",
        test="babe.train.jsonl.gz",
        meaning=_OPINION,
        # "Somewhat factual but also opinionated" and "No agreement" stay open.
        rules=(
            Rule("opinion", raw=("Expresses writer's opinion",)),
            Rule("not opinion", raw=("Entirely factual",)),
        ),
        whole_pages=False,
        held_out=HeldOut("doc"),
    ),
    "wcxb": Recipe(
        title="WCXB: furniture among the lines of English article pages",
        origin="https://github.com/Murrough-Foley/web-content-extraction-benchmark",
        licence="CC-BY-4.0",
        citation="Foley 2026, WCXB: A Multi-Type Web Content Extraction Benchmark, "
        "arXiv:2605.21097",
        field="raw",
        train="wcxb.dev.jsonl.gz",
        test="wcxb.dev.jsonl.gz",
        meaning=_FURNITURE,
        # Lines outside the main text but amid it, headlines, short lines that stand
        # in both: undecided by the corpus, and so here.
        rules=(
            Rule("boilerplate", of=("boilerplate",)),
            Rule("article text", raw=("content",)),
        ),
        held_out=HeldOut("domain"),
    ),
}
