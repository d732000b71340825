import re
import shutil
import subprocess
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from resiliparse.parse.html import HTMLTree

from mlpkg.exceptions import DataError
from mlpkg.labels import DEFAULT_SCHEME, LabelScheme
from mlpkg.records import Article, Prediction, Segment
from mlpkg.report.page_html import coloured_page

MADE_UP = [
    ("boilerplate", "Home › Local", "\n\n"),
    ("claim", "Council closes the old weir", "\n"),
    ("boilerplate", "By Ida Quill", "\n"),
    ("claim", "The weir closed on Tuesday.", " "),
    ("attribution", '"We could not wait," said Bram Tolliver.', " "),
    ("opinion", "That was <b>late</b> & dear.", "\n"),
    ("claim", '<script>alert("x")</script>', "\n"),
]


def build(rows, page_id="weir.html", lead="", title=""):
    """Make an article and its predictions of (label, text, white space after)."""
    text, predictions = lead, []
    for index, (label, words, gap) in enumerate(rows):
        start = len(text)
        segment = Segment(page_id, index, start, start + len(words), words)
        shares = dict.fromkeys(DEFAULT_SCHEME.names, 0.05) | {label: 0.85}
        predictions.append(Prediction(segment, label, shares, 0.85))
        text += words + gap
    return Article(page_id, text, title=title), predictions


def render(*pages, scheme=DEFAULT_SCHEME, **more):
    return coloured_page(pages, scheme, model="tiny", **more)


def texts(html, selector):
    found = HTMLTree.parse(html).body.query_selector_all(selector)
    return [" ".join(element.text.split()) for element in found]


def test_the_page_holds_the_whole_text():
    article, predictions = build(MADE_UP, lead="\n ")
    html = render((article, predictions))
    assert texts(html, ".text") == [" ".join(article.text.split())]
    assert texts(html, ".segment") == [words for _, words, _ in MADE_UP]


@given(
    st.lists(
        st.tuples(
            st.sampled_from(DEFAULT_SCHEME.names),
            st.text("ab<>&\"' \n\u202e\u05d0", min_size=1),
            st.text(" \n", max_size=3),
        ),
        max_size=8,
    )
)
def test_no_character_is_lost_or_added(rows):
    article, predictions = build(rows)
    html = render((article, predictions))
    markup = html.split('<div class="text">')[1].split("</div>")[0]
    words = re.sub(r"<[^>]*>", "", markup)
    for entity, sign in ("&lt;", "<"), ("&gt;", ">"), ("&#34;", '"'), ("&#39;", "'"):
        words = words.replace(entity, sign)
    assert words.replace("&amp;", "&") == article.text


def test_articles_stand_in_order_under_title_or_id():
    html = render(build(MADE_UP, "a.html", title="The <weir>"), build([], "b.html"))
    assert texts(html, "h2") == ["The <weir>", "b.html"]
    assert texts(html, "article .facts") == ["a.html; segments: 7", "segments: 0"]


def test_the_legend_counts_and_explains_each_label():
    html = render(build(MADE_UP), build(MADE_UP))
    assert texts(html, ".name") == list(DEFAULT_SCHEME.names)
    assert texts(html, ".count") == ["6", "2", "2", "4"]
    assert texts(html, ".meaning") == [x.meaning for x in DEFAULT_SCHEME.labels]
    boxes = HTMLTree.parse(html).body.query_selector_all("input[type=checkbox]")
    assert len(boxes) == 4


def test_a_segment_tells_label_and_probabilities():
    html = render(build(MADE_UP[:1]))
    span = HTMLTree.parse(html).body.query_selector(".segment")
    assert span.getattr("data-label") == span.getattr("aria-label") == "boilerplate"
    assert span.getattr("data-letter") == "B"
    assert span.getattr("title").split("\n") == [
        "boilerplate",
        *("claim 5.0%", "opinion 5.0%", "attribution 5.0%", "boilerplate 85.0%"),
    ]


def test_abstention_is_marked_and_counted():
    article, (first, *rest) = build(MADE_UP)
    html = render((article, [replace(first, abstained=True), *rest]))
    (span,) = HTMLTree.parse(html).body.query_selector_all(".segment.abstained")
    assert span.text == first.segment.text
    assert span.getattr("aria-label") == "boilerplate, abstained"
    assert texts(html, ".count")[-1] == "1"
    assert "abstained: too little" not in render((article, [first, *rest]))


def test_nothing_in_the_text_becomes_markup():
    hostile = '"><script>alert(1)</script></style><img src=x onerror=alert(1)>'
    article, predictions = build([("claim", hostile, "")], hostile, title=hostile)
    html = coloured_page(
        [(replace(article, language=hostile), predictions)],
        DEFAULT_SCHEME,
        model=hostile,
        title=hostile,
    )
    tree = HTMLTree.parse(html)
    assert not tree.document.query_selector_all("script, img, [onerror]")
    assert texts(html, ".text") == [hostile]


def test_nothing_is_fetched():
    html = render(build(MADE_UP))
    assert not re.search(r"https?:|//|url\(|@import|\b(src|href)=", html)
    assert "default-src 'none'" in html


def test_a_hidden_segment_takes_its_line_but_not_its_neighbours():
    rows = [
        *[("claim", "A.", " "), ("opinion", "B.", "\n"), ("boilerplate", "C", "\n")],
        ("claim", "D.", ""),
    ]
    html = render(build(rows))
    html = re.sub(r'<span[^>]*class="[^"]*l[13][ "][^>]*>[^<]*</span>', "", html)
    assert HTMLTree.parse(html).body.query_selector(".text").text == "A. \nD."


def test_predictions_may_come_in_any_order():
    article, predictions = build(MADE_UP)
    assert render((article, predictions[::-1])) == render((article, predictions))


def test_predictions_of_another_text_are_refused():
    article, predictions = build(MADE_UP)
    other = replace(article, text=article.text.upper())
    with pytest.raises(DataError, match=r"'weir.html': segment 0 at 0-12 is 'Home"):
        render((other, predictions))


def test_overlapping_predictions_are_refused():
    article, predictions = build(MADE_UP)
    with pytest.raises(DataError, match="segment 0 .* overlaps its neighbour"):
        render((article, [predictions[0], *predictions]))


def test_a_label_outside_the_scheme_is_refused():
    with pytest.raises(DataError, match="unknown label 'boilerplate'"):
        render(build(MADE_UP), scheme=LabelScheme.from_names(["claim", "view"]))


def test_a_colour_that_is_no_colour_is_refused():
    first, *rest = DEFAULT_SCHEME.labels
    scheme = LabelScheme((replace(first, colour="red;} *{"), *rest))
    with pytest.raises(DataError, match=r"label 'claim' must be '#rrggbb', got 'red;"):
        render(build(MADE_UP), scheme=scheme)


def luminance(colour):
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [
        p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts
    ]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one, other):
    high, low = sorted((luminance(one), luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


def test_words_are_legible_in_light_and_dark_mode():
    scheme = LabelScheme.from_names(list("abcdefgh"))
    html = render(scheme=scheme)
    colours = re.findall(r"--c\d: (#\w{6})", html)
    light, dark = re.findall(r"--on-colour: (#\w{6})", html)
    _, dark_page = re.findall(r"--page: (#\w{6})", html)
    assert len(set(colours)) == 16
    assert all(contrast(light, colour) >= 7 for colour in colours[:8])
    assert all(contrast(dark, colour) >= 7 for colour in colours[8:])
    assert all(contrast(dark_page, colour) >= 1.3 for colour in colours[8:])


@pytest.mark.skipif(shutil.which("chromium") is None, reason="needs chromium")
def test_a_browser_hides_a_label_and_knows_dark_mode(tmp_path):
    def screenshot(html, *options):
        (tmp_path / "page.html").write_text(html, encoding="utf-8")
        command = ["chromium", "--headless", "--no-sandbox", "--disable-gpu"]
        size, shot = "--window-size=700,700", f"--screenshot={tmp_path / 'page.png'}"
        profile = f"--user-data-dir={tmp_path / 'profile'}"
        page = (tmp_path / "page.html").as_uri()
        subprocess.run(
            [*command, profile, size, shot, *options, page],
            check=True,
            capture_output=True,
            timeout=120,
        )
        return (tmp_path / "page.png").read_bytes()

    html = render(build(MADE_UP))
    shown = screenshot(html)
    # With the rule that hides away, the same unticked box must look otherwise.
    unticked = html.replace('id="show3" checked', 'id="show3"')
    kept = screenshot(unticked.replace("display: none", "display: inline"))
    assert screenshot(unticked) != kept
    assert screenshot(html, "--blink-settings=preferredColorScheme=0") != shown
