import os
import re
import signal
import subprocess
import sys
import time

import pytest

from mlpkg.data.output import read_rows
from mlpkg.labels import DEFAULT_SCHEME

e2e = pytest.mark.e2e
posix = pytest.mark.skipif(sys.platform == "win32", reason="needs POSIX terminals")

HTML = """<!doctype html><html><head><title>Ferry</title></head><body>
<nav><a href="/">Home</a></nav>
<article><h1>Ferry to Skerrow halted</h1><p>The ferry stopped on Monday.</p></article>
</body></html>"""
GERMAN = """Der Stadtrat hat am Montagabend beschlossen, die Brücke zu sperren.
Nach Angaben der Bürgermeisterin beginnen die Arbeiten im Frühjahr und dauern lange.
Die Bewohner des Viertels, die vor dem Rathaus standen, verlangen eine andere Lösung.
„So lange können wir nicht warten“, sagte der Vorsitzende des Vereins am Dienstag.
Das Land muss bis zum Ende des Monats noch zustimmen, sonst verfallen die Zuschüsse.
Die Händler fürchten, dass sie vor Weihnachten weniger verkaufen als im Jahr davor.
"""
# Longer than any test should wait for a process that does what it should.
PATIENCE = 60


@pytest.fixture
def crawl(tmp_path, page):
    """A folder with a text page, an HTML page and a file of another kind."""
    folder = tmp_path / "crawl"
    (folder / "sub").mkdir(parents=True)
    (folder / "a.txt").write_text(page.read_text(encoding="utf-8"), encoding="utf-8")
    (folder / "sub" / "b.html").write_text(HTML, encoding="utf-8")
    (folder / "notes.ini").write_text("[notes]", encoding="utf-8")
    return folder


def texts(rows):
    return [row["text"] for row in rows]


@e2e
def test_writes_a_json_line_a_segment_when_piped(command, page):
    done = command("classify", page)
    assert done.code == 0
    text = page.read_text(encoding="utf-8")
    assert texts(done.rows) == text.splitlines()
    for index, row in enumerate(done.rows):
        assert row["index"] == index
        assert row["text"] == text[row["start"] : row["end"]]
        assert row["label"] in DEFAULT_SCHEME.names
        assert row["confidence"] == row[f"p_{row['label']}"]
        assert row["abstained"] is False
        assert (row["source"], row["article_id"]) == (str(page), page.name)
    assert re.search(r"pages: 1, segments: 7, [\d.]+ s", done.err)


@e2e
def test_labels_the_plain_cases(command, page):
    labels = [row["label"] for row in command("classify", page).rows]
    assert labels[0] == labels[6] == "boilerplate"
    assert labels[3:6] == ["claim", "attribution", "opinion"]


@e2e
def test_reads_a_folder_in_order(command, crawl):
    rows = command("classify", crawl).rows
    ids = [row["article_id"] for row in rows]
    assert list(dict.fromkeys(ids)) == ["a.txt", "sub/b.html"]
    assert "The ferry stopped on Monday." in texts(rows)


@e2e
def test_reads_globs_and_several_sources(command, crawl, page):
    rows = command("classify", crawl / "**" / "*.html", page).rows
    sources = list(dict.fromkeys(row["source"] for row in rows))
    assert sources == [str(crawl / "sub" / "b.html"), str(page)]


@e2e
@pytest.mark.parametrize("arguments", [("-",), ()], ids=["dash", "nothing"])
def test_reads_standard_input(command, page, arguments):
    done = command("classify", *arguments, stdin=page.read_bytes())
    assert texts(done.rows) == texts(command("classify", page).rows)
    assert {row["article_id"] for row in done.rows} == {"stdin"}


@e2e
def test_reads_html_from_standard_input(command):
    rows = command("classify", "-", stdin=HTML.encode()).rows
    assert texts(rows) == [
        "Home",
        "Ferry to Skerrow halted",
        "The ferry stopped on Monday.",
    ]


@e2e
@pytest.mark.parametrize(
    "change",
    [
        lambda data: data.replace(b"\n", b"\r\n"),
        lambda data: b"\xef\xbb\xbf" + data,
        lambda data: data.decode().encode("utf-16"),
    ],
    ids=["windows-line-ends", "byte-order-mark", "utf-16"],
)
def test_bytes_of_another_system_change_no_row(command, page, change):
    wanted = command("classify", page).rows
    page.write_bytes(change(page.read_bytes()))
    assert command("classify", page).rows == wanted


@e2e
@pytest.mark.parametrize("suffix", [".jsonl", ".csv", ".parquet", ".csv.gz"])
def test_every_file_format_holds_the_rows_of_the_pipe(command, crawl, tmp_path, suffix):
    output = tmp_path / f"rows{suffix}"
    done = command("classify", crawl, "-o", output)
    assert (done.code, done.out) == (0, "")
    wanted = command("classify", crawl).rows
    found = read_rows(output)
    assert texts(found) == texts(wanted)
    for row, other in zip(found, wanted, strict=True):
        assert list(row) == list(other)
        assert row == pytest.approx(other, abs=1e-6)


@e2e
def test_writes_a_page_that_needs_nothing_else(command, page, tmp_path):
    target = tmp_path / "out.html"
    done = command("classify", page, "--html", target)
    assert (done.code, done.out) == (0, "")
    html = target.read_text(encoding="utf-8")
    assert "The council should have bought a new ship years ago." in html
    assert not re.search(r"<link|<script|<img|src=|@import|url\(", html)
    assert list(tmp_path.glob(".*")) == []


@e2e
def test_one_run_writes_page_and_rows(command, page, tmp_path):
    html, rows = tmp_path / "out.html", tmp_path / "out.jsonl"
    assert command("classify", page, "--html", html, "-o", rows).code == 0
    assert html.is_file()
    assert len(read_rows(rows)) == 7


@e2e
def test_leaves_the_words_out(command, page):
    with_text, without = (
        command("classify", page, flag).rows for flag in ("--text", "--no-text")
    )
    assert set(texts(without)) == {""}
    assert without == [{**row, "text": ""} for row in with_text]


@e2e
def test_marks_what_it_is_not_sure_of(command, page):
    plain = command("classify", page).rows
    threshold = sorted(row["confidence"] for row in plain)[3]
    marked = command("classify", page, "--min-confidence", threshold).rows
    assert marked == [
        {**row, "abstained": row["confidence"] < threshold} for row in plain
    ]
    assert sum(row["abstained"] for row in marked) == 3


@e2e
def test_quiet_says_nothing_when_all_is_well(command, page):
    assert command("classify", page, "--quiet").err == ""


@e2e
def test_a_bad_file_is_told_and_the_others_go_on(command, crawl, tmp_path):
    (crawl / "bad.txt").write_bytes(bytes(range(32)) * 40)
    output = tmp_path / "rows.jsonl"
    done = command("classify", crawl, "--quiet", "-o", output)
    assert done.code == 1
    assert f"failed: {crawl / 'bad.txt'}: the bytes are not text" in done.err
    assert {row["article_id"] for row in read_rows(output)} == {"a.txt", "sub/b.html"}


@pytest.mark.parametrize("content", [b"", b" \r\n\t\n"], ids=["empty", "white-space"])
def test_an_empty_input_is_a_failure(command, content):
    done = command("classify", "-", stdin=content)
    assert (done.code, done.out) == (1, "")
    assert "holds no text" in done.err
    assert "failed: 1" in done.err


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("absent.txt",), "absent.txt: no such file or folder"),
        (("*.txt",), "*.txt: the pattern matches no file"),
        (("-", "--model", "defualt"), "did you mean 'default'?"),
        (("-", "-o", "absent/rows.csv"), "the folder 'absent' does not exist"),
        (("-", "-o", "rows.xlsx"), "unknown format '.xlsx'; known: .jsonl, .csv"),
        (("-", "--html", "absent/page.html"), "the folder 'absent' does not exist"),
        (("-", "--html", "."), "not a regular file"),
        (("-", "--encoding", "utf-88"), "unknown codec 'utf-88'"),
    ],
)
def test_wrong_use_is_one_line(command, arguments, message):
    done = command("classify", *arguments, stdin=b"A line.")
    assert (done.code, done.out) == (2, "")
    assert done.err.startswith("error: ")
    assert done.err.count("\n") == 1
    assert message in done.err


@pytest.mark.parametrize(
    ("option", "value"),
    [
        ("--min-confidence", "1.5"),
        ("--batch-size", "0"),
        ("--threads", "0"),
        ("--precision", "float8"),
    ],
)
def test_refuses_values_out_of_range(command, option, value):
    done = command("classify", "-", option, value)
    assert done.code == 2
    assert option in done.err


@pytest.mark.parametrize("device", ["abacus", "cuda:", "cuda:999"])
def test_refuses_a_device_that_is_not_there(command, device):
    done = command("classify", "-", "--device", device)
    assert (done.code, done.out) == (2, "")
    assert f"device {device!r}" in done.err


@e2e
def test_a_missing_folder_is_told_before_any_input_is_read(start):
    process = start(
        "classify",
        "-o",
        "absent/rows.csv",
        stdin=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    # Standard input stays open: a process that read it would not end.
    assert process.wait(PATIENCE) == 2
    _, err = process.communicate()
    assert b"'absent' does not exist" in err


@e2e
@posix
def test_shows_a_table_on_a_terminal(start, page):
    shown = on_a_terminal(start, "classify", page)
    assert "\x1b[36m" in shown  # claims are cyan
    assert "ferry.txt" in shown
    assert '{"' not in shown
    plain = re.sub(r"\x1b\[[0-9;]*m", "", shown)
    row = r"opinion +\d+% The council should have bought a new ship years ago\."
    assert re.search(row, plain)


@e2e
@posix
def test_json_is_for_terminals_too(start, page):
    shown = on_a_terminal(start, "classify", page, "--json")
    assert shown.count('{"source": ') == 7


@posix
def test_asks_for_input_when_a_terminal_gives_none(start):
    ours, theirs = os.openpty()
    try:
        process = start("classify", stdin=theirs, stderr=subprocess.PIPE)
        _, err = process.communicate(timeout=PATIENCE)
    finally:
        os.close(ours)
        os.close(theirs)
    assert process.returncode == 2
    assert b"nothing to read" in err


def on_a_terminal(start, *arguments):
    """Run with standard output on a terminal and return what it shows."""
    ours, theirs = os.openpty()
    process = start(*arguments, stdout=theirs, stderr=subprocess.DEVNULL)
    os.close(theirs)
    shown = b""
    try:
        while chunk := os.read(ours, 4096):
            shown += chunk
    except OSError:  # how Linux says that the other end is closed
        pass
    os.close(ours)
    assert process.wait(PATIENCE) == 0
    return shown.decode()


@e2e
@posix
def test_an_interrupt_leaves_no_file(start, tmp_path):
    folder = tmp_path / "out"
    folder.mkdir()
    process = start(
        "classify",
        "-",
        "-o",
        folder / "rows.csv",
        stdin=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    deadline = time.monotonic() + PATIENCE
    while not list(folder.iterdir()) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert list(folder.iterdir()), "the draft of the output never appeared"
    process.send_signal(signal.SIGINT)
    assert process.wait(PATIENCE) == 130
    _, err = process.communicate()
    assert b"Traceback" not in err
    assert list(folder.iterdir()) == []


@e2e
@posix
def test_a_reader_that_leaves_causes_no_traceback(start, page):
    ours, theirs = os.pipe()
    process = start("classify", page, stdout=theirs, stderr=subprocess.PIPE)
    os.close(theirs)
    os.close(ours)
    _, err = process.communicate(timeout=PATIENCE)
    assert process.returncode == 0
    assert b"Traceback" not in err
    assert b"Error" not in err


@e2e
def test_a_table_passes_no_control_characters_on_to_the_terminal(command, tmp_path):
    page = tmp_path / "trap.txt"
    page.write_text("The quay is shut\x1b]0;owned\x07 for now, the town said.\n")
    done = command("classify", page, "--table")
    assert done.code == 0
    assert "The quay is shut" in done.out
    assert "\x1b]0" not in done.out


@e2e
def test_rows_of_records_name_their_place(command, tmp_path):
    path = tmp_path / "r.csv"
    path.write_text("key,note\n7,It rained. We left.\n", encoding="utf-8")
    done = command("classify", path, "--text-field", "note", "--id-field", "key")
    assert done.code == 0
    assert texts(done.rows) == ["It rained.", "We left."]
    for row in done.rows:
        assert (row["source"], row["record"], row["article_id"]) == (
            str(path),
            "2",
            "7",
        )


@e2e
def test_the_rows_that_it_writes_can_be_read_again(command, page, tmp_path):
    first, second = tmp_path / "a.jsonl", tmp_path / "b.jsonl"
    assert command("classify", page, "-o", first).code == 0
    assert command("classify", first, "-o", second).code == 0
    again, rows = read_rows(second), read_rows(first)
    assert texts(again) == texts(rows)
    assert {row["article_id"] for row in again} == {page.name}


@e2e
def test_records_come_in_under_a_stated_form(command):
    record = b'{"sentences": ["It rained. We left."]}'
    rows = command("classify", "-", "--format", "jsonl", stdin=record).rows
    assert texts(rows) == ["It rained. We left."]


@e2e
@pytest.mark.parametrize(("choice", "count"), [("warn", 1), ("skip", 0)])
def test_a_page_in_another_language_is_counted(command, choice, count):
    arguments = ("classify", "-", "--other-languages", choice)
    done = command(*arguments, stdin=GERMAN.encode())
    assert done.code == 0
    assert "'stdin' is in another language (de)" in done.err
    assert "in another language: 1" in done.err
    assert bool(done.rows) == count


@pytest.mark.parametrize("option", ["--html", "--output"])
def test_an_input_is_not_written_over(command, tmp_path, option):
    folder = tmp_path / "crawl"
    folder.mkdir()
    path = folder / ("a.html" if option == "--html" else "a.jsonl")
    path.write_text("<p>It rained.</p>", encoding="utf-8")
    (folder / "b.txt").write_text("It rained.", encoding="utf-8")
    done = command("classify", folder, option, path)
    assert (done.code, done.out) == (2, "")
    assert f"{option} {path}: one of the inputs; name another file" in done.err
    assert path.read_text(encoding="utf-8") == "<p>It rained.</p>"
