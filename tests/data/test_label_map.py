from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mlpkg.data.label_map import LabelMap
from mlpkg.exceptions import DataError
from mlpkg.labels import DEFAULT_SCHEME

NAMES = DEFAULT_SCHEME.names
MAP = LabelMap(
    {"fact": "claim", "1": "opinion", "true": "claim", "opinion": "attribution"},
    {"hm": ("opinion", "claim")},
)


@pytest.mark.parametrize(
    ("raw", "label"),
    [
        ("claim", "claim"),
        ("fact", "claim"),
        ("1", "opinion"),
        (1, "opinion"),
        (1.0, "opinion"),
        (True, "claim"),
        ("opinion", "attribution"),
    ],
)
def test_a_raw_label_becomes_a_label(raw, label):
    assert MAP.decide(raw, DEFAULT_SCHEME) == (label, None, 1)


def test_a_raw_label_may_leave_labels_open():
    decision = MAP.decide("hm", DEFAULT_SCHEME)
    assert decision.allowed == ("opinion", "claim")
    assert decision.label in decision.allowed


@given(st.sampled_from(NAMES))
def test_labels_mean_themselves_without_a_map(name):
    assert LabelMap().decide(name, DEFAULT_SCHEME) == (name, None, 1)


@pytest.mark.parametrize("raw", [None, "", " \t", math.nan])
def test_a_missing_label_is_refused_or_skipped(raw):
    with pytest.raises(DataError, match=r"has no label, got .*data\.unlabelled: skip"):
        MAP.decide(raw, DEFAULT_SCHEME)
    decision = LabelMap(unlabelled="skip").decide(raw, DEFAULT_SCHEME)
    assert decision.allowed == NAMES
    assert decision.weight == 0


def test_an_unknown_label_is_told_with_the_nearest_of_both_kinds():
    with pytest.raises(
        DataError,
        match=r"unknown label 'fcat'; expected one of claim, .*, fact, .*, hm; did you "
        r"mean 'fact'\? \(other names are translated under data.mapping and",
    ):
        MAP.decide("fcat", DEFAULT_SCHEME)


@pytest.mark.parametrize("raw", [["claim"], {"a": 1}, 7, 0.5, " claim"])
def test_what_is_no_label_is_refused(raw):
    with pytest.raises(DataError, match="unknown label"):
        MAP.decide(raw, DEFAULT_SCHEME)


def test_targets_outside_the_scheme_are_named():
    with pytest.raises(DataError, match=r"leads to 'fact', 'view', expected labels of"):
        LabelMap({"a": "view"}, {"b": ("claim", "fact")}).check(DEFAULT_SCHEME)
    MAP.check(DEFAULT_SCHEME)
