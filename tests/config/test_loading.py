from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

from mlpkg.config import Config, load_config
from mlpkg.exceptions import ConfigError, MlpkgError


def write(folder: Path, name: str, text: str) -> Path:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path


def faults_of(source: str | Path, *overrides: str) -> list[str]:
    with pytest.raises(ConfigError, match=".") as caught:
        load_config(source, overrides)
    return str(caught.value).split("\n")


def test_an_empty_file_holds_the_defaults(tmp_path: Path):
    assert load_config(write(tmp_path, "x.yaml", "# nothing\n")) == Config()


def test_reads_a_file_with_a_byte_order_mark(tmp_path: Path):
    assert load_config(write(tmp_path, "x.yaml", "\ufeffseed: 3")).seed == 3


def test_extends_merges_deeply_and_the_file_wins(tmp_path: Path):
    write(
        tmp_path, "base.yaml", "extends: default\nseed: 1\nmodel: {C: 2, kind: linear}"
    )
    write(tmp_path, "sub/mid.yaml", "extends: ../base.yaml\nmodel: {C: 3}")
    path = write(
        tmp_path,
        "x.yaml",
        "extends: sub/mid.yaml\nname: x\n"
        "data: {labels: [a, b], furniture: null}\nmodel: {vector_weight: 4}",
    )
    config = load_config(path)
    assert (config.name, config.seed) == ("x", 1)
    assert config.data.labels == ("a", "b")
    assert (config.model.C, config.model.vector_weight) == (3.0, 4.0)
    assert config.model.neighbour_weight == Config().model.neighbour_weight


def test_a_bare_name_without_suffix_may_be_a_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    write(tmp_path, "mine", "seed: 5")
    write(tmp_path, "default", "seed: 6")
    monkeypatch.chdir(tmp_path)
    assert load_config("mine").seed == 5
    assert load_config("default").seed == 0
    assert load_config(Path("default")).seed == 6


def test_overrides_come_last(tmp_path: Path):
    path = write(tmp_path, "x.yaml", "extends: default\nmodel: {C: 2}")
    config = load_config(
        path,
        [
            "model.C=1e-3",
            "data.labels=[a, b]",
            "data.furniture=null",
            "encoder.max_length=128",
            "encoder.cache=false",
            "data.columns={text: body}",
        ],
    )
    assert config.model.C == 0.001
    assert config.data.labels == ("a", "b")
    assert config.data.furniture is None
    assert config.encoder.max_length == 128
    assert config.encoder.cache is False
    assert (config.data.columns.text, config.data.columns.label) == ("body", "label")


def test_whole_numbers_serve_as_floats():
    config = load_config("default", ["model.C=2", "training.context_dropout=1"])
    assert isinstance(config.model.C, float)
    assert config.training.context_dropout == 1.0


def test_paths_are_relative_to_the_file_that_states_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    write(tmp_path, "sub/base.yaml", "data: {train: pages, validation: /far/away}")
    path = write(tmp_path, "x.yaml", "extends: sub/base.yaml")
    here = tmp_path / "here"
    here.mkdir()
    monkeypatch.chdir(here)
    assert load_config(path).data.train == str(tmp_path / "sub" / "pages")
    assert load_config(path).data.validation == "/far/away"
    assert load_config("../x.yaml", ["data.train=rows.csv"]).data.train == str(
        here / "rows.csv"
    )


def test_corpus_parts_are_no_paths(tmp_path: Path):
    path = write(tmp_path, "x.yaml", "data: {train: corpus:other-hands}")
    assert (
        load_config(path, ["data.validation=null"]).data.train == "corpus:other-hands"
    )
    assert load_config(path, ["data.validation=null"]).data.validation is None


@pytest.mark.parametrize(
    ("yaml", "fault"),
    [
        (
            "model: {C: -1}",
            '"model.C" must be greater than 0, got -1 ({file}, line 1)',
        ),
        (
            "seed: 1\nmodel:\n  kind: linear\n  C: 0",
            '"model.C" must be greater than 0, got 0 ({file}, line 4)',
        ),
        (
            "model: {C: .inf}",
            '"model.C" must be a finite number, got inf ({file}, line 1)',
        ),
        (
            "model: {C: true}",
            '"model.C" must be a number, got True ({file}, line 1)',
        ),
        (
            "model: {C: much}",
            "\"model.C\" must be a number, got 'much' ({file}, line 1)",
        ),
        (
            "model: {kind: tree}",
            "\"model.kind\" must be 'linear', 'page', 'tuned' or 'static', got 'tree' "
            "({file}, line 1)",
        ),
        (
            "model: {class_weight: x}",
            "\"model.class_weight\" must be 'balanced' or null, got 'x' "
            "({file}, line 1)",
        ),
        (
            "model: {vector_weight: -0.5}",
            '"model.vector_weight" must be at least 0, got -0.5 ({file}, line 1)',
        ),
        (
            "training: {context_dropout: 1.5}",
            '"training.context_dropout" must be at most 1, got 1.5 ({file}, line 1)',
        ),
        (
            "evaluation: {level: 1}",
            '"evaluation.level" must be less than 1, got 1 ({file}, line 1)',
        ),
        (
            "training: {folds: 1}",
            '"training.folds" must be at least 2, got 1 ({file}, line 1)',
        ),
        (
            "training: {folds: 5.0}",
            '"training.folds" must be a whole number, got 5.0 ({file}, line 1)',
        ),
        (
            "seed: 4294967296",
            '"seed" must be at most 4294967295, got 4294967296 ({file}, line 1)',
        ),
        (
            "training:",
            '"training" must be a mapping of settings, got None ({file}, line 1)',
        ),
        (
            "encoder: {cache: 1}",
            '"encoder.cache" must be true or false, got 1 ({file}, line 1)',
        ),
        (
            "encoder: {name: ''}",
            "\"encoder.name\" must not be empty, got '' ({file}, line 1)",
        ),
        (
            "encoder: {revision: 0123}",
            '"encoder.revision" must be text or null (put it in quotes), got 83 '
            "({file}, line 1)",
        ),
        (
            "encoder: {max_length: 0}",
            '"encoder.max_length" must be greater than 0 or null, got 0 '
            "({file}, line 1)",
        ),
        (
            "name: [a]",
            "\"name\" must be text, got ['a'] ({file}, line 1)",
        ),
        (
            "name: a b",
            '"name" must be 1 to 100 letters (a-z, A-Z), digits, - and _, '
            "got 'a b' ({file}, line 1)",
        ),
        (
            "data:\n  labels:\n    - a\n    - yes\n",
            '"data.labels.1" must be text (put it in quotes), got True '
            "({file}, line 4)",
        ),
        (
            "data: {labels: ['a ', b]}",
            '"data.labels.0" must be text without white space at its ends, '
            "got 'a ' ({file}, line 1)",
        ),
        (
            "data: {labels: a, furniture: null}",
            "\"data.labels\" must be a list, got 'a' ({file}, line 1)",
        ),
        (
            "data: {labels: [a, a], furniture: a}",
            '"data.labels" must be a list of at least two labels, all different, '
            "got ['a', 'a'] ({file}, line 1)",
        ),
        (
            "data:\n  labels: [a, b]\n  furniture: c",
            "\"data.furniture\" must be one of data.labels (a, b) or null, got 'c' "
            "({file}, line 3)",
        ),
        (
            "\ndata: {labels: [a, b]}",
            '"data.furniture" must be one of data.labels (a, b) or null, '
            "got 'boilerplate' ({file}, line 2)",
        ),
        (
            "data:\n  mapping:\n    fact: claim\n    view: opinions",
            '"data.mapping.view" must be one of data.labels (claim, opinion, '
            "attribution, boilerplate), got 'opinions' ({file}, line 4)",
        ),
        (
            "data: {mapping: {fact: [claim]}}",
            "\"data.mapping.fact\" must be text, got ['claim'] ({file}, line 1)",
        ),
        (
            "data:\n  labels: [a, b]\n  furniture: null\n  allowed:\n    x: [a, c]",
            '"data.allowed.x" must be a list of at least two of data.labels (a, b), '
            "all different; one alone stands in data.mapping, got ['a', 'c'] "
            "({file}, line 5)",
        ),
        (
            "data:\n  mapping: {x: claim}\n  allowed:\n    x: [claim, opinion]",
            '"data.allowed.x" stands in data.mapping, too; keep one of the two, got '
            "['claim', 'opinion'] ({file}, line 4)",
        ),
        (
            "data: {unlabelled: drop}",
            "\"data.unlabelled\" must be 'refuse' or 'skip', got 'drop' "
            "({file}, line 1)",
        ),
        (
            "data:\n  source_weights:\n    wire: -1",
            '"data.source_weights.wire" must be at least 0, got -1 ({file}, line 3)',
        ),
        (
            "data: {train: corpus:trian}",
            '"data.train" must be a path or one of corpus:train, corpus:validation, '
            "corpus:test, corpus:other-hands, each also with @html, "
            "got 'corpus:trian' ({file}, line 1)",
        ),
        (
            "data: {train: ''}",
            '"data.train" must be a path or one of corpus:train, corpus:validation, '
            "corpus:test, corpus:other-hands, each also with @html, "
            "got '' ({file}, line 1)",
        ),
        (
            "\nmodel: {c: 1}",
            '"model.c" is not a setting, got 1; the nearest is "model.C", known here: '
            "kind, C, vector_weight, neighbour_weight, class_weight ({file}, line 2)",
        ),
        (
            "data: {columns: {xyz: 1}}",
            '"data.columns.xyz" is not a setting, got 1; known here: text, label, '
            "article, weight, outlet, published, index, source ({file}, line 1)",
        ),
        (
            "trainning: {folds: 2}",
            "\"trainning\" is not a setting, got {'folds': 2}; the nearest is "
            '"training", known here: extends, name, seed, data, encoder, model, '
            "training, evaluation ({file}, line 1)",
        ),
        (
            "extend: default",
            "\"extend\" is not a setting, got 'default'; the nearest is "
            '"extends", known here: extends, name, seed, data, encoder, model, '
            "training, evaluation ({file}, line 1)",
        ),
    ],
)
def test_tells_each_fault_with_its_place(tmp_path: Path, yaml: str, fault: str):
    path = write(tmp_path, "x.yaml", yaml)
    assert faults_of(path) == [fault.replace("{file}", str(path))]


@pytest.mark.parametrize(
    "value", ["claim", "[claim]", "[claim, claim]", "[1, 2]", "[[claim], {}]", "null"]
)
def test_a_label_is_left_open_between_two_others_at_least(tmp_path: Path, value: str):
    path = write(tmp_path, "x.yaml", f"data:\n  allowed:\n    x: {value}")
    (fault,) = faults_of(path)
    assert fault.startswith('"data.allowed.x" must be a list of at least two of data.l')
    assert fault.endswith(f"({path}, line 3)")


def test_every_wrong_label_of_a_mapping_is_told_with_its_line(tmp_path: Path):
    text = "data:\n  mapping:\n    a: fact\n    b: claim\n    c: view"
    path = write(tmp_path, "x.yaml", text)
    ends = [fault.rpartition("line ")[2] for fault in faults_of(path)]
    assert ends == ["3)", "5)"]


def test_reads_what_other_labels_mean(tmp_path: Path):
    text = "data: {mapping: {1: claim}, allowed: {0: [opinion, claim]}}"
    data = load_config(
        write(tmp_path, "x.yaml", text), ["data.source_weights.wire=2"]
    ).data
    assert data.mapping == {"1": "claim"}
    assert data.allowed == {"0": ("opinion", "claim")}
    assert data.source_weights == {"wire": 2.0}


def test_tells_all_faults_at_once_each_with_its_own_place(tmp_path: Path):
    base = write(tmp_path, "base.yaml", "seed: -1\nmodel: {C: 0}\nname: base\nname: b")
    path = write(tmp_path, "x.yaml", "extends: base.yaml\nmodel:\n  kinds: linear")
    faults = faults_of(path, "training.folds=0", "seed.x=1", "C")
    assert len(faults) == 6
    ends = [re.search(r"\((?!a-z)([^()]*)\)$", fault).group(1) for fault in faults]
    assert ends == [
        f"{base}, line 3 and {base}, line 4",
        "--set C",
        "--set seed.x=1",
        f"{base}, line 2",
        f"{path}, line 3",
        "--set training.folds=0",
    ]


def test_shortens_long_values(tmp_path: Path):
    (fault,) = faults_of(write(tmp_path, "x.yaml", f"seed: {'x' * 500}"))
    assert len(fault) < len(str(tmp_path)) + 200


def test_refuses_a_file_that_is_not_yaml(tmp_path: Path):
    path = write(tmp_path, "x.yaml", "seed: 1\nname: [a")
    (fault,) = faults_of(path)
    assert fault.startswith("not YAML: ")
    assert fault.endswith(f"({path}, line 2, column 9)")


def test_refuses_a_file_that_is_no_mapping(tmp_path: Path):
    path = write(tmp_path, "x.yaml", "- a")
    assert faults_of(path) == [
        f"the file must be a mapping of settings (key: value), got list "
        f"({path}, line 1)"
    ]


def test_refuses_a_file_that_is_not_utf8(tmp_path: Path):
    path = tmp_path / "x.yaml"
    path.write_bytes(b"name: \xff")
    assert faults_of(path) == [f"{path}: not UTF-8 at byte 6; save the file as UTF-8"]


def test_tells_what_cannot_be_opened(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    def refuse(*_: object, **__: object) -> str:
        raise PermissionError(13, "Permission denied")

    path = write(tmp_path, "x.yaml", "seed: 1")
    monkeypatch.setattr(Path, "read_text", refuse)
    assert faults_of(path) == [f"{path}: cannot be read: Permission denied"]


@pytest.mark.parametrize("source", ["defualt", "no/defualt.yaml"])
def test_names_the_nearest_shipped_config(source: str):
    (fault,) = faults_of(source)
    assert fault.startswith(f"'{source}' is neither a file nor the name of a shipped")
    assert "the nearest is 'default'" in fault


def test_tells_who_extends_what_is_not_there(tmp_path: Path):
    path = write(tmp_path, "x.yaml", "seed: 1\nextends: gone.yaml")
    (fault,) = faults_of(path)
    assert fault.startswith("'gone.yaml' is neither a file nor")
    assert fault.endswith(f"({path}, line 2)")


def test_refuses_an_extends_that_is_no_name(tmp_path: Path):
    path = write(tmp_path, "x.yaml", "extends: [default]")
    assert faults_of(path) == [
        '"extends" must be the path of a config file or the name of a shipped config, '
        f"got ['default'] ({path}, line 1)"
    ]


def test_refuses_circles(tmp_path: Path):
    first = write(tmp_path, "a.yaml", "extends: sub/b.yaml")
    second = write(tmp_path, "sub/b.yaml", "seed: 1\nextends: ../a.yaml")
    (fault,) = faults_of(first)
    assert fault.startswith('"extends" must not lead back')
    assert f"{first} -> {second} -> {second.parent / '../a.yaml'}" in fault
    assert fault.endswith(f"({second}, line 2)")


def test_refuses_a_file_that_extends_itself(tmp_path: Path):
    path = write(tmp_path, "a.yaml", "extends: a.yaml")
    assert "must not lead back" in faults_of(path)[0]


def test_its_error_is_a_value_error():
    with pytest.raises(ValueError, match="neither a file") as caught:
        load_config("none")
    assert isinstance(caught.value, MlpkgError)


def test_imports_nothing_heavy():
    code = "import sys, mlpkg.config; print(*sys.modules)"
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )
    heavy = {"numpy", "torch", "sklearn", "pyarrow", "datasets", "rich", "typer"}
    assert heavy.isdisjoint(done.stdout.split())
