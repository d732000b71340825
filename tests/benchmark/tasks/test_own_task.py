from __future__ import annotations

import pytest

from mlpkg.benchmark.config import TaskSpec
from mlpkg.benchmark.tasks import make_task
from mlpkg.config import DataConfig
from mlpkg.exceptions import DataError, SplitError


def task(train, validation=None, **more):
    data = DataConfig(train=str(train), validation=validation and str(validation))
    return make_task(TaskSpec(name="desk", data=data, **more), None)


def test_two_files_are_two_sides(own_rows):
    made = task(own_rows("a.jsonl", "abc"), own_rows("b.jsonl", "xyz"))
    assert {page.id for page in made.train()} == set("abc")
    assert {page.id for page in made.test()} == set("xyz")
    assert (made.part, made.train_name) == ("user", "desk:train")


def test_one_file_holds_articles_out_always_the_same(own_rows):
    path = own_rows("a.jsonl", "abcdefghij")
    first, again = task(path, held_out=0.4), task(path, held_out=0.4)
    held = {page.id for page in first.test()}
    assert held == {page.id for page in again.test()}
    assert len(held) == 4
    assert held.isdisjoint({page.id for page in first.train()})


def test_an_article_on_both_sides_is_refused(own_rows):
    with pytest.raises(SplitError, match="held-out articles stand in the training"):
        task(own_rows("a.jsonl", "ab"), own_rows("b.jsonl", "bc"))


@pytest.mark.parametrize("part", ["corpus:test", "corpus:other-hands"])
def test_the_parts_for_the_last_look_are_refused(part):
    with pytest.raises(DataError, match="mlpkg look"):
        task("corpus:train", part)
