import csv
import io
import json
import re
import shutil

import pytest
from resiliparse.parse.html import HTMLTree
from rich.console import Console

from mlpkg.report.benchmark_cells import number
from mlpkg.report.benchmark_views import readme_table, terminal_table, write_views


@pytest.fixture(scope="module")
def folder(benchmark_folder, tmp_path_factory):
    copy = tmp_path_factory.mktemp("views") / "benchmark"
    shutil.copytree(benchmark_folder, copy)
    write_views(copy)
    return copy


@pytest.fixture(scope="module")
def stored(folder):
    return json.loads((folder / "benchmark.json").read_text(encoding="utf-8"))


def on_terminal(folder, width, **options):
    console = Console(file=io.StringIO(), width=width, **options)
    console.print(terminal_table(folder))
    return console.file.getvalue()


def test_four_files_are_written_and_nothing_else(folder, benchmark_folder):
    new = {x.name for x in folder.iterdir()} - {
        x.name for x in benchmark_folder.iterdir()
    }
    assert new == {f"benchmark.{suffix}" for suffix in ("md", "csv", "json", "html")}


def test_csv_holds_every_line_of_json(folder, stored):
    with (folder / "benchmark.csv").open(encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream))
    lines = [(board, line) for board in stored["boards"] for line in board["lines"]]
    assert len(rows) == len(lines) > 60
    for row, (board, line) in zip(rows, lines, strict=True):
        assert (row["task"], row["part"]) == (board["task"], board["part"])
        for key, value in line.items():
            found = row[key]
            assert found == ("" if value is None else str(value))


def markdown_tables(text):
    """Rows of cells of each table under its heading."""
    for section in re.split(r"^## ", text, flags=re.M)[1:]:
        title, _, rest = section.partition("\n")
        table = re.search(r"(?:^\|.*\n)+", rest, re.M)
        if table:
            rows = [
                [re.sub(r"\\(.)", r"\1", cell.strip()) for cell in row.split(" | ")]
                for row in table[0].strip().replace("\n| ", "\n").splitlines()
            ]
            yield title, rows


def test_markdown_and_html_show_the_numbers_of_json(folder, stored):
    text = (folder / "benchmark.md").read_text(encoding="utf-8")
    tree = HTMLTree.parse((folder / "benchmark.html").read_text(encoding="utf-8"))
    shown = tree.document.query_selector_all("table.sortable")
    written = list(markdown_tables(text))
    assert len(shown) == len(written) == len(stored["boards"])
    for board, (title, rows), table in zip(
        stored["boards"], written, shown, strict=True
    ):
        assert title.startswith(board["task"])
        html = [
            " ".join(row.text.split()) for row in table.query_selector_all("tbody > tr")
        ]
        assert len(html) == len(rows) - 2 == len(board["lines"])
        for line, markdown, words in zip(board["lines"], rows[2:], html, strict=True):
            for view in (" ".join(markdown), words):
                assert line["classifier"] in view
                if line["value"] is None:
                    assert line["status"] in view
                    continue
                assert f"{line['value']:.3f}" in view
                assert f"[{line['low']:.3f}, {line['high']:.3f}]" in view
                assert number(line["segments_per_second"]) in view
                if line["seed_low"] is not None:
                    assert f"{line['seed_low']:.3f} to {line['seed_high']:.3f}" in view


def test_a_spreadsheet_gets_no_formula(tmp_path, benchmark_builder):
    rows = [benchmark_builder.row('=HYPERLINK("evil")', train_seconds=2)]
    write_views(benchmark_builder.write(tmp_path, rows))
    with (tmp_path / "benchmark.csv").open(encoding="utf-8", newline="") as stream:
        (row,) = csv.DictReader(stream)
    assert row["classifier"] == '\'=HYPERLINK("evil")'
    assert row["train_seconds"] == "2.0"


def test_markdown_takes_no_markup_from_names(tmp_path, benchmark_builder):
    name = "a|b<img src=x>[c](http://d)`e`"
    folder = benchmark_builder.write(tmp_path, [benchmark_builder.row(name)])
    write_views(folder)
    text = (folder / "benchmark.md").read_text(encoding="utf-8")
    assert r"a\|b\<img src=x\>[c\](http://d)\`e\`" in text


def test_the_readme_shows_each_task_once_with_its_part(folder):
    text = readme_table(folder)
    titles = re.findall(r"^\*\*(.*)\*\*$", text, re.M)
    assert titles == [
        "corpus, in-corpus (test part)",
        "polnear, in-corpus (test part)",
        "checkthat, in-corpus (test part)",
        "babe, in-corpus (development part)",
    ]
    assert "| setfit | missing-data |" in text
    assert "≈ best (p = 0.310)" in text
    assert "Development part: choices may have been made on it" in text
    assert "Measured with machine system Linux" in text
    assert "Multiples (×) are of minilm-logistic" in text
    assert not text.endswith("\n")


def test_a_wide_terminal_shows_everything(folder):
    text = on_terminal(folder, 180)
    assert "≈ best (p = 0.310)" in text
    assert "900,000 (1,184×)" in text
    assert "spacy-textcat: failed: killed: out of memory" in text
    assert "setfit: missing-data: get the data: see its page" in text
    assert "left out" not in text


@pytest.mark.parametrize("width", [100, 72, 48, 32])
def test_a_narrow_terminal_keeps_names_and_scores_and_says_what_it_leaves_out(
    folder, width
):
    text = on_terminal(folder, width)
    assert all(len(line) <= width for line in text.splitlines())
    assert "left out for want of room" in text
    for kept in ("page-head", "0.791", "≈ best", "failed"):
        assert kept in text


def test_a_terminal_gets_no_commands_from_names(tmp_path, benchmark_builder):
    rows = [benchmark_builder.row("\x1b[31mred[bold]x[/bold]")]
    text = on_terminal(benchmark_builder.write(tmp_path, rows), 120, no_color=True)
    assert "\x1b" not in text
    assert "red[bold]x[/bold]" in text
