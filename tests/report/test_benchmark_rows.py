import json

import pytest

from mlpkg.exceptions import DataError
from mlpkg.report.benchmark_rows import read_benchmark, read_row


@pytest.fixture
def stored(tmp_path, benchmark_builder):
    """Write one row with changes and give its path."""

    def write(**changes):
        path = tmp_path / "row.json"
        path.write_text(json.dumps(benchmark_builder.row() | changes))
        return path

    return write


def test_a_row_is_read_as_it_stands(stored):
    row = read_row(stored(threads=7, latency_ms={"p50": 1.5, "p95": None}))
    assert (row.classifier, row.threads) == ("tiny", 7)
    assert row.latency_ms == {"p50": 1.5, "p95": None}
    assert row.scores["macro_f1"].low < row.scores["macro_f1"].value
    assert set(row.per_class) == {"claim", "opinion", "attribution", "boilerplate"}


def test_keys_that_a_view_does_not_need_are_left_alone(stored):
    assert read_row(stored(pages=["a"] * 3, invented={"x": 1})).task == "corpus"


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"kind": "sideways"}, r"row\.json, kind: .*'in-corpus'.*got 'sideways'"),
        ({"size_mb": -1}, r"row\.json, size_mb: .*greater than or equal to 0, got -1"),
        ({"seed": "0"}, r"row\.json, seed: .*valid integer, got '0'"),
        ({"train_seconds": float("nan")}, r"train_seconds: .*finite"),
        ({"scores": {"macro_f1": {"low": 0}}}, r"scores\.macro_f1\.value: .*required"),
        ({"per_class": {"claim": {}}}, r"per_class\.claim\.f1: .*required"),
        ({"main_score": "beauty"}, r"main_score: 'beauty' has no value in scores, whi"),
        ({"schema": 2}, r"schema: expected 1, got 2; a newer mlpkg wrote it: pip inst"),
        ({"schema": None}, r"schema: expected 1, got None; delete the file and run"),
    ],
)
def test_a_bad_row_is_refused_with_its_place(stored, changes, words):
    with pytest.raises(DataError, match=words):
        read_row(stored(**changes))


def test_many_faults_are_counted(stored):
    bad = dict.fromkeys("kind part status seed size_mb threads train".split(), [])
    with pytest.raises(DataError, match="and 2 more\nmend or delete the file and run"):
        read_row(stored(**bad))


@pytest.mark.parametrize(
    ("text", "words"), [("{", "not JSON"), ("[1]", "holds list, expected a JSON obj")]
)
def test_a_file_that_holds_no_object_is_refused(tmp_path, text, words):
    path = tmp_path / "row.json"
    path.write_text(text)
    with pytest.raises(DataError, match=words):
        read_row(path)


def test_words_of_strangers_cannot_command_a_terminal(stored):
    row = read_row(
        stored(
            classifier="a\x1b[2Jb\u202ec\ud800",
            status="failed",
            reason="line one\n\tline two\x9b",
        )
    )
    assert row.classifier == "a\ufffd[2Jb\ufffdc\ufffd"
    assert row.reason == "line one  line two\ufffd"


def test_a_folder_without_rows_says_what_to_run(tmp_path):
    with pytest.raises(
        DataError, match=r"holds no file rows/\*\*/\*\.json.*run `mlpkg"
    ):
        read_benchmark(tmp_path)


def test_an_unfinished_benchmark_is_read_and_says_what_it_lacks(
    tmp_path, benchmark_builder
):
    folder = benchmark_builder.write(tmp_path, [benchmark_builder.row()])
    (folder / "tasks.json").unlink()
    (folder / "comparison.json").unlink()
    (folder / "rows" / "0000.counts.json").write_text("[[1, 2]]")
    stored = read_benchmark(folder)
    assert len(stored.rows) == 1
    assert [note.split(":")[0] for note in stored.notes] == [
        "The benchmark holds no tasks.json",
        "The benchmark holds no comparison.json",
    ]


def test_a_bad_comparison_is_refused_with_its_place(tmp_path, benchmark_builder):
    bad = [{"task": "corpus", "part": "test", "kind": "in-corpus", "rows": []}]
    rows = [benchmark_builder.row()]
    folder = benchmark_builder.write(tmp_path, rows, comparisons=bad)
    with pytest.raises(DataError, match=r"comparison\.json, comparisons\.0\.best: "):
        read_benchmark(folder)
