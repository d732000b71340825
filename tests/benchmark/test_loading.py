from __future__ import annotations

from pathlib import Path

import pytest

from mlpkg.benchmark.loading import load_benchmark
from mlpkg.config import shipped_configs, shipped_folder
from mlpkg.exceptions import ConfigError


def load(tmp_path, text):
    path = tmp_path / "b.yaml"
    path.write_text(text, encoding="utf-8")
    return load_benchmark(path)


@pytest.mark.parametrize("name", ["benchmark", "benchmark-small"])
def test_every_shipped_benchmark_loads_and_is_no_experiment(name):
    assert load_benchmark(shipped_folder() / f"{name}.yaml").name == name
    assert load_benchmark(Path(name)).name == name
    assert name not in shipped_configs()


def test_one_line_is_a_classifier_and_a_task(tmp_path):
    config = load(tmp_path, "classifiers: [majority, 'my_module:make']\ntasks: [babe]")
    assert [(spec.name, spec.use) for spec in config.classifiers] == [
        ("majority", "majority"),
        ("my_module-make", "my_module:make"),
    ]
    assert config.tasks[0].name == "babe"


def test_paths_are_relative_to_the_file(tmp_path):
    (tmp_path / "my-model").mkdir()
    config = load(
        tmp_path,
        "data: corpora\n"
        "classifiers:\n"
        "  - {name: mine, use: 'model:my-model'}\n"
        "  - {name: d, use: 'model:default'}\n"
        "tasks:\n"
        "  - name: desk\n"
        "    data: {train: rows.csv, validation: 'corpus:validation'}",
    )
    assert config.data == str(tmp_path / "corpora")
    assert config.classifiers[0].use == f"model:{tmp_path / 'my-model'}"
    assert config.classifiers[1].use == "model:default"
    assert config.tasks[0].data.train == str(tmp_path / "rows.csv")
    assert config.tasks[0].data.validation == "corpus:validation"


def test_all_mistakes_are_told_at_once_with_their_lines(tmp_path):
    with pytest.raises(ConfigError, match="line 2") as told:
        load(tmp_path, "threads: 0\nclassifers: [majority]\nclassifiers: [majority]")
    message = str(told.value)
    assert '"threads" must be at least 1, got 0' in message
    assert 'the nearest is "classifiers"' in message


def test_refuses_two_classifiers_of_one_name(tmp_path):
    with pytest.raises(ConfigError, match="twice: majority"):
        load(tmp_path, "classifiers: [majority, majority]")


def test_refuses_a_name_that_could_leave_the_folder(tmp_path):
    with pytest.raises(ConfigError, match="letters"):
        load(tmp_path, "classifiers: [{name: ../x, use: majority}]")


def test_refuses_a_section_that_names_no_classifier(tmp_path):
    with pytest.raises(ConfigError, match=r'few_shot.classifiers" names .minilm'):
        load(tmp_path, "classifiers: [majority]\nfew_shot: {classifiers: [minilm]}")


def test_tells_of_a_file_that_is_missing(tmp_path):
    with pytest.raises(ConfigError, match="cannot be read as a benchmark config"):
        load_benchmark(tmp_path / "none.yaml")


def test_tells_of_a_file_that_is_no_mapping(tmp_path):
    with pytest.raises(ConfigError, match="must be a mapping"):
        load(tmp_path, "- majority")
