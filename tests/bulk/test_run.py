"""Whole runs with a worker in this process; `test_worker_process.py` has real ones."""

import pytest
import tiny_bulk

from mlpkg.bulk import Job, Slice, run_bulk
from mlpkg.exceptions import DataError, ReadError
from mlpkg.tracking.lock import try_lock


def run(pages, output, job=None, **options):
    job = job or Job(pages=3)
    return run_bulk([str(pages)], output, job, start=tiny_bulk.InProcess, **options)


@pytest.fixture
def output(tmp_path):
    return tmp_path / "out"


def test_every_page_has_its_rows_in_order(make_pages, output, read_shards):
    result = run(make_pages(7), output)
    rows = read_shards(output)
    ids = list(dict.fromkeys(row["article_id"] for row in rows))
    assert ids == [f"p{n:03}.txt" for n in range(7)]
    assert [row["text"] for row in rows[:3]] == [
        "Home | News",
        "The bridge number 0 opened.",
        "It was bad.",
    ]
    counts = (result.pages, result.segments, result.rows, result.shards)
    assert counts == (7, 21, 21, 3)
    assert result.all_well


@pytest.mark.parametrize("to", ["parquet", "jsonl"])
def test_readers_of_tables_find_nothing_but_shards(make_pages, output, to):
    run(make_pages(7), output, Job(pages=3, to=to))
    shown = sorted(path.name for path in output.iterdir())
    assert shown == ["_mlpkg", *(f"shard-00000{n}.{to}" for n in range(3))]


def test_a_second_start_keeps_what_is_whole(make_pages, output):
    pages = make_pages(7)
    run(pages, output)
    before = {path: path.stat().st_mtime_ns for path in output.glob("shard-*")}
    again = run(pages, output)
    assert (again.shards, again.kept, again.kept_pages) == (0, 3, 7)
    assert before == {path: path.stat().st_mtime_ns for path in output.glob("shard-*")}


def test_a_damaged_shard_is_made_again(make_pages, output, read_shards):
    pages = make_pages(7)
    run(pages, output)
    rows = read_shards(output)
    shard = output / "shard-000001.parquet"
    data = bytearray(shard.read_bytes())
    data[len(data) // 2] ^= 1
    shard.write_bytes(data)
    assert run(pages, output).shards == 1
    assert read_shards(output) == rows


def test_changed_input_is_read_again_and_gone_input_leaves(
    make_pages, output, read_shards
):
    pages = make_pages(8)
    run(pages, output)
    (pages / "p001.txt").write_text("A new text.", encoding="utf-8")
    for number in (5, 6, 7):
        (pages / f"p00{number}.txt").unlink()
    result = run(pages, output)
    assert (result.shards, result.kept) == (2, 0)
    texts = [row["text"] for row in read_shards(output)]
    assert "A new text." in texts
    assert not any("number 7" in text for text in texts)
    assert not (output / "shard-000002.parquet").exists()
    assert run(pages, output).kept == 2


@pytest.mark.parametrize(
    ("job", "told"),
    [
        (Job(pages=3, min_confidence=0.9), "min_confidence: 0.0, now 0.9"),
        (Job(pages=3, model="other"), "model: 'default', now 'other'"),
        (Job(pages=3, select=("claim",)), r"select: \[\], now \['claim'\]"),
        (Job(pages=3, to="jsonl"), "to: 'parquet', now 'jsonl'"),
    ],
)
def test_other_settings_are_refused_unless_all_is_to_be_new(
    make_pages, output, read_shards, job, told
):
    pages = make_pages(4)
    run(pages, output)
    with pytest.raises(DataError, match=f"{told}.*--overwrite"):
        run(pages, output, job)
    assert run(pages, output, job, overwrite=True).shards == 2
    assert run(pages, output, job).kept == 2


def test_what_cannot_change_a_row_may_differ(make_pages, output):
    pages = make_pages(4)
    run(pages, output)
    job = Job(pages=3, threads=2, batch_size=8, page_seconds=5.0)
    assert run(pages, output, job).kept == 2


def test_other_things_in_the_folder_are_left_alone(make_pages, output):
    output.mkdir()
    (output / "thesis.txt").write_text("mine")
    with pytest.raises(DataError, match="holds other things than shards"):
        run(make_pages(4), output, overwrite=True)
    assert [path.name for path in output.iterdir()] == ["thesis.txt"]


def test_selected_labels_alone_make_rows(make_pages, output, read_shards):
    pages = make_pages(4)
    run(pages, output)
    rows = read_shards(output)
    label = rows[0]["label"]
    result = run(pages, output, Job(pages=3, select=(label,)), overwrite=True)
    selected = [row for row in rows if row["label"] == label]
    assert read_shards(output) == selected
    assert result.rows == len(selected) < result.segments == len(rows)


def test_a_row_can_be_an_article(make_pages, output, read_shards):
    job = Job(pages=3, articles=True, select=("claim", "opinion"))
    run(make_pages(4), output, job)
    rows = read_shards(output)
    assert [row["article_id"] for row in rows] == [f"p{n:03}.txt" for n in range(4)]
    counts = [name for name in rows[0] if name.startswith("n_")]
    assert counts == ["n_claim", "n_opinion", "n_attribution", "n_boilerplate"]
    assert all(sum(row[name] for name in counts) == 3 for row in rows)
    kept = [bool(row["n_claim"] + row["n_opinion"]) for row in rows]
    assert [bool(row["text"]) for row in rows] == kept


@pytest.mark.parametrize("articles", [False, True])
def test_words_can_be_left_out(make_pages, output, read_shards, articles):
    run(make_pages(4), output, Job(with_text=False, articles=articles))
    assert {row["text"] for row in read_shards(output)} == {""}


def test_unreadable_pages_are_listed(make_pages, output, quarantine):
    pages = make_pages(4)
    (pages / "p002.txt").write_bytes(b"\x00\x01" * 500)
    (pages / "r.jsonl").write_text('{"text": "It rained."}\n{"text": 3}\n')
    result = run(pages, output)
    assert not result.all_well
    found = [(page["source"], page["record"]) for page in quarantine(output)]
    assert found == [(str(pages / "p002.txt"), ""), (str(pages / "r.jsonl"), "2")]
    again = run(pages, output)
    assert (again.left_out, again.all_well) == (2, False)


def test_a_page_that_is_too_large_is_listed(make_pages, output, quarantine):
    pages = make_pages(3)
    (pages / "p001.txt").write_text("It rained. " * 100, encoding="utf-8")
    run(pages, output, Job(page_bytes=500))
    [page] = quarantine(output)
    assert page["source"].endswith("p001.txt")
    assert "larger than" in page["reason"]


def test_slices_share_an_output(make_pages, output, read_shards):
    pages = make_pages(10)
    run(pages, output.with_name("alone"))
    done = [run(pages, output, slice_=Slice(n, 3)).shards for n in (1, 2, 3)]
    assert done == [2, 1, 1]
    assert read_shards(output) == read_shards(output.with_name("alone"))
    assert run(pages, output).kept == 4  # what other slices made counts


@pytest.mark.parametrize(
    ("held", "mine", "refused"),
    [
        ("1-of-1", Slice(), True),
        ("1-of-1", Slice(1, 2), True),
        ("1-of-2", Slice(), True),
        ("1-of-2", Slice(1, 2), True),
        ("1-of-2", Slice(1, 3), True),
        ("1-of-2", Slice(2, 2), False),
    ],
)
def test_two_processes_never_make_one_shard(make_pages, output, held, mine, refused):
    pages = make_pages(2)
    with try_lock(output / "_mlpkg" / f"lock-{held}") as is_ours:
        assert is_ours
        if refused:
            with pytest.raises(DataError, match="another process writes there"):
                run(pages, output, slice_=mine)
        else:
            assert run(pages, output, slice_=mine).all_well


def test_an_absent_source_is_told(tmp_path, output):
    with pytest.raises(ReadError, match="no such file or folder"):
        run(tmp_path / "absent", output)


def test_a_manifest_cannot_name_files_elsewhere(make_pages, output):
    pages = make_pages(2)
    victim = output.with_name("victim.parquet")
    victim.write_text("precious")
    run(pages, output)
    line = '{"shard": 9, "file": "../victim.parquet"}\n'
    with (output / "_mlpkg" / "manifest.jsonl").open("a") as stream:
        stream.write(line)
    run(pages, output)
    assert victim.read_text() == "precious"
