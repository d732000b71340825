from __future__ import annotations

import gzip
import json

from mlpkg.benchmark.tasks.main_texts import main_text_task


def test_reads_pages_with_their_main_texts(tmp_path):
    folder = tmp_path / "wcxb_html"
    folder.mkdir()
    texts = [{"id": name, "title": "T", "text": f"Text {name}."} for name in "ab"]
    with gzip.open(folder / "ground_truth.jsonl.gz", "wt") as stream:
        stream.write("\n".join(map(json.dumps, texts)))
    for name in "ab":
        (folder / f"{name}.html.gz").write_bytes(gzip.compress(b"<p>x</p>"))
    pins = {"wcxb_html/ground_truth.jsonl.gz": ""}
    task = main_text_task(tmp_path, {"train": None, "test": 1}, pins)
    assert task.html() == [("a", "T", "Text a.", b"<p>x</p>")]
    assert (task.train_name, task.form, task.facts.main_score) == ("", "html", "f1")
