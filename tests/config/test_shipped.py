from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from mlpkg.config import Config, load_config, shipped, shipped_configs, shipped_folder


def test_finds_the_configs():
    assert "default" in shipped_configs()
    assert (shipped_folder() / "default.yaml").is_file()


@pytest.mark.parametrize("name", shipped_configs())
def test_every_shipped_config_loads_and_bears_its_name(name: str):
    assert load_config(name).name == name


@pytest.mark.parametrize("name", sorted({*shipped_configs()} - {"default"}))
def test_a_recipe_begins_with_a_comment_and_extends_another(name: str):
    text = (shipped_folder() / f"{name}.yaml").read_text(encoding="utf-8")
    assert text.startswith("# ")
    assert yaml.safe_load(text)["extends"] in shipped_configs()
    assert load_config(name).model_copy(update={"name": "default"}) != Config()


def test_the_recipes_show_what_they_are_named_for():
    partial = load_config("partial-labels").data
    assert partial.mapping
    assert partial.allowed
    assert set(load_config("own-labels").data.labels).isdisjoint(Config().data.labels)
    assert load_config("few-shot").training.folds < Config().training.folds
    assert load_config("another-encoder").encoder.name != Config().encoder.name


def test_the_default_file_says_what_the_schema_defaults_to():
    assert load_config("default") == Config()


def test_prefers_the_folder_inside_the_package(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    package = tmp_path / "mlpkg"
    package.mkdir()
    monkeypatch.setattr(shipped, "_PACKAGE", package)
    assert shipped_folder() == tmp_path / "configs"
    assert shipped_configs() == []
    (package / "configs").mkdir()
    (package / "configs" / "small.yaml").touch()
    assert shipped_folder() == package / "configs"
    assert shipped_configs() == ["small"]
