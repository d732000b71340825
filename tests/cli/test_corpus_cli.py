import json

import pytest

from mlpkg.data.corpus import PARTS, corpus_files
from mlpkg.data.page_format import format_page
from mlpkg.data.render import render_text

FIRST = corpus_files("test")[0]


def test_stats_count_every_part(command):
    done = command("corpus", "stats")
    assert done.code == 0
    table = done.out.partition("\n\n")[0]
    lines = {line.split()[0]: line.split() for line in table.splitlines()}
    counted = sum(int(lines[part][1]) for part in PARTS)
    assert counted == int(lines["all"][1]) == len(corpus_files())


def test_stats_as_json_agree_with_the_corpus(command):
    stats = json.loads(command("corpus", "stats", "--json").out)
    assert stats["pages"] == len(corpus_files())
    assert stats["by_part"]["test"]["pages"] == len(corpus_files("test"))


def test_check_accepts_a_sound_page(command, tmp_path):
    (tmp_path / f"{FIRST.id}.page").write_text(format_page(FIRST), encoding="utf-8")
    done = command("corpus", "check", tmp_path)
    assert (done.code, done.out) == (0, "1 pages checked, 0 faults\n")


def test_check_tells_file_and_line_of_a_fault(command, tmp_path):
    path = tmp_path / f"{FIRST.id}.page"
    path.write_text(format_page(FIRST) + "Z\tNo such letter.\n", encoding="utf-8")
    line = len(path.read_text(encoding="utf-8").splitlines())
    done = command("corpus", "check", path)
    assert done.code == 1
    assert f"line {line}" in done.err
    assert "'Z'" in done.err
    assert done.out == "1 pages checked, 1 faults\n"


def test_check_tells_copies_between_pages_with_both_places(command, tmp_path):
    for page_id in ("x1", "x2"):
        text = format_page(FIRST).replace(f"id={FIRST.id};", f"id={page_id};")
        (tmp_path / f"{page_id}.page").write_text(text, encoding="utf-8")
    done = command("corpus", "check", tmp_path)
    assert done.code == 1
    assert f"{tmp_path / 'x2.page'}, line " in done.err
    assert f"nearly stands in {tmp_path / 'x1.page'}, line " in done.err


def test_check_refuses_a_folder_without_pages(command, tmp_path):
    done = command("corpus", "check", tmp_path)
    assert done.code == 2
    assert "no page file" in done.err


def test_show_lists_the_ids_of_a_part(command):
    done = command("corpus", "show", "--part", "test")
    assert done.out.split() == [page.id for page in corpus_files("test")]


def test_show_prints_the_page_file(command):
    assert command("corpus", "show", FIRST.id).out == format_page(FIRST)
    first = command("corpus", "show", "--part", "test", "--first")
    assert first.out == format_page(FIRST)


def test_show_prints_the_text_form(command):
    assert command("corpus", "show", FIRST.id, "--form", "text").out == render_text(
        FIRST
    )


@pytest.mark.parametrize("template", ["news_site", "blog", "table_2003"])
def test_show_prints_the_html_form(command, template):
    done = command("corpus", "show", FIRST.id, "--form", "html", "--template", template)
    assert done.code == 0
    assert "<html" in done.out.lower()


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((FIRST.id + "x",), f"did you mean {FIRST.id!r}?"),
        (("--part", "tset"), "unknown part 'tset'; known: train, validation"),
        (
            (FIRST.id, "--form", "html", "--template", "magazine"),
            "unknown template 'magazine'; known: news_site",
        ),
        ((FIRST.id, "--form", "pdf"), "'pdf'"),
    ],
)
def test_show_refuses_what_it_does_not_know(command, arguments, message):
    done = command("corpus", "show", *arguments)
    assert (done.code, done.out) == (2, "")
    assert message in done.err
