from __future__ import annotations

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from mlpkg.config.document import Document, read_document
from mlpkg.exceptions import ConfigError


def read(text: str) -> Document:
    return read_document(text, lambda line: f"x.yaml, line {line}")


plain = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(min_size=1), inner),
    max_leaves=12,
)


@given(plain)
def test_reads_what_safe_load_reads(value: object):
    document = read(yaml.safe_dump(value))
    assert document.value == value
    assert document.faults == []


def test_remembers_the_line_of_keys_and_items():
    document = read("a: 1\nb:\n  c: 2\n  d:\n    - 3\n    - 4\n")
    assert document.place(("a",)) == "x.yaml, line 1"
    assert document.place(("b", "c")) == "x.yaml, line 3"
    assert document.place(("b", "d", 1)) == "x.yaml, line 6"


def test_gives_the_place_of_the_nearest_parent():
    assert read("a: 1\nb: {c: 2}").place(("b", "x", "y")) == "x.yaml, line 2"
    assert Document({}).place(("a",)) == "default value"


def test_takes_keys_as_they_are_spelt():
    assert read("on: 1\n2: 3").value == {"on": 1, "2": 3}


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        (
            "a: 1\nb: {c: 1,\n  c: 2}",
            '"b.c" is set twice; keep one of the two '
            "(x.yaml, line 2 and x.yaml, line 3)",
        ),
        (
            "a: &x 1\nb: *x",
            '"b" is a YAML alias; write the value out, or use extends (x.yaml, line 2)',
        ),
        (
            "a: &x [*x]",
            '"a.0" is a YAML alias; write the value out, or use extends '
            "(x.yaml, line 1)",
        ),
        (
            "a:\n  ? [b]\n  : 1",
            '"a" has a key that is not a word; keys are words (x.yaml, line 2)',
        ),
        (
            "? [b]\n: 1",
            "the file has a key that is not a word; keys are words (x.yaml, line 1)",
        ),
        (
            "a: !!python/object/apply:os.getcwd []",
            '"a" cannot be read as !!python/object/apply:os.getcwd, got a collection; '
            "write plain YAML (x.yaml, line 1)",
        ),
        (
            "a: !!python/name:os.getcwd x",
            "\"a\" cannot be read as !!python/name:os.getcwd, got 'x'; "
            "write plain YAML (x.yaml, line 1)",
        ),
        (
            "a: 2026-99-99",
            "\"a\" cannot be read as !!timestamp, got '2026-99-99'; "
            "write plain YAML (x.yaml, line 1)",
        ),
    ],
)
def test_collects_faults_with_their_lines(text: str, fault: str):
    assert read(text).faults == [fault]


@pytest.mark.parametrize("tag", ["int", "float", "bool", "timestamp", "binary"])
@pytest.mark.parametrize("value", ["é", "''"])
def test_no_conversion_error_of_yaml_escapes(tag: str, value: str):
    document = read(f"a: !!{tag} {value}")
    assert document.faults or document.value == {"a": b""}


def test_leaves_out_values_that_cannot_be_read():
    document = read("a: !x 1\nb: [!x 1, 2]\nc: 3")
    assert document.value == {"b": [2], "c": 3}
    assert len(document.faults) == 2


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("a: 1\nb: [1", r"not YAML: .*got '<stream end>' \(x.yaml, line 2, column 6\)"),
        ("a: 1\n\tb: 2", r"not YAML: .*'\\t'.* \(x.yaml, line 2, column 1\)"),
        ("a: 1\nb: *x", r"not YAML: found undefined alias.*\(x.yaml, line 2, column 4"),
        ("a: 1\n---\nb: 2", r"not YAML: but found another document .*line 2"),
        ("a: 1\nb: \x07", r"character '\\x07' is not allowed \(x.yaml, line 2, colu"),
        ("!x a", r"the file cannot be read as !x, got 'a'; .*\(x.yaml, line 1\)"),
        ("[" * 5000, r"nested too deeply .*\(x.yaml, line 1\)"),
    ],
)
def test_refuses_what_is_not_a_document(text: str, message: str):
    with pytest.raises(ConfigError, match=message):
        read(text)


def test_mappings_merge_and_the_rest_is_replaced():
    base = read("a: {b: 1, c: [1, 2]}\nd: 4")
    merged = base.merged(read("\n\na: {c: [3]}\ne: 5"))
    assert merged.value == {"a": {"b": 1, "c": [3]}, "d": 4, "e": 5}
    assert merged.place(("a", "b")) == "x.yaml, line 1"
    assert merged.place(("a", "c")) == "x.yaml, line 3"
    assert base.value == {"a": {"b": 1, "c": [1, 2]}, "d": 4}


def test_a_scalar_replaces_a_mapping():
    assert read("a: {b: 1}").merged(read("a: null")).value == {"a": None}
