import csv
import json

import pytest

from mlpkg.data.corpus import corpus_files

LABELS = ("claim", "opinion", "attribution", "boilerplate")


@pytest.fixture
def table(tmp_path):
    """Rows of one validation page in a CSV with column names of its own."""
    path = tmp_path / "rows.csv"
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream)
        writer.writerow(["words", "function", "page"])
        for page in corpus_files("validation")[:2]:
            writer.writerows([row.text, row.label, page.id] for row in page.rows)
    return path


@pytest.mark.e2e
def test_scores_the_default_model_on_a_part_of_the_corpus(command):
    done = command(
        "evaluate", "default", "corpus:validation", "--resamples", 20, "--json"
    )
    assert done.code == 0
    result = json.loads(done.out)
    assert result["labels"] == list(LABELS)
    assert result["n_articles"] == len(corpus_files("validation"))
    scores = {row["metric"]: row["value"] for row in result["rows"] if not row["label"]}
    assert scores["macro_f1"] > 0.6


@pytest.mark.e2e
def test_reads_columns_by_their_own_names(command, table):
    names = ("--text", "words", "--label", "function")
    done = command("evaluate", "default", table, *names, "--article", "page")
    assert done.code == 0
    assert "of 2 articles" in done.out
    bare = command("evaluate", "default", table, *names, "--article", "page", "--bare")
    assert bare.code == 0
    assert bare.out != done.out


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("default", "corpus:dev"), "unknown corpus part 'dev'; known: train"),
        (("default", "absent.csv"), "absent.csv: no such file or folder"),
        (("defualt", "corpus:validation"), "did you mean 'default'?"),
    ],
)
def test_wrong_use_is_one_line(command, arguments, message):
    done = command("evaluate", *arguments)
    assert (done.code, done.out) == (2, "")
    assert done.err.startswith("error: ")
    assert done.err.count("\n") == 1
    assert message in done.err


def test_tells_every_wrong_row_with_its_line(command, tmp_path):
    path = tmp_path / "rows.csv"
    path.write_text(
        "text,label\nThe mill closed.,claim\nIt rained.,fact\n,claim\n",
        encoding="utf-8",
    )
    done = command("evaluate", "default", path)
    assert done.code == 2
    first, second = done.err.splitlines()
    assert f"{path}, line 3: unknown label 'fact'" in first
    assert f"{path}, line 4: 'text' must be" in second


def test_names_the_columns_that_are_there(command, table):
    done = command("evaluate", "default", table, "--text", "word", "--label", "x")
    assert done.code == 2
    assert "did you mean 'words'?" in done.err
