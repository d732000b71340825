import pytest

from mlpkg.exceptions import DataError
from mlpkg.tracking.lock import LOCK, try_lock
from mlpkg.tracking.store import find_run, list_runs, remove_run, run_folder

OLD = "2031-01-02T030405-small-0123abcd"
NEW = "2031-02-02T030405-small-0123abcd"
KILLED = "2031-03-02T030405-small-0123abcd"
CHECKPOINTS = "unfinished-0123abcd-4567cdef"


@pytest.fixture
def root(make_run, tmp_path):
    make_run(NEW)
    make_run(OLD)
    return tmp_path / "runs"


def test_lists_runs_in_order_of_time(root):
    assert [(e.id, e.status) for e in list_runs(root)] == [
        (OLD, "finished"),
        (NEW, "finished"),
    ]


@pytest.fixture
def killed(root):
    """What a killed training left: its run folder and its checkpoints."""
    folders = [root / f".{KILLED}", root / f".{CHECKPOINTS}"]
    for folder in folders:
        folder.mkdir()
        (folder / LOCK).touch()
    return folders


def test_unfinished_and_broken_folders_do_not_stop_the_list(root):
    (root / f".{KILLED}").mkdir()
    (root / ".git").mkdir()
    (root / "notes.txt").touch()
    (root / OLD / "metrics.json").write_text("{")
    broken, whole, unfinished = list_runs(root)
    assert (whole.id, whole.status) == (NEW, "finished")
    assert unfinished.status == "interrupted"
    assert unfinished.id == KILLED
    assert broken.status == "broken"
    assert "metrics.json: not JSON" in broken.reason
    assert broken.run is None


def test_running_and_interrupted_trainings_are_told_apart(root, killed):
    found = [(entry.id, entry.status) for entry in list_runs(root)[2:]]
    assert found == [(KILLED, "interrupted"), (CHECKPOINTS, "checkpoints")]
    with try_lock(killed[0] / LOCK), try_lock(killed[1] / LOCK):
        found = [(entry.id, entry.status) for entry in list_runs(root)[2:]]
    assert found == [(KILLED, "running")]


def test_looking_changes_nothing_in_what_a_killed_training_left(root, killed):
    (killed[0] / LOCK).unlink()
    list_runs(root)
    assert list(killed[0].iterdir()) == []


def test_a_root_that_does_not_exist_is_told(tmp_path):
    with pytest.raises(DataError, match="no such folder of runs; .*--runs"):
        list_runs(tmp_path / "none")


@pytest.mark.parametrize("name", [OLD, "2031-01", "2031-01-02T"])
def test_an_id_or_its_beginning_means_the_run(root, name):
    assert run_folder(name, root) == root / OLD


def test_a_path_means_the_run_wherever_it_lies(root, tmp_path):
    moved = (root / OLD).rename(tmp_path / "best")
    assert find_run(str(moved), root).id == OLD


def test_a_whole_id_wins_over_a_longer_one(root, make_run):
    make_run(f"{OLD}-2")
    assert run_folder(OLD, root) == root / OLD


def test_latest_means_the_newest_that_is_whole(root):
    assert run_folder("latest", root) == root / NEW
    (root / NEW / "metrics.json").unlink()
    assert run_folder("latest", root) == root / OLD
    (root / OLD / "config.yaml").unlink()
    with pytest.raises(DataError, match="holds no finished run"):
        run_folder("latest", root)


def test_an_ambiguous_beginning_names_the_runs(root):
    with pytest.raises(DataError, match=f"beginning of 2 runs.*{OLD}, {NEW}"):
        run_folder("2031", root)


@pytest.mark.parametrize(
    ("name", "hint"),
    [
        ("2031-01-02T030505-small", f"did you mean {OLD}"),
        ("small", f"did you mean {NEW} or {OLD}"),
        ("xyz", "see `mlpkg runs list`"),
        ("", "see `mlpkg runs list`"),
    ],
)
def test_an_unknown_name_names_the_nearest(root, name, hint):
    with pytest.raises(DataError, match=f"no run '{name}' under .*; {hint}"):
        run_folder(name, root)


def test_an_unfinished_run_cannot_be_opened(root, killed):
    with pytest.raises(DataError, match="was interrupted; train again, or remove"):
        run_folder("2031-03", root)
    with (
        try_lock(killed[0] / LOCK),
        pytest.raises(DataError, match="its training still runs; wait for it"),
    ):
        run_folder("2031-03", root)


def test_what_a_killed_training_left_can_be_removed(root, killed):
    names = [KILLED, f".{KILLED}", "2031-03", str(killed[0])]
    assert [run_folder(n, root, unfinished=True) for n in names] == [killed[0]] * 4
    names = ["unfinished", str(killed[1])]
    assert [run_folder(n, root, unfinished=True) for n in names] == [killed[1]] * 2
    for folder in killed:
        remove_run(folder, root)
    assert sorted(path.name for path in root.iterdir()) == [OLD, NEW]


def test_what_a_living_training_works_in_is_not_removed(root, killed):
    (killed[0] / "run.json").touch()
    for folder in killed:
        with (
            try_lock(folder / LOCK),
            pytest.raises(DataError, match="not removed, a training that runs works"),
        ):
            remove_run(folder, root)
        assert folder.is_dir()


def test_other_hidden_folders_are_not_removed(root):
    (root / ".git").mkdir()
    with pytest.raises(DataError, match=r"no run '\.git' under"):
        run_folder(".git", root, unfinished=True)
    with pytest.raises(DataError, match=r"\.git: not removed, it holds no run\.json"):
        remove_run(root / ".git", root)


def test_removes_a_run_and_nothing_else(root):
    remove_run(root / OLD, root)
    assert [path.name for path in root.iterdir()] == [NEW]


def test_removes_a_broken_run(root):
    (root / OLD / "run.json").write_text("{")
    remove_run(run_folder(OLD, root), root)
    assert not (root / OLD).exists()


def test_of_a_link_it_removes_the_link_alone(root, tmp_path):
    elsewhere = (root / OLD).rename(tmp_path / "kept")
    link = root / OLD
    link.symlink_to(elsewhere)
    remove_run(link, root)
    assert not link.is_symlink()
    assert (elsewhere / "run.json").is_file()


def test_links_inside_a_run_are_not_followed(root, tmp_path):
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "labels.csv").touch()
    (root / OLD / "data").symlink_to(tmp_path / "data")
    remove_run(root / OLD, root)
    assert (tmp_path / "data" / "labels.csv").exists()


def test_refuses_to_remove_what_holds_no_run(root):
    (root / "notes").mkdir()
    with pytest.raises(DataError, match=r"notes: not removed, it holds no run\.json"):
        remove_run(root / "notes", root)
    assert (root / "notes").is_dir()


@pytest.mark.parametrize("way", ["best", "runs/..", "runs"])
def test_refuses_to_remove_what_lies_elsewhere(root, tmp_path, way):
    (root / OLD).rename(tmp_path / "best")
    (tmp_path / "run.json").touch()
    (root / "run.json").touch()
    with pytest.raises(DataError, match="not removed, it does not lie right under"):
        remove_run(tmp_path / way, root)
    assert (tmp_path / "best" / "run.json").exists()
