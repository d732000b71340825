import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mlpkg.config import Config, load_config
from mlpkg.exceptions import ConfigError
from mlpkg.training.search_space import read_trials


def _leaves(*search, **options):
    return [trial.leaves for trial in read_trials("default", search, **options)[1]]


def test_a_grid_tries_all_combinations_the_last_leaf_fastest():
    found = _leaves("model.C=0.1,1e-3", "model.class_weight=null,balanced")
    assert found == [
        {"model.C": 0.1, "model.class_weight": None},
        {"model.C": 0.1, "model.class_weight": "balanced"},
        {"model.C": 0.001, "model.class_weight": None},
        {"model.C": 0.001, "model.class_weight": "balanced"},
    ]


def test_trials_are_configs_over_the_base_and_its_overrides():
    base, trials = read_trials("default", ["model.C=0.1,0.2"], ["training.folds=3"])
    assert base == load_config("default", ["training.folds=3"])
    assert [trial.number for trial in trials] == [1, 2]
    assert trials[1].config == load_config(
        "default", ["training.folds=3", "model.C=0.2"]
    )


def test_equal_combinations_are_tried_once():
    assert _leaves("model.C=1,1.0,0.5,1") == [{"model.C": 1.0}, {"model.C": 0.5}]


def test_a_range_is_drawn_from_with_the_seed_of_the_config():
    search = ("model.C=log:0.001..1", "model.vector_weight=0..1")
    found = _leaves(*search, n=30)
    assert found == _leaves(*search, n=30, method="random")
    _, others = read_trials("default", search, ["seed=1"], n=30)
    assert found != [trial.leaves for trial in others]
    assert len(found) == 30
    # The median lies in the middle of the logarithm, far below that of the range.
    below = sum(leaves["model.C"] < 0.032 for leaves in found)
    assert 8 <= below <= 22
    assert any(0 < leaves["model.vector_weight"] < 1 for leaves in found)


@given(
    low=st.floats(1e-6, 1e3),
    factor=st.floats(1.001, 1e3),
    log=st.sampled_from(["", "log:"]),
)
def test_draws_stay_within_their_range(low, factor, log):
    high = low * factor
    _, trials = read_trials(Config(), [f"model.C={log}{low!r}..{high!r}"], n=5)
    assert all(low <= trial.config.model.C <= high for trial in trials)


def test_between_whole_numbers_whole_ones_are_drawn():
    found = {
        leaves["training.max_iter"] for leaves in _leaves("training.max_iter=1..3")
    }
    assert found == {1, 2, 3}
    found = {
        leaves["encoder.max_length"]
        for leaves in _leaves("encoder.max_length=log:8..64")
    }
    assert found <= set(range(8, 65))
    assert len(found) > 3


def test_a_random_search_takes_lists_and_ends_when_all_are_tried():
    found = _leaves("model.C=0.1,0.2", "seed=1,2", method="random", n=50)
    assert len(found) == 4
    assert {tuple(leaves.values()) for leaves in found} == {
        (0.1, 1), (0.1, 2), (0.2, 1), (0.2, 2)
    }  # fmt: skip


def test_dots_in_a_path_are_no_range():
    assert [x["encoder.name"] for x in _leaves("encoder.name=../a,../b")] == [
        "../a",
        "../b",
    ]


def test_all_faults_are_told_at_once():
    with pytest.raises(ConfigError, match=r"model\.C") as told:
        read_trials(
            "default",
            [
                "model.C=-1,0.1,much",
                "model.D=1,2",
                "data.train=a,b",
                "seed=1",
                "seed=2",
                "training.folds=2,3",
                "nothing",
                "encoder.name=log:a..b",
                "encoder.batch_size=",
            ],
        )
    lines = str(told.value).splitlines()
    assert len(lines) == len(set(lines)) == 9
    for fault in (
        '"model.C" must be greater than 0, got -1 (--search model.C=-1,0.1,much)',
        "\"model.C\" must be a number, got 'much' (--search model.C=-1,0.1,much)",
        '"model.D" is not a setting, got 1; ',
        '"data.train" cannot be searched: scores on different data cannot be compared',
        '"seed" is searched twice; keep one of the two',
        '"training.folds" cannot be searched: it serves calibration',
        "'nothing' is no search; write a dotted path, = and values",
        "\"encoder.name\" must be searched over two numbers, got 'log:a..b'",
        '"encoder.batch_size" has no value (--search encoder.batch_size=)',
    ):
        assert sum(fault in line for line in lines) == 1, fault


def test_faults_of_the_config_stand_beside_those_of_the_search():
    with pytest.raises(ConfigError, match=r'"modle" .*\n.*"name" cannot be searched'):
        read_trials("default", ["name=a,b"], ["modle.C=1"])


@pytest.mark.parametrize(
    ("search", "options", "message"),
    [
        ([], {}, "nothing to search; name a leaf"),
        (["model.C=1..0.1"], {}, "from a smaller to a greater number, got 1 to 0.1"),
        (["model.C=log:0..1"], {}, "greater number, above 0 for log:, got 0 to 1"),
        (["model.vector_weight=-1..1"], {}, "must be at least 0, got -1"),
        (["seed=0.5..2"], {}, '"seed" must be a whole number, got 0.5'),
        (["model.C=0.1..1"], {"method": "grid"}, "a grid needs values"),
        (["model.C=0.1,1"], {"n": 3}, "a grid has as many trials as combinations"),
        (["model.C=0.1..1"], {"n": 0}, "trials must be 1 to 10000, got 0"),
        (["model={C: 1}", "model.C=2"], {}, '"model.C" is searched twice'),
        (["model.C=[1"], {}, "not YAML"),
        (["model.C=1", "seed=" + ",".join(map(str, range(10001)))], {}, "10001 comb"),
    ],
)
def test_refuses_what_cannot_be_searched(search, options, message):
    with pytest.raises(ConfigError, match=message.replace("(", r"\(")):
        read_trials("default", search, **options)


def test_unlucky_draws_of_a_range_are_not_refused():
    (leaves,) = _leaves("model.C=0.1..0.1000001", n=1)
    assert math.isclose(leaves["model.C"], 0.1, rel_tol=1e-5)
