import base64
import hashlib
import re
from functools import lru_cache

import pytest
from resiliparse.parse.html import HTMLTree

from mlpkg.report.benchmark_boards import boards_of
from mlpkg.report.benchmark_page import benchmark_page
from mlpkg.report.benchmark_rows import read_benchmark

HOSTILE = '</script><script>alert("x")</script><img src=x onerror=alert(1)>"\'&{{ 7 }}'


def page_of(folder):
    return benchmark_page(boards_of(read_benchmark(folder)))


@pytest.fixture(scope="module")
def html(benchmark_folder):
    return page_of(benchmark_folder)


@pytest.fixture(scope="module")
def path(html, tmp_path_factory):
    path = tmp_path_factory.mktemp("page") / "benchmark.html"
    path.write_text(html, encoding="utf-8")
    return path


@lru_cache(maxsize=2)
def parse(html):
    return HTMLTree.parse(html)


def all_of(html, selector):
    return parse(html).document.query_selector_all(selector)


def texts(html, selector):
    return [" ".join(element.text.split()) for element in all_of(html, selector)]


def test_headings_go_down_one_level_at_a_time(html):
    levels = [int(level) for level in re.findall(r"<h(\d)[ >]", html)]
    assert levels.count(1) == 1
    assert all(b - a <= 1 for a, b in zip(levels, levels[1:], strict=False))


def test_the_links_reach_every_section(html):
    links = [x.getattr("href") for x in all_of(html, "nav a")]
    assert links == [f"#{x.getattr('id')}" for x in all_of(html, "h2")]


def test_every_table_has_a_caption_and_scoped_heads(html):
    assert len(all_of(html, "table")) == len(all_of(html, "table > caption")) > 20
    assert {x.getattr("scope") for x in all_of(html, "th")} == {"col", "row"}


def test_every_named_thing_has_its_name_once(html):
    ids = re.findall(r' id="([^"]*)"', html)
    named = re.findall(r'aria-labelledby="([^"]*)"', html)
    assert len(set(ids)) == len(ids)
    assert {name for names in named for name in names.split()} <= set(ids)


def test_figures_are_told_in_words(html):
    figures = all_of(html, "figure svg[role=img]")
    assert len(figures) == len(all_of(html, "figure svg desc")) == 28
    assert all(x.text.strip() for x in all_of(html, "figure svg desc"))


def test_only_its_own_script_may_run_and_nothing_is_fetched(html):
    (script,) = re.findall(r"<script>(.*?)</script>", html, re.S)
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    assert (
        f"default-src 'none'; style-src 'unsafe-inline'; script-src 'sha256-{digest}'"
        in html
    )
    assert not re.search(r"https?:|url\(|@import|\bsrc=|\bhref=\"[^#]", html)


def test_development_parts_are_marked_and_get_no_published_figures(html):
    boards = {
        x.query_selector("h3").text.strip(): x for x in all_of(html, "section.board")
    }
    (babe,) = (x for name, x in boards.items() if name.startswith("babe"))
    (polnear,) = (x for name, x in boards.items() if name.startswith("polnear, in-"))
    assert "development part" in babe.query_selector("h3").text
    assert "no fair estimate" in babe.text
    assert "Best of the workshop" not in babe.text
    assert "Best of the workshop" in polnear.text
    assert "test part" in polnear.query_selector("h3").text


def test_licence_citation_machine_and_reasons_are_shown(html):
    tasks = " ".join(texts(html, "section[aria-labelledby=tasks]"))
    assert tasks.count("CC-BY-4.0") == tasks.count("Quill, I. (2024)") == 5
    footer = " ".join(texts(html, "footer"))
    assert "processor Made Up" in footer
    assert "torch 2.13.0" in footer
    assert "model2vec: skipped: needs the extra 'peers'" in texts(html, ".board li")


def test_heat_cells_hold_their_numbers(html):
    cells = texts(html, ".heat td")
    assert cells.count("–") == 3
    assert all(re.match(r"–$|0\.\d\d ?0\.\d\d–0\.\d\d", cell) for cell in cells)


def test_nothing_in_a_row_becomes_markup(tmp_path, benchmark_builder):
    make = benchmark_builder
    changes = {
        "train": HOSTILE,
        "note": HOSTILE,
        "machine": {HOSTILE: HOSTILE},
        "versions": {HOSTILE: HOSTILE},
        "date": HOSTILE,
    }
    rows = [
        make.row(HOSTILE + str(i), HOSTILE, kind=kind, **changes)
        for i in range(3)
        for kind in ("in-corpus", "cross-corpus", "few-shot")
    ]
    scores = rows[0]["per_class"]
    rows = [row | {"per_class": {HOSTILE: scores["claim"]}} for row in rows]
    rows.append(make.unwell("x", HOSTILE, "failed", HOSTILE))
    published = dict.fromkeys(("name", "score", "citation"), HOSTILE) | {"value": 0.5}
    task = make.task(HOSTILE, published=[published])
    html = page_of(make.write(tmp_path, rows, [task], reference=HOSTILE + "1"))
    assert len(all_of(html, "script")) == 1
    assert not all_of(html, "img, [onerror]")
    assert HOSTILE + "0" in [x.text for x in all_of(html, "tbody th")]


def test_hundreds_of_rows_stay_below_two_megabytes(tmp_path, benchmark_builder):
    rows = [
        row | {"classifier": f"{row['classifier']}-{i}"}
        for task in ("corpus", "polnear")
        for i in range(20)
        for row in benchmark_builder.rows(task)
    ]
    html = page_of(benchmark_builder.write(tmp_path, rows))
    assert len(rows) == 400
    assert html.count('<th scope="row" data-value=') == 400
    assert len(html.encode()) < 2_000_000


def test_a_benchmark_without_a_single_score_is_shown(tmp_path, benchmark_builder):
    rows = [benchmark_builder.unwell("a", "corpus", "failed", "killed")]
    html = page_of(benchmark_builder.write(tmp_path, rows))
    assert "No row ended with a score yet." in html
    assert texts(html, ".board li") == ["a: failed: killed"]


FIRST = "document.querySelector('table.sortable')"


def names(browser):
    return browser.evaluate(
        f"[...{FIRST}.tBodies[0].rows].map(r => r.cells[1].textContent)"
    )


def sorts(browser):
    heads = f"[...{FIRST}.tHead.rows[0].cells]"
    return browser.evaluate(
        f"{heads}.filter(h => h.hasAttribute('aria-sort'))"
        ".map(h => [h.textContent, h.getAttribute('aria-sort')])"
    )


def button(title):
    return (
        f"[...{FIRST}.querySelectorAll('th button')]"
        f".find(b => b.textContent.startsWith('{title}'))"
    )


def test_a_browser_asks_for_nothing_and_has_no_complaint(browser, path):
    browser.open(path)
    assert browser.requests() == [path.as_uri()]
    assert browser.complaints() == []


def test_a_click_sorts_and_says_so(browser, path):
    browser.open(path)
    ranked = names(browser)
    assert sorts(browser) == [["macro-F1", "descending"]]
    browser.click(button("training"))
    assert sorts(browser) == [["training, s", "ascending"]]
    assert names(browser)[:3] == ["majority", "cue-rules", "tfidf-words-logistic"]
    browser.click(button("training"))
    assert sorts(browser) == [["training, s", "descending"]]
    assert names(browser)[:3] == ["tuned-encoder", "setfit", "page-head"]
    said = browser.evaluate("document.querySelector('[role=status]').textContent")
    assert said == "Sorted by training, s, descending."
    browser.click(button("macro-F1"))
    assert names(browser) == ranked


def test_what_has_no_figure_goes_to_the_end_either_way(browser, path):
    browser.open(path)
    browser.click(button("classifier"))
    assert names(browser)[-1] == "tuned-encoder"
    for _ in range(2):
        browser.click(button("training"))
        assert names(browser)[-2:] == ["model2vec", "spacy-textcat"]


@pytest.mark.parametrize("key", ["Enter", " "])
def test_keys_sort_too_and_focus_stays(browser, path, key):
    browser.open(path)
    browser.evaluate(f"{button('#')}.focus()")
    browser.press("Tab")
    focused = "document.activeElement"
    assert browser.evaluate(f"{focused}.textContent") == "classifier"
    outline = f"getComputedStyle({focused}).outlineStyle"
    assert browser.evaluate(outline) == "solid"
    browser.press(key)
    assert sorts(browser) == [["classifier", "ascending"]]
    assert names(browser) == sorted(names(browser))
    assert browser.evaluate(f"{focused}.textContent") == "classifier"


@pytest.mark.parametrize("width", [1280, 400])
def test_the_page_never_moves_sideways(browser, path, width):
    browser.open(path, width=width)
    found = browser.evaluate(
        "({scrolls: document.documentElement.scrollWidth,"
        "out: [...document.querySelectorAll('body *')].filter(x => "
        f"!x.closest('.scroll') && x.getBoundingClientRect().right > {width} + 1)"
        ".map(x => x.outerHTML),"
        "letters: Math.min(...[...document.querySelectorAll('svg[role=img] text')]"
        ".map(x => x.getBoundingClientRect().height)),"
        "unfocusable: [...document.querySelectorAll('.scroll')]"
        ".filter(x => x.tabIndex != 0).length})"
    )
    assert found["scrolls"] <= width
    assert found["out"] == []
    assert found["unfocusable"] == 0
    assert found["letters"] >= 8


def test_a_hostile_name_moves_nothing_and_runs_nothing(
    browser, tmp_path, benchmark_builder
):
    make = benchmark_builder
    rows = [make.row(HOSTILE + "w" * 300 + str(i), "t" * 200) for i in range(3)]
    page = tmp_path / "page.html"
    page.write_text(page_of(make.write(tmp_path, rows)), encoding="utf-8")
    browser.open(page, width=400)
    assert browser.evaluate("document.documentElement.scrollWidth") <= 400
    assert browser.complaints() == []
    browser.click(button("classifier"))
    assert sorts(browser) == [["classifier", "ascending"]]


def test_dark_mode_and_print_look_otherwise(browser, path):
    colour = "getComputedStyle(document.body).backgroundColor"
    browser.open(path)
    assert browser.evaluate(colour) == "rgb(255, 255, 255)"
    browser.open(path, dark=True)
    assert browser.evaluate(colour) == "rgb(22, 24, 29)"
    browser("Emulation.setEmulatedMedia", media="print")
    shown = "getComputedStyle(document.querySelector('nav')).display"
    assert browser.evaluate(shown) == "none"
    browser("Emulation.setEmulatedMedia", media="")
