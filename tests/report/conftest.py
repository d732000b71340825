"""Made-up benchmark folders with every kind of row, and a real browser to look."""

import base64
import json
import os
import select
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

try:
    import fcntl
except ImportError:  # not on Windows
    fcntl = None

LABELS = ("claim", "opinion", "attribution", "boilerplate")
# Name, quality, segments a second, memory, size and seconds of training.
LADDER = (
    ("majority", 0.19, 900_000, 140, 0.001, 0.02),
    ("cue-rules", 0.55, 31_000, 150, 0.01, 0.03),
    ("tfidf-words-logistic", 0.60, 42_000, 260, 1.9, 2.1),
    ("tfidf-characters-linear-svm", 0.63, 12_500, 420, 14.2, 6.4),
    ("static-logistic", 0.66, 9_400, 310, 31, 4.0),
    ("minilm-logistic", 0.69, 760, 840, 91, 35),
    ("minilm-features", 0.75, 610, 880, 92, 48),
    ("page-head", 0.79, 540, 910, 95, 260),
    ("tuned-encoder", 0.81, 520, 930, 97, 1350),
    ("setfit", 0.72, 310, 1900, 92, 790),
)
MACHINE = {"system": "Linux", "machine": "x86_64", "processor": "Made Up", "cores": 2}
VERSIONS = {"python": "3.11.9", "mlpkg": "0.1.0", "numpy": "2.4.6", "torch": "2.13.0"}


def score(value, width=0.03):
    value = round(float(min(max(value, 0.0), 1.0)), 4)
    return {"value": value, "low": max(value - width, 0), "high": min(value + width, 1)}


def made_row(classifier="tiny", task="corpus", seed=0, quality=0.7, **changes):
    """A row that ended well; `changes` replace its keys."""
    random = np.random.default_rng([seed, *map(ord, classifier + task)])
    value = quality + float(random.normal(0, 0.006))
    shifts = dict(zip(LABELS, (-0.05, -0.15, 0.05, 0.15), strict=True))
    f1 = {label: score(value + shift, 0.05) for label, shift in shifts.items()}
    return {
        "schema": 1,
        "classifier": classifier,
        "task": task,
        "seed": seed,
        "revision": "0a1b2c3d",
        "kind": "in-corpus",
        "train": f"{task}:train",
        "n_train_pages": 412,
        "part": "test",
        "status": "ok",
        "reason": "",
        "main_score": "macro_f1",
        "scores": {"macro_f1": score(value), "accuracy": score(value + 0.05, 0.02)},
        "per_class": {
            label: {"precision": x, "recall": x, "f1": x, "support": 300}
            for label, x in f1.items()
        },
        "pages": ["a1", "a2"],
        "page_counts": None,
        "train_seconds": 3.5,
        "segments_per_second": 1000.0,
        "stages": {"read": 0.1, "segment": 0.4, "embed": None, "features": 0.2}
        | {"head": 0.05},
        "warm_up_seconds": 0.3,
        "latency_ms": {"p50": 2.4, "p95": 6.1},
        "peak_memory_mb": 300.0,
        "size_mb": 12.0,
        "import_seconds": 0.8,
        "threads": 2,
        "machine": MACHINE,
        "versions": VERSIONS,
        "date": f"2026-11-21T08:{seed:02}:00",
        "note": "",
    } | changes


def ladder_rows(task="corpus", seeds=1, shift=0.0, **changes):
    """A row a rung and seed, from the floor up."""
    for name, quality, speed, memory, size, seconds in LADDER:
        for seed in range(seeds):
            costs = {
                "segments_per_second": float(speed),
                "peak_memory_mb": float(memory),
                "size_mb": size,
                "train_seconds": seconds,
                "latency_ms": {"p50": 1000 / speed + 0.1, "p95": 2500 / speed + 0.3},
            }
            row = made_row(name, task, seed, quality + shift, **costs)
            yield row | changes


def unwell(classifier, task, status, reason, **changes):
    """A row that did not end well."""
    empty = dict.fromkeys(
        "train_seconds segments_per_second stages warm_up_seconds latency_ms "
        "peak_memory_mb size_mb import_seconds".split()
    )
    row = made_row(classifier, task, scores={}, per_class={}, **empty)
    return row | {"status": status, "reason": reason} | changes


def made_task(name, part="test", **more):
    return {
        "name": name,
        "title": f"The task {name}",
        "origin": f"made up for tests, {name}",
        "revision": "v1.2",
        "licence": "CC-BY-4.0",
        "citation": "Quill, I. (2024). A corpus that does not exist. Nordholm.",
        "checksum": "89ef4567" * 8,
        "field": "label",
        "main_score": "macro_f1",
        "part": part,
    } | more


def tests_against_best(rows, **key):
    """A stored comparison of rows that share task, part and kind."""
    scores = {}
    for row in rows:
        if row["status"] == "ok":
            line = (row["classifier"], row["train"])
            scores.setdefault(line, []).append(row["scores"]["macro_f1"]["value"])
    means = {line: sum(x) / len(x) for line, x in scores.items()}
    best = max(means, key=means.get)
    return {
        "task": rows[0]["task"],
        "part": rows[0]["part"],
        "kind": rows[0]["kind"],
        "best": {"classifier": best[0], "train": best[1]},
        "rows": [
            {
                "classifier": classifier,
                "train": train,
                "p": 0.31 if means[best] - mean < 0.04 else 0.0004,
                "indistinguishable": means[best] - mean < 0.04,
            }
            for (classifier, train), mean in means.items()
            if (classifier, train) != best
        ],
    } | key


def write_folder(folder, rows, tasks=(), comparisons=(), reference=None):
    """Write rows, tasks and comparisons as a benchmark folder."""
    for number, row in enumerate(rows):
        place = folder / "rows" / f"{number:04}.json"
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(json.dumps(row), encoding="utf-8")
    (folder / "tasks.json").write_text(json.dumps({"schema": 1, "tasks": list(tasks)}))
    stored = {"schema": 1, "reference": reference, "comparisons": list(comparisons)}
    (folder / "comparison.json").write_text(json.dumps(stored), encoding="utf-8")
    return folder


def full_benchmark(folder: Path) -> Path:
    """All kinds: three tasks, across corpora, few-shot, failures of every status."""
    corpus = [*ladder_rows(seeds=3)]
    corpus.append(unwell("spacy-textcat", "corpus", "failed", "killed: out of memory"))
    corpus.append(unwell("model2vec", "corpus", "skipped", "needs the extra 'peers'"))
    polnear = [*ladder_rows("polnear", shift=-0.08)]
    babe = [*ladder_rows("babe", shift=-0.02, part="development")]
    missing = [
        unwell("setfit", "checkthat", "missing-data", "get the data: see its page")
    ]
    tasks = ("corpus", "polnear", "newsdiscourse")
    cross = [
        row | {"kind": "cross-corpus", "train": f"{train}:train"}
        for task in tasks
        for train in tasks
        if train != task
        for row in ladder_rows(task, shift=-0.2 - 0.03 * tasks.index(train))
        if row["classifier"] in ("tfidf-words-logistic", "minilm-features", "page-head")
    ]
    few = [
        row | {"kind": "few-shot", "n_train_pages": pages, "part": "development"}
        for pages, shift in ((4, -0.3), (16, -0.18), (64, -0.08))
        for row in ladder_rows(seeds=3, shift=shift)
    ]
    groups = [corpus, polnear, babe]
    groups += [[row for row in cross if row["task"] == task] for task in tasks]
    comparisons = [tests_against_best(rows) for rows in groups]
    comparisons += [
        tests_against_best(
            [row for row in few if row["n_train_pages"] == n], n_train_pages=n
        )
        for n in (4, 16, 64)
    ]
    published = {
        "name": "Best of the workshop",
        "score": "macro_f1",
        "value": 0.77,
        "citation": "Tolliver (2023)",
    }
    return write_folder(
        folder,
        [*corpus, *polnear, *babe, *missing, *cross, *few],
        [
            made_task("corpus"),
            made_task("polnear", published=[published]),
            made_task("babe", "development", published=[published]),
            made_task("checkthat"),
            made_task("newsdiscourse"),
        ],
        comparisons,
        reference="minilm-logistic",
    )


@pytest.fixture(scope="session")
def benchmark_folder(tmp_path_factory):
    """A benchmark with every kind of row; tests read it and write elsewhere."""
    return full_benchmark(tmp_path_factory.mktemp("benchmark"))


@pytest.fixture(scope="session")
def benchmark_builder():
    """The builders, for tests that need rows of their own."""

    class Builder:
        row = staticmethod(made_row)
        rows = staticmethod(ladder_rows)
        unwell = staticmethod(unwell)
        task = staticmethod(made_task)
        comparison = staticmethod(tests_against_best)
        write = staticmethod(write_folder)
        labels = LABELS

    return Builder


class Browser:
    """A page in headless Chromium, with real clicks and keys.

    It speaks Chromium's own protocol over a pair of pipes, so it needs no driver.
    """

    def __init__(self, profile):
        down, self._requests = self._pipe()
        self._replies, up = self._pipe()
        # A pipe's ends may have any number, the browser wants 3 and 4.
        start = (
            "import os, sys; down, up = map(int, sys.argv[1:3]); os.dup2(down, 3);"
            "os.dup2(up, 4); os.execvp(sys.argv[3], sys.argv[3:])"
        )
        options = ["--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars"]
        self._process = subprocess.Popen(
            [sys.executable, "-c", start, str(down), str(up), "chromium", *options]
            + ["--remote-debugging-pipe", f"--user-data-dir={profile}", "about:blank"],
            pass_fds=(down, up),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        os.close(down)
        os.close(up)
        self._number, self._unread, self._session = 0, b"", None
        self.events = []
        target = self("Target.createTarget", url="about:blank")["targetId"]
        attached = self("Target.attachToTarget", targetId=target, flatten=True)
        self._session = attached["sessionId"]
        for domain in ("Page", "Runtime", "Log", "Network"):
            self(f"{domain}.enable")

    @staticmethod
    def _pipe():
        ends = os.pipe()
        # Above 10, so that the child's copies to 3 and 4 cover neither.
        high = [fcntl.fcntl(end, fcntl.F_DUPFD_CLOEXEC, 10) for end in ends]
        for end in ends:
            os.close(end)
        return high

    def __call__(self, method, **params):
        """Send a command and return its result."""
        self._number += 1
        message = {"id": self._number, "method": method, "params": params}
        if self._session:
            message["sessionId"] = self._session
        os.write(self._requests, json.dumps(message).encode() + b"\0")
        while True:
            reply = self._read()
            if reply.get("id") == self._number:
                assert "error" not in reply, reply
                return reply["result"]
            self.events.append(reply)

    def _read(self):
        while b"\0" not in self._unread:
            ready, _, _ = select.select([self._replies], [], [], 120)
            chunk = os.read(self._replies, 1 << 16) if ready else b""
            assert chunk, "the browser ended or says nothing"
            self._unread += chunk
        message, _, self._unread = self._unread.partition(b"\0")
        return json.loads(message)

    def open(self, path, width=1280, height=900, dark=False):
        """Load a file at a width and wait until it is there."""
        size = {"width": width, "height": height, "deviceScaleFactor": 1}
        self("Emulation.setDeviceMetricsOverride", mobile=False, **size)
        look = {"name": "prefers-color-scheme", "value": "dark" if dark else "light"}
        self("Emulation.setEmulatedMedia", features=[look])
        self.events.clear()
        self("Page.navigate", url=path.as_uri())
        while not any(x.get("method") == "Page.loadEventFired" for x in self.events):
            self.events.append(self._read())

    def evaluate(self, expression):
        """Return what an expression of the page gives."""
        result = self("Runtime.evaluate", expression=expression, returnByValue=True)
        assert "exceptionDetails" not in result, result
        return result["result"].get("value")

    def click(self, expression):
        """Press the mouse in the middle of the element that an expression gives."""
        x, y = self.evaluate(
            f"(e => {{ e.scrollIntoView({{block: 'center', inline: 'center'}});"
            "const b = e.getBoundingClientRect();"
            f"return [b.x + b.width / 2, b.y + b.height / 2] }})({expression})"
        )
        for kind in ("mousePressed", "mouseReleased"):
            mouse = {"x": x, "y": y, "button": "left", "clickCount": 1}
            self("Input.dispatchMouseEvent", type=kind, **mouse)

    def press(self, key):
        """Press a key: Tab, Enter or a blank."""
        code, text = {"Tab": (9, ""), "Enter": (13, "\r"), " ": (32, " ")}[key]
        names = {"key": key, "windowsVirtualKeyCode": code}
        self("Input.dispatchKeyEvent", type="keyDown", text=text, **names)
        self("Input.dispatchKeyEvent", type="keyUp", **names)

    def screenshot(self):
        """Return the whole page as PNG."""
        shot = self("Page.captureScreenshot", captureBeyondViewport=True)
        return base64.b64decode(shot["data"])

    def complaints(self):
        """Return what the console holds, and uncaught errors."""
        self.evaluate("0")  # what was said before has arrived
        kinds = ("Runtime.consoleAPICalled", "Runtime.exceptionThrown")
        kinds += ("Log.entryAdded",)
        return [event for event in self.events if event.get("method") in kinds]

    def requests(self):
        """Return the addresses that were asked for."""
        self.evaluate("0")
        return [
            event["params"]["request"]["url"]
            for event in self.events
            if event.get("method") == "Network.requestWillBeSent"
        ]

    def close(self):
        self._process.terminate()
        self._process.wait(timeout=60)
        os.close(self._requests)
        os.close(self._replies)


@pytest.fixture(scope="session")
def browser(tmp_path_factory):
    """Real Chromium, where there is one."""
    if fcntl is None or shutil.which("chromium") is None:
        pytest.skip("needs chromium")
    browser = Browser(tmp_path_factory.mktemp("chromium"))
    yield browser
    browser.close()
