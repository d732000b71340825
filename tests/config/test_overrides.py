from __future__ import annotations

import pytest

from mlpkg.config.overrides import read_overrides


@pytest.mark.parametrize(
    ("override", "value"),
    [
        ("a=1", {"a": 1}),
        ("a.b.c=0.5", {"a": {"b": {"c": 0.5}}}),
        ("a=null", {"a": None}),
        ("a=", {"a": None}),
        ("a=true", {"a": True}),
        ("a=text", {"a": "text"}),
        ("a='1'", {"a": "1"}),
        ("a=x=y", {"a": "x=y"}),
        ("a=[x, y]", {"a": ["x", "y"]}),
        ("a={b: 1}", {"a": {"b": 1}}),
        (" a . b = 1", {"a": {"b": 1}}),
    ],
)
def test_reads_values_of_every_kind(override: str, value: object):
    document = read_overrides([override])
    assert document.value == value
    assert document.faults == []


def test_later_overrides_win_and_mappings_merge():
    document = read_overrides(["a.b=1", "a.c=2", "a.b=3", "a={d: 4}"])
    assert document.value == {"a": {"b": 3, "c": 2, "d": 4}}


def test_names_the_override_as_the_place():
    document = read_overrides(["a.b=[1, 2]", "a.c=2"])
    assert document.place(("a", "b", 1)) == "--set a.b=[1, 2]"
    assert document.place(("a",)) == "--set a.c=2"


@pytest.mark.parametrize("override", ["a", "=1", "a..b=1", ".a=1", ""])
def test_refuses_what_has_no_path_or_value(override: str):
    assert read_overrides([override, "a.b=1"]).faults == [
        f"{override!r} is not a setting; write a dotted path, = and a value, as in "
        f"model.C=0.5 (--set {override})"
    ]


def test_extends_cannot_be_overridden():
    assert read_overrides(["extends=default"]).faults == [
        "\"extends\" stands in files only, got 'default'; load a file that extends it "
        "(--set extends=default)"
    ]


def test_collects_values_that_are_not_yaml():
    document = read_overrides(["a=[1", "b={c: 1, c: 2}", "d=1"])
    assert document.value == {"b": {"c": 1}, "d": 1}
    assert len(document.faults) == 2
    assert document.faults[0].startswith("not YAML: ")
    assert "(--set a=[1, column 3)" in document.faults[0]
    assert document.faults[1].startswith('"b.c" is set twice')
