import json
import re
import shutil
import subprocess

import numpy as np
import pytest
from resiliparse.parse.html import HTMLTree

from mlpkg.config import Config
from mlpkg.evaluation import evaluate_labels
from mlpkg.evaluation.audit_table import Audit, AuditRow
from mlpkg.exceptions import DataError
from mlpkg.report.run_report import run_report
from mlpkg.tracking.stored_run import leaves

LABELS = ("claim", "opinion", "attribution", "boilerplate")
SENTENCES = {
    "claim": "The ferry to Nordholm left the quay at seven with forty passengers.",
    "opinion": "It was a shabby way to treat people who had waited all night.",
    "attribution": '"Nobody told us anything," said Ida Quill, who runs the kiosk.',
    "boilerplate": "More from the harbour",
}
SECTIONS = (
    "headline config data audit scores confusion confidence mix slices errors".split()
)
HOSTILE = '</style><script>alert("x")</script><img src=x onerror=alert(1)>'


def made_rows(part, n_articles, seed):
    """Predictions whose confidence is worth something, on articles of 12 to 30 rows."""
    random = np.random.default_rng(seed)
    rows = []
    for number in range(n_articles):
        size = int(random.integers(12, 30))
        page = {
            "article_id": f"{part}-{number:03}.page",
            "outlet": f"Paper {number % 5}",
            "genre": ("news", "column", "science")[number % 3],
            "register": ("plain", "literary")[number % 2],
            "english": "british" if number % 4 else "american",
            "year": str(1998 + number),
        }
        for index in range(size):
            gold = str(random.choice(LABELS, p=(0.3, 0.15, 0.2, 0.35)))
            logits = random.normal(0, 1, 4)
            logits[LABELS.index(gold)] += 2.5 if gold != "opinion" else 1.2
            shares = np.exp(logits) / np.exp(logits).sum()
            label = LABELS[int(shares.argmax())]
            rows.append(
                page
                | {f"p_{x}": float(p) for x, p in zip(LABELS, shares, strict=True)}
                | {
                    "part": part,
                    "fold": number % 5,
                    "index": index,
                    "start": 80 * index,
                    "end": 80 * index + len(SENTENCES[gold]),
                    "text": SENTENCES[gold],
                    "gold": gold,
                    "label": label,
                    "confidence": float(shares.max()),
                    "hard": bool(random.random() < 0.1),
                }
            )
    return rows


def scored(rows, labels=LABELS):
    def column(name):
        return [row[name] for row in rows]

    return evaluate_labels(
        column("gold"),
        column("label"),
        column("article_id"),
        labels,
        [[row[f"p_{x}"] for x in labels] for row in rows],
        n=100,
    ).to_json()


def made_audit():
    return Audit(
        (
            AuditRow("shared articles", "ok", 0, 0.0, "no article is on both sides"),
            AuditRow(
                "same prose",
                "warn",
                2,
                0.004,
                "2 of 500 held-out sentences stand in the training data, word for word",
                ("validation-003.page: The ferry to Nordholm left",),
            ),
            AuditRow("one source", "fail", 1, None, "opinion comes from Paper 2 only"),
            AuditRow("time", "ok", None, None, "could not be checked: no dates"),
        )
    ).to_json()


@pytest.fixture(scope="module")
def run():
    parts = {
        "out-of-fold": made_rows("out-of-fold", 24, seed=1),
        "validation": made_rows("validation", 8, seed=2),
    }
    config = Config(name="harbour", seed=7).resolved()
    config["model"]["C"] = 0.5
    return {
        "config": config,
        "run": {
            "id": "2026-11-21T080000-harbour-0123abcd",
            "status": "finished",
            "name": "harbour",
            "config_fingerprint": "0123abcd" * 8,
            "data_fingerprint": "89ef4567" * 8,
            "n_pages": 24,
            "n_segments": len(parts["out-of-fold"]),
            "codebook_version": "1.2",
            "licence": None,
            "seed": 7,
            "command": ["mlpkg", "train", "harbour.yaml"],
            "git": {"commit": "5e1f" * 10, "dirty": True},
            "versions": {"python": "3.11.9", "mlpkg": "0.1.0", "numpy": "2.4.6"},
            "machine": {"system": "Linux", "processor": "Made Up 9000", "cores": 2},
            "timings_s": {"embed": 12.5, "fit": 3.25, "total": 17.0},
            "started_utc": "2026-11-21T08:00:00",
        },
        "splits": {
            "train": [f"out-of-fold-{i:03}.page" for i in range(24)],
            "validation": [f"validation-{i:03}.page" for i in range(8)],
            "folds": {f"out-of-fold-{i:03}.page": i % 5 for i in range(24)},
        },
        "metrics": {name: scored(rows) for name, rows in parts.items()},
        "audit": {"validation": made_audit()},
        "predictions": [row for rows in parts.values() for row in rows],
    }


@pytest.fixture(scope="module")
def html(run):
    return run_report(run)


def parse(html):
    return HTMLTree.parse(html).body


def texts(html, selector):
    # Cells and lines are apart for the eye, but not in the text of the tree.
    html = re.sub(r"(?=<(?:td|th|small)\b)|(?<=</b>)", " ", html)
    found = parse(html).query_selector_all(selector)
    return [" ".join(element.text.split()) for element in found]


def section(html, name):
    (text,) = texts(html, f"section[aria-labelledby={name}]")
    return text


def test_every_section_stands_in_order_and_the_links_reach_it(html):
    ids = [x.getattr("id") for x in parse(html).query_selector_all("main h2")]
    links = [x.getattr("href") for x in parse(html).query_selector_all("nav a")]
    assert ids == SECTIONS
    assert links == [f"#{name}" for name in SECTIONS]


def test_headings_go_down_one_level_at_a_time(html):
    levels = [int(level) for level in re.findall(r"<h(\d)[ >]", html)]
    assert levels.count(1) == 1
    assert all(b - a <= 1 for a, b in zip(levels, levels[1:], strict=False))


def test_every_table_has_a_caption_and_scoped_heads(html):
    tables = parse(html).query_selector_all("table")
    heads = parse(html).query_selector_all("th")
    assert len(tables) == len(parse(html).query_selector_all("table > caption")) == 20
    assert {x.getattr("scope") for x in heads} == {"col", "row", "rowgroup"}


def test_every_named_thing_has_its_name(html):
    ids = re.findall(r' id="([^"]*)"', html)
    named = re.findall(r'aria-labelledby="([^"]*)"', html)
    assert len(set(ids)) == len(ids)
    assert {name for names in named for name in names.split()} <= set(ids)
    figures = parse(html).query_selector_all("figure svg[role=img]")
    assert len(figures) == len(parse(html).query_selector_all("figure svg desc")) == 3


def test_headline_figures_come_with_interval_and_audit(html, run):
    macro = {
        part: next(row for row in stored["rows"] if row["metric"] == "macro_f1")
        for part, stored in run["metrics"].items()
    }
    assert texts(html, ".card h3") == list(macro)
    for card, row in zip(texts(html, ".card"), macro.values(), strict=True):
        assert f"{row['value']:.3f} macro-F1" in card
        assert f"{row['low']:.3f} to {row['high']:.3f}" in card
    assert texts(html, ".card dd")[4::5] == ["not stored", "1 failed, 1 warning, 2 ok"]


def test_settings_that_differ_name_their_default(html):
    count = len(leaves(Config().resolved()))
    assert f"3 of {count} settings differ" in section(html, "config")
    assert texts(html, ".changed") == [
        "harbour default: default",
        "7 default: 0",
        "0.5 default: 0.03",
    ]


def test_the_making_of_the_run_is_told(html):
    facts = dict(zip(texts(html, ".made dt"), texts(html, ".made dd"), strict=True))
    assert facts["command"] == "mlpkg train harbour.yaml"
    assert facts["code"].endswith("with uncommitted changes")
    assert facts["machine"] == "Linux, Made Up 9000, cores 2"
    assert "licence" not in facts


def test_data_are_counted_by_part_and_label(html, run):
    words = section(html, "data")
    assert "24 for train, 8 for validation, in 5 folds." in words
    rows = [row for row in run["predictions"] if row["part"] == "validation"]
    n_claims = sum(row["gold"] == "claim" for row in rows)
    assert f"validation 8 {len(rows)} {n_claims} ({n_claims / len(rows):.0%})" in words


def test_the_audit_says_its_status_in_words_the_worst_first(html):
    assert texts(html, ".status") == ["✕ failed", "! warning", "✓ ok", "✓ ok"]
    assert "validation-003.page: The ferry" in section(html, "audit")


def test_confusion_cells_hold_count_and_share_of_the_row(html, run):
    first = run["metrics"]["out-of-fold"]["confusion"][0]
    cells = texts(html, "#confusion-0 ~ tbody td")
    assert cells[:4] == [f"{n} {n / sum(first):.0%}" for n in first]


def test_thresholds_keep_what_they_say(html, run):
    rows = [row for row in run["predictions"] if row["part"] == "out-of-fold"]
    part, risk, threshold, coverage, error = next(
        cells
        for row in parse(html).query_selector_all("#risk-table ~ tbody tr")
        for cells in [[cell.text for cell in row.query_selector_all("th, td")]]
        if cells[1] == "10%"
    )
    # The threshold is shown to three places, so a segment may fall to either side.
    kept = [row for row in rows if row["confidence"] >= float(threshold) - 5e-4]
    assert (part, risk) == ("out-of-fold", "10%")
    assert float(coverage[:-1]) / 100 == pytest.approx(len(kept) / len(rows), abs=0.005)
    assert 0 < float(error[:-1]) < 10


def test_the_real_mix_stands_beside_the_own(html):
    assert texts(html, "#mix-0 ~ tbody td:nth-child(3)") == ["14%", "7%", "13%", "66%"]


def test_slices_cover_the_page_and_the_segment(html):
    assert texts(html, ".slices .group") == [
        *("genre", "register", "english", "outlet", "year", "length", "place"),
        *("quotation mark", "hard"),
    ]
    assert "1990s 2 " in section(html, "slices")


def test_many_values_of_a_column_are_pooled(run):
    rows = [row | {"outlet": row["article_id"]} for row in run["predictions"]]
    words = section(run_report(run | {"predictions": rows}), "slices")
    assert "(all others)" in words


def test_errors_name_both_labels_and_show_their_neighbours(html, run):
    rows = {(row["article_id"], row["index"]): row for row in run["predictions"]}
    errors = parse(html).query_selector_all(".errors > li")
    assert len(errors) == 20
    page, place = re.search(
        r"; (\S+), segment (\d+)", errors[0].query_selector(".facts").text
    ).groups()
    row = rows[page, int(place)]
    assert f"{row['gold']} taken for {row['label']}" in errors[0].text
    around = [rows[page, int(place) + step] for step in (-2, -1, 0, 1, 2)]
    shown = [x.text for x in errors[0].query_selector_all(".segment")]
    assert shown == [f"{x['gold']}: {x['text']}" for x in around]


def test_what_a_run_lacks_is_said(run):
    bare = run_report({"metrics": {"out-of-fold": run["metrics"]["out-of-fold"]}})
    for name, words in {
        "headline": "no validation part",
        "config": "no config",
        "data": "does not say how its pages were split",
        "audit": "no leakage audit",
        "confidence": "no predictions",
        "mix": "no predictions",
        "slices": "no predictions",
        "errors": "no predictions",
    }.items():
        assert words in section(bare, name)
    assert parse(bare).query_selector("h1").text == "Unnamed run"


def test_a_run_without_words_shows_errors_by_place(run):
    rows = [row | {"text": ""} for row in run["predictions"]]
    html = run_report(run | {"predictions": rows})
    assert "stored without its words" in section(html, "errors")
    assert "quotation mark" not in texts(html, ".slices .group")
    assert not texts(html, ".context")


def test_labels_of_ones_own_take_the_place_of_the_four():
    names = dict(zip(LABELS, ("fact", "view", "quote", "frame"), strict=True))
    shares = {f"p_{old}": f"p_{new}" for old, new in names.items()}
    rows = [
        {shares.get(key, key): names.get(value, value) for key, value in row.items()}
        for row in made_rows("validation", 8, seed=3)
    ]
    metrics = {"validation": scored(rows, tuple(names.values()))}
    html = run_report({"metrics": metrics, "predictions": rows})
    assert texts(html, "#scores-0 ~ tbody th") == list(names.values())
    assert "no scores are re-weighted" in section(html, "mix")


def test_nothing_in_a_run_becomes_markup(run):
    rows = [
        row | {"text": HOSTILE, "outlet": HOSTILE, "article_id": HOSTILE + row["part"]}
        for row in run["predictions"]
    ]
    html = run_report(
        run
        | {"predictions": rows, "run": {"name": HOSTILE, "command": [HOSTILE]}}
        | {"config": {"name": HOSTILE, HOSTILE: {HOSTILE: HOSTILE}}}
    )
    tree = HTMLTree.parse(html)
    assert not tree.document.query_selector_all("script, img, [onerror]")
    assert texts(html, "h1") == [HOSTILE]


def test_nothing_is_fetched(html):
    assert not re.search(r"https?:|//|url\(|@import|\bsrc=|\bhref=\"[^#]", html)
    assert "default-src 'none'" in html


def test_a_run_without_metrics_is_refused():
    with pytest.raises(DataError, match="metrics of the run are None, expected an eva"):
        run_report({"config": {}})


def test_metrics_that_lack_a_score_are_refused(run):
    stored = run["metrics"]["validation"]
    fewer = [row for row in stored["rows"] if row["metric"] != "recall"]
    with pytest.raises(DataError, match=r"part 'validation': no row .*'recall', 'clai"):
        run_report({"metrics": {"validation": stored | {"rows": fewer}}})


def test_parts_with_different_labels_are_refused(run):
    other = scored(made_rows("validation", 3, seed=4), LABELS[::-1])
    with pytest.raises(DataError, match=r"part 'validation': labels \['boilerplate"):
        run_report({"metrics": run["metrics"] | {"validation": other}})


def test_an_audit_of_another_form_is_refused(run):
    with pytest.raises(DataError, match="part 'validation': has 'table', expected 'r"):
        run_report(run | {"audit": {"validation": {"table": []}}})


def test_predictions_that_lack_a_column_are_refused(run):
    rows = [{"part": "validation", "article_id": "a", "index": 0}]
    with pytest.raises(DataError, match="row 0: no column 'gold' among part, article"):
        run_report(run | {"predictions": rows})


def luminance(colour):
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [
        p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts
    ]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one, other):
    high, low = sorted((luminance(one), luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("mode", [0, 1], ids=["light", "dark"])
def test_words_and_lines_are_legible(html, mode):
    found = re.findall(r"--([a-z0-9-]+): (#\w{6})", html)
    colours = dict(found[mode * len(found) // 2 :][: len(found) // 2])
    words = ("ink", "quiet", "focus", "ok", "warn", "fail")
    assert all(contrast(colours[x], colours["page"]) >= 4.5 for x in words)
    assert contrast(colours["quiet"], colours["panel"]) >= 4.5
    assert contrast(colours["ink"], colours["heat"]) >= 4.5
    lines = [f"s{number}" for number in range(4)]
    assert all(contrast(colours[x], colours["page"]) >= 3 for x in lines)


def chromium(folder, page, *options):
    """Open a page in headless Chromium; give what it prints and what it logs."""
    command = ["chromium", "--headless", "--no-sandbox", "--disable-gpu"]
    return subprocess.run(
        [
            *command,
            f"--user-data-dir={folder / 'profile'}",
            "--enable-logging=stderr",
            "--v=0",
            *options,
            page.as_uri(),
        ],
        check=True,
        capture_output=True,
        text=True,
        timeout=120,
    )


needs_chromium = pytest.mark.skipif(
    shutil.which("chromium") is None, reason="needs chromium"
)

# Frames of two widths, measured by a script of the page around them.
MEASURE = """<!DOCTYPE html><meta charset="utf-8"><pre id="found"></pre><script>
const found = {}, html = HTML;
for (const width of [1200, 400]) {
  const frame = document.createElement("iframe");
  frame.style = `border: 0; width: ${width}px; height: 900px`;
  frame.srcdoc = html;
  frame.onload = () => {
    const page = frame.contentDocument, view = frame.contentWindow;
    const box = element => element.getBoundingClientRect();
    const all = selector => [...page.querySelectorAll(selector)];
    const last = all("nav a").at(-1);
    last.focus({focusVisible: true});
    found[width] = {
      scrolls: page.documentElement.scrollWidth,
      figures: all("svg[role=img]").map(x => [box(x).width, box(x).height]),
      letters: Math.min(...all("svg[role=img] text").map(x => box(x).height)),
      sticking_out: all("main *").filter(
        x => box(x).right > width + 1 && !x.closest(".scroll")).map(x => x.outerHTML),
      unfocusable: all(".scroll").filter(x => x.tabIndex != 0).length,
      outline: view.getComputedStyle(last).outlineStyle,
      colours: new Set(all(".context .segment").map(
        x => view.getComputedStyle(x).backgroundColor)).size,
    };
    document.getElementById("found").textContent = JSON.stringify(found);
  };
  document.body.append(frame);
}
</script>"""


@needs_chromium
def test_a_browser_shows_all_of_it_at_both_widths(html, tmp_path):
    words = json.dumps(html).replace("</", "<\\/").replace("<!--", "<\\!--")
    page = tmp_path / "measure.html"
    page.write_text(MEASURE.replace("HTML", words, 1), encoding="utf-8")
    done = chromium(tmp_path, page, "--virtual-time-budget=5000", "--dump-dom")
    (found,) = re.findall(r'<pre id="found">(.*?)</pre>', done.stdout)
    for width, seen in json.loads(found.replace("&gt;", ">")).items():
        assert seen["scrolls"] <= int(width)
        assert seen["sticking_out"] == []
        assert len(seen["figures"]) == 3
        assert all(w >= 300 and h >= 150 for w, h in seen["figures"])
        assert seen["letters"] >= 10
        assert seen["unfocusable"] == 0
        assert seen["outline"] == "solid"
        assert seen["colours"] == len(LABELS)
    assert set(json.loads(found)) == {"1200", "400"}


@needs_chromium
def test_the_console_is_empty(html, tmp_path):
    page = tmp_path / "report.html"
    page.write_text(html, encoding="utf-8")
    done = chromium(tmp_path, page, "--dump-dom")
    assert "Worst errors</h2>" in done.stdout
    assert "CONSOLE" not in done.stderr


@needs_chromium
def test_dark_mode_looks_otherwise(html, tmp_path):
    page = tmp_path / "report.html"
    page.write_text(html, encoding="utf-8")
    shots = []
    for scheme in (1, 0):
        shot = tmp_path / f"{scheme}.png"
        look = f"--blink-settings=preferredColorScheme={scheme}"
        chromium(tmp_path, page, look, f"--screenshot={shot}")
        shots.append(shot.read_bytes())
    assert shots[0] != shots[1]
