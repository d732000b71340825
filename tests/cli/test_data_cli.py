from __future__ import annotations

import csv
import json
from itertools import product

import pytest

from mlpkg.config import objects
from mlpkg.data.gold import load_gold
from mlpkg.data.rows import Columns
from mlpkg.labels import LabelScheme
from mlpkg.models import SentenceClassifier, store
from mlpkg.training.fitting import fit_on_gold

COLUMNS = Columns("mail", "kind", "thing")
MAIL = LabelScheme.from_names(["spam", "ham"])
THINGS = "watch lamp phone ladder kettle bicycle rug printer tent drill".split()
PATTERNS = {
    "Buy your {} now and save half of the price!": "spam",
    "You have won a {}; claim your prize before midnight.": "spam",
    "Could you bring the {} back on Thursday, as we agreed?": "ham",
    "I left the {} in the hall for your brother.": "ham",
}
PAGES = {"outlet": "The Post", "genre": "local", "register": "regional"} | {
    "english": "irish",
    "topic": "mail",
    "year": "2024",
    "hand": "t",
    "licence": "CC0-1.0",
}
HEADER = [part for pair in PAGES.items() for part in ("--header", "=".join(pair))]


@pytest.fixture
def rows(tmp_path):
    """Ten articles of four mails, under other column names than the default."""
    path = tmp_path / "mails.csv"
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream)
        writer.writerow(["mail", "kind", "thing"])
        for thing, (pattern, label) in product(THINGS, PATTERNS.items()):
            writer.writerow([pattern.format(thing), label, thing])
    return path


@pytest.fixture
def reading():
    """Options that say how the rows are read."""
    columns = ["--text", "mail", "--label", "kind", "--article", "thing"]
    return [*columns, "--labels", "spam,ham"]


@pytest.fixture
def unlabelled(tmp_path):
    """A folder of three pages."""
    folder = tmp_path / "new"
    folder.mkdir()
    for thing in ("vase", "chair", "fan"):
        text = "\n".join(pattern.format(thing) for pattern in PATTERNS)
        (folder / f"{thing}.txt").write_text(text, encoding="utf-8")
    return folder


@pytest.fixture
def model(monkeypatch, rows, tiny_encoder):
    """Put a classifier of mails in the place of the default model."""
    lines = rows.read_text(encoding="utf-8").splitlines()
    plain = rows.with_name("plain.csv")
    plain.write_text("\n".join(["text,label,article", *lines[1:]]), encoding="utf-8")
    classifier = SentenceClassifier(encoder=tiny_encoder, folds=2)
    fit_on_gold(classifier, load_gold(plain, scheme=MAIL), MAIL)
    monkeypatch.setattr(store, "load_model", lambda *_, **__: classifier)
    return classifier


def test_check_passes_sound_data(command, rows, reading):
    done = command("data", "check", rows, *reading)
    assert done.code == 0
    assert "rows: 40 (spam 20, ham 20); articles: 10" in done.out
    assert done.out.endswith("errors: 0, warnings: 0\n")


def test_check_fails_on_errors_and_names_file_and_line(command, rows, reading):
    with rows.open("a", encoding="utf-8") as stream:
        stream.write("Hello.,hams,extra\n")
    done = command("data", "check", rows, *reading)
    assert done.code == 1
    assert f"error (invalid): {rows}, line 42: unknown label 'hams'" in done.out
    assert "did you mean 'ham'?" in done.out


def test_check_lets_warnings_pass_and_prints_json(command, rows, reading):
    with rows.open("a", encoding="utf-8") as stream:
        stream.write("You have won a rug; claim your prize before midnight.,spam,z\n")
    done = command("data", "check", rows, *reading, "--json")
    assert done.code == 0
    found = json.loads(done.out)
    assert (found["errors"], found["warnings"]) == (0, 1)
    assert found["findings"][0]["check"] == "copies"


def test_check_refuses_a_source_that_is_not_there(command):
    done = command("data", "check", "nowhere.csv")
    assert (done.code, done.out) == (2, "")
    assert "nowhere.csv: no such file or folder" in done.err


def test_stats_count_as_text_and_json(command, rows, reading):
    done = command("data", "stats", rows, *reading)
    assert "pages: 10, rows without a page: 0" in done.out
    assert "rows: 40: spam 20 (50%), ham 20 (50%), undecided 0" in done.out
    found = json.loads(command("data", "stats", rows, *reading, "--json").out)
    assert found["labels"] == {"spam": 20, "ham": 20}


def test_set_changes_how_data_are_read(command, rows, reading):
    text = rows.read_text(encoding="utf-8").replace(",spam,", ",junk,")
    rows.write_text(text, encoding="utf-8")
    mapped = command(
        "data", "stats", rows, *reading, "--set", "data.mapping={junk: spam}"
    )
    assert "spam 20 (50%)" in mapped.out


def test_split_writes_parts_ids_and_prints_the_audit(command, rows, reading, tmp_path):
    out = tmp_path / "split"
    parts = ["--parts", "train=0.6,validation=0.2,test=0.2", "--seed", "3"]
    done = command("data", "split", rows, *reading, "-o", out, *parts)
    assert done.code == 0
    stored = json.loads((out / "split.json").read_text(encoding="utf-8"))
    assert (stored["by"], stored["seed"]) == ("article", 3)
    assert [len(ids) for ids in stored["parts"].values()] == [6, 2, 2]
    for name, ids in stored["parts"].items():
        pages = load_gold(out / f"{name}.jsonl", scheme=MAIL, columns=COLUMNS)
        assert [page.id for page in pages] == ids
        row = json.loads((out / f"{name}.jsonl").read_text().splitlines()[0])
        assert list(row) == ["thing", "index", "mail", "kind"]
        size = f"{4 * len(ids)} rows of {len(ids)} articles"
        assert f"{out / f'{name}.jsonl'}: {size}\n" in done.out
    assert set(sum(stored["parts"].values(), [])) == set(THINGS)
    for pair in ("validation against train", "test against train"):
        assert f"leakage audit of {pair}" in done.out
    assert "shared articles" in done.out


def test_a_split_with_the_same_seed_is_the_same(command, rows, reading, tmp_path):
    for name in ("one", "two"):
        command("data", "split", rows, *reading, "-o", tmp_path / name)
    one, two = (
        (tmp_path / name / "train.jsonl").read_bytes() for name in ("one", "two")
    )
    assert one == two


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--by", "outlet"], "10 of 10 pages lack 'outlet'"),
        (["--parts", "train=0.8"], "must sum to 1, they sum to 0.8"),
        (["--parts", "train=most"], "the share of 'train' must be a number, got"),
        (["--parts", "train"], "expected KEY=VALUE, each key once, got 'train'"),
    ],
)
def test_split_refuses_what_cannot_be(
    command, rows, reading, tmp_path, options, message
):
    done = command("data", "split", rows, *reading, "-o", tmp_path / "s", *options)
    assert done.code == 2
    assert message in done.err
    assert not (tmp_path / "s").exists()


@pytest.mark.parametrize("name", ["split", "convert", "suspects"])
def test_test_parts_are_not_handed_out(command, tmp_path, name):
    done = command("data", name, "corpus:test", "-o", tmp_path / "out.jsonl")
    assert done.code == 2
    assert "corpus:test is for the last look" in done.err


@pytest.mark.parametrize("target", ["a.jsonl", "a.csv", "a.parquet", "a.json", "pages"])
def test_convert_writes_every_form(command, rows, reading, tmp_path, target):
    out = tmp_path / target
    done = command("data", "convert", rows, *reading, "-o", out, *HEADER)
    assert (done.code, done.out) == (0, f"{out}: 40 rows of 10 articles\n")
    columns = None if target == "a.json" else COLUMNS
    pages = load_gold(out, scheme=MAIL, columns=columns)
    found = {page.id: page.labels for page in pages}
    assert found == dict.fromkeys(THINGS, ("spam", "spam", "ham", "ham"))


@pytest.mark.parametrize("rest", ["", ",spam,lamp"])
def test_convert_counts_rows_without_an_article_apart(
    command, rows, reading, tmp_path, rest
):
    lines = ["mail,kind,thing", "Hello.,ham,", f"Buy it{rest or ',spam,'}"]
    rows.write_text("\n".join(lines) + "\n", encoding="utf-8")
    done = command("data", "convert", rows, *reading, "-o", tmp_path / "a.csv")
    bare = "1 rows of 1 articles, 1" if rest else "2"
    assert done.out.endswith(f"a.csv: {bare} rows that name no article\n")


def test_wrong_column_names_are_one_error(command, rows, tmp_path):
    for name in ("check", "stats"):
        done = command("data", name, rows, "--labels", "spam,ham")
        lines = (done.out + done.err).splitlines()
        (line,) = (line for line in lines if "column" in line)
        assert (
            f"{rows}: no column 'text' and no 'label' among mail, kind, thing" in line
        )
        assert "--text, --label and --article" in line


def test_convert_says_how_partial_labels_are_read_back(
    command, rows, reading, tmp_path
):
    with rows.open("a", encoding="utf-8") as stream:
        stream.write("Hello.,either,z\n")
    done = command(
        *("data", "convert", rows, *reading, "-o", tmp_path / "a.csv"),
        *("--set", "data.allowed={either: [spam, ham]}"),
    )
    assert 'data.allowed: {"spam|ham": ["spam", "ham"]}' in done.out


def test_convert_refuses_an_unknown_form(command, rows, reading, tmp_path):
    done = command("data", "convert", rows, *reading, "-o", tmp_path / "a.xls")
    assert done.code == 2
    assert "unknown form '.xls'; expected .jsonl" in done.err


def test_suspects_find_a_turned_label(
    command, monkeypatch, rows, reading, tmp_path, tiny_encoder
):
    pytest.importorskip("cleanlab", reason="needs the extra 'data'")
    monkeypatch.setattr(objects, "make_encoder", lambda _: tiny_encoder)
    text = rows.read_text(encoding="utf-8")
    turned = "Buy your rug now and save half of the price!"
    rows.write_text(text.replace(f"{turned},spam", f"{turned},ham"), encoding="utf-8")
    out = tmp_path / "suspects.jsonl"
    options = ["--set", "training.folds=3", "--set", "training.context_dropout=0"]
    done = command("data", "suspects", rows, *reading, "-o", out, *options)
    assert done.code == 0
    first = json.loads(out.read_text(encoding="utf-8").splitlines()[0])
    assert (first["article"], first["index"], first["text"]) == ("rug", 0, turned)
    assert (first["given"], first["likely"]) == ("ham", "spam")
    assert "of 40 labels are suspect" in done.out


@pytest.mark.usefixtures("model")
def test_next_and_import_go_round(command, unlabelled, tmp_path):
    tasks = tmp_path / "tasks.json"
    done = command("data", "next", unlabelled, "-n", "4", "-o", tasks)
    assert (done.code, done.out) == (0, f"{tasks}: 4 segments on 3 pages\n")
    assert '<Label value="spam"' in (tmp_path / "tasks.xml").read_text("utf-8")
    answered = json.loads(tasks.read_text(encoding="utf-8"))
    for task in answered:
        task["annotations"] = task.pop("predictions")
    answers = tmp_path / "answers.json"
    answers.write_text(json.dumps(answered), encoding="utf-8")
    out = tmp_path / "answers"
    done = command("data", "import", answers, "-o", out, "--labels", "spam,ham")
    assert (done.code, done.out) == (0, f"{out}: 3 texts, 12 spans\n")
    pages = load_gold(out, scheme=MAIL)
    assert {page.id for page in pages} == {"vase.txt", "chair.txt", "fan.txt"}
    assert all(len(page.labels) == 4 for page in pages)


@pytest.mark.usefixtures("model")
@pytest.mark.parametrize(
    ("form", "target"), [("pages", "pages"), ("jsonl", "rows.jsonl")]
)
def test_next_writes_pages_and_rows(command, unlabelled, tmp_path, form, target):
    out = tmp_path / target
    options = ["--format", form, "-n", "6", "--most", "2"]
    done = command("data", "next", unlabelled, "-o", out, *options, *HEADER)
    assert (done.code, done.out) == (0, f"{out}: 6 segments on 3 pages\n")
    if form == "pages":
        assert len(load_gold(out, scheme=MAIL)) == 3
    else:
        assert len(out.read_text(encoding="utf-8").splitlines()) == 6


@pytest.mark.usefixtures("model")
def test_next_tells_pages_that_cannot_be_read(command, unlabelled, tmp_path):
    (unlabelled / "empty.txt").write_text(" ", encoding="utf-8")
    done = command("data", "next", unlabelled, "-o", tmp_path / "tasks.json")
    assert done.code == 1
    assert "empty.txt: the file holds no text" in done.err
    assert "on 3 pages" in done.out


def test_next_refuses_a_name_of_another_form(command, unlabelled, tmp_path):
    done = command("data", "next", unlabelled, "-o", tmp_path / "tasks.xml")
    assert done.code == 2
    assert "--format label-studio writes a .json file" in done.err


def test_import_refuses_a_file_that_is_not_there(command, tmp_path):
    done = command("data", "import", "no.json", "-o", tmp_path / "out")
    assert done.code == 2
    assert "no.json: no such file; name an export of Label Studio" in done.err


def test_weights_of_sources_are_not_written_into_converted_rows(command, tmp_path):
    rows = tmp_path / "rows.csv"
    rows.write_text(
        "text,label,article,source,weight\n"
        "The quay is shut for a week.,claim,a,wire,0.5\n"
        "What a mess it all is.,opinion,a,wire,0.5\n"
    )
    written = tmp_path / "again.jsonl"
    factor = "data.source_weights={wire: 0.1}"
    done = command("data", "convert", rows, "-o", written, "--set", factor)
    assert done.code == 0, done.err
    lines = written.read_text(encoding="utf-8").splitlines()
    assert [json.loads(line)["weight"] for line in lines] == [0.5, 0.5]
