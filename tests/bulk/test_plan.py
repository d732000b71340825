import pytest

from mlpkg.bulk import Job, Slice
from mlpkg.bulk.plan import plan_shards
from mlpkg.exceptions import DataError


def names(shards):
    return [[item.name for item in shard.items] for shard in shards]


def test_groups_small_files_in_their_order(make_pages):
    shards = list(plan_shards([str(make_pages(7))], Job(pages=3)))
    assert [len(shard.items) for shard in shards] == [3, 3, 1]
    assert [shard.index for shard in shards] == [0, 1, 2]
    assert sum(names(shards), []) == [f"p{n:03}.txt" for n in range(7)]


def test_the_same_input_gives_the_same_shards(make_pages):
    folder = str(make_pages(7))
    first, again = (list(plan_shards([folder], Job(pages=3))) for _ in range(2))
    assert first == again


def test_a_changed_file_shows_in_its_shard_alone(make_pages):
    folder = make_pages(7)
    before = list(plan_shards([str(folder)], Job(pages=3)))
    (folder / "p004.txt").write_text("another text", encoding="utf-8")
    after = list(plan_shards([str(folder)], Job(pages=3)))
    changed = [a.index for a, b in zip(before, after, strict=True) if a != b]
    assert changed == [1]


@pytest.mark.parametrize("of", [1, 2, 3, 7])
def test_slices_are_disjoint_and_complete(of):
    slices = [Slice(number, of) for number in range(1, of + 1)]
    assert all(sum(s.holds(index) for s in slices) == 1 for index in range(50))


@pytest.mark.parametrize("text", ["3", "3/", "a/4", "-1/4", "1.5/4"])
def test_a_slice_is_written_in_one_way(text):
    with pytest.raises(DataError, match="a slice is written as 3/16"):
        Slice.parse(text)


@pytest.mark.parametrize("text", ["0/4", "5/4"])
def test_a_slice_is_one_of_those_there_are(text):
    with pytest.raises(DataError, match="1 <= number <= of"):
        Slice.parse(text)


def test_standard_input_is_refused():
    with pytest.raises(DataError, match="standard input cannot be read in shards"):
        list(plan_shards(["-"], Job()))


def test_is_lazy(make_pages):
    planned = plan_shards([str(make_pages(7)), "absent"], Job(pages=3))
    assert len(next(planned).items) == 3  # the second source is not looked at yet
