"""Made rows for the tests of training: mails, which no default label fits."""

from __future__ import annotations

import csv
from collections.abc import Callable
from itertools import product
from pathlib import Path

import pytest

from mlpkg.data.gold import GoldPage, load_gold
from mlpkg.labels import LabelScheme

MAIL = LabelScheme.from_names(["spam", "ham"])
THINGS = "watch lamp phone ladder kettle bicycle rug printer tent drill".split()
SPAM = (
    "Buy your {} now and save half of the price!",
    "Last chance: a free {} for the first hundred to click.",
    "You have won a {}; claim your prize before midnight.",
)
HAM = (
    "Could you bring the {} back on Thursday, as we agreed?",
    "I left the {} in the hall for your brother.",
    "Thanks for mending the {}, it works well again.",
)


@pytest.fixture(scope="session")
def mail() -> LabelScheme:
    """The labels of the made rows."""
    return MAIL


@pytest.fixture(scope="session")
def write_mail() -> Callable[..., Path]:
    """Write 60 made rows, ``write_mail(path, articles=True)`` in pages of six."""

    def write(path: Path, articles: bool = False) -> Path:
        rows = [
            (pattern.format(thing), label, thing)
            for thing, (label, patterns) in product(
                THINGS, (("spam", SPAM), ("ham", HAM))
            )
            for pattern in patterns
        ]
        with path.open("w", encoding="utf-8", newline="") as stream:
            writer = csv.writer(stream)
            writer.writerow(("text", "label", "article")[: 3 if articles else 2])
            writer.writerows(row[: 3 if articles else 2] for row in rows)
        return path

    return write


@pytest.fixture(scope="session")
def mail_pages(tmp_path_factory, write_mail) -> list[GoldPage]:
    """Ten pages of six rows."""
    path = write_mail(tmp_path_factory.mktemp("pages") / "rows.csv", articles=True)
    return load_gold(path, scheme=MAIL)


@pytest.fixture(scope="session")
def mail_rows(tmp_path_factory, write_mail) -> list[GoldPage]:
    """Sixty rows without a page."""
    path = write_mail(tmp_path_factory.mktemp("rows") / "rows.csv")
    return load_gold(path, scheme=MAIL)
