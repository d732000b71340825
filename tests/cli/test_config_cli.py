from __future__ import annotations

import json
import re
import sys

import pytest
import typer
import yaml

from mlpkg.cli import app, main
from mlpkg.cli.config_cli import config_app
from mlpkg.config import Config, json_schema, load_config, shipped_configs


@pytest.fixture(autouse=True)
def config_command(monkeypatch):
    """Hang the commands into the tree where the tree does not have them yet."""
    if not any(group.name == "config" for group in app.registered_groups):
        tree = typer.Typer()
        tree.add_typer(config_app, name="config")
        monkeypatch.setattr(sys.modules[main.__module__], "app", tree)


@pytest.fixture
def mine(tmp_path):
    path = tmp_path / "mine.yaml"
    path.write_text("extends: default\nname: mine\nmodel: {C: 0.5}\n", encoding="utf-8")
    return path


def test_show_prints_every_setting(command, mine, tmp_path):
    done = command("config", "show", mine, "--set", "seed=7")
    assert done.code == 0
    shown = tmp_path / "shown.yaml"
    shown.write_text(done.out, encoding="utf-8")
    assert load_config(shown) == load_config(mine, ["seed=7"])
    assert yaml.safe_load(done.out)["model"]["C"] == 0.5


def test_show_refuses_a_wrong_config(command):
    done = command("config", "show", "default", "--set", "model.C=-1")
    assert done.code == 2
    assert done.out == ""
    assert '"model.C" must be greater than 0, got -1 (--set model.C=-1)' in done.err


def test_validate_accepts_files_and_names(command, mine):
    done = command("config", "validate", mine, "default")
    assert (done.code, done.err) == (0, "")
    assert done.out == f"{mine}: valid\ndefault: valid\n"


def test_validate_lists_the_faults_of_all_files(command, mine, tmp_path):
    wrong = tmp_path / "wrong.yaml"
    wrong.write_text("seed: -1\nmodel:\n  c: 1\n", encoding="utf-8")
    done = command("config", "validate", wrong, mine, tmp_path / "gone.yaml")
    assert done.code == 2
    assert done.out == f"{mine}: valid\n"
    seed, model, gone = done.err.splitlines()
    assert seed.endswith(f"({wrong}, line 1)")
    assert model.endswith(f"({wrong}, line 3)")
    assert "gone.yaml' is neither a file nor" in gone


def test_schema_is_the_json_schema(command):
    assert json.loads(command("config", "schema").out) == json_schema()


def test_diff_prints_the_settings_that_differ(command, mine):
    done = command("config", "diff", "default", mine)
    assert done.out == 'name: "default" -> "mine"\nmodel.C: 0.03 -> 0.5\n'
    rows = json.loads(command("config", "diff", "default", mine, "--json").out)
    assert rows[1] == {"path": "model.C", "old": 0.03, "new": 0.5}


def test_diff_tells_entries_that_one_config_lacks(command, tmp_path):
    path = tmp_path / "x.yaml"
    path.write_text("data: {mapping: {fact: claim}}\n", encoding="utf-8")
    done = command("config", "diff", "default", path)
    assert 'data.mapping.fact: - -> "claim"' in done.out


def test_diff_of_equal_configs_says_so(command):
    assert command("config", "diff", "default", "default").out == "no setting differs\n"


def test_new_writes_a_config_that_loads(command, tmp_path):
    done = command("config", "new", "my-desk")
    assert done.out == "my-desk.yaml\n"
    config = load_config(tmp_path / "cwd" / "my-desk.yaml")
    assert config == Config(name="my-desk")


def test_what_a_new_config_offers_in_comments_is_valid(command, tmp_path):
    command("config", "new", "x")
    path = tmp_path / "cwd" / "x.yaml"
    text = path.read_text(encoding="utf-8")
    head, _, offered = text.partition("\n\n")
    path.write_text(head + "\n" + re.sub("^# ", "", offered, flags=re.M), "utf-8")
    config = load_config(path)
    assert config.data.train == str(path.parent / "rows.csv")
    assert config.data.mapping == {"fact": "claim"}


@pytest.mark.parametrize("name", ["007", "off", "null", "1e3", "-x-"])
def test_new_takes_names_that_yaml_would_not(command, tmp_path, name):
    done = command("config", "new", "-o", "x.yaml", "--", name)
    assert done.code == 0
    assert load_config(tmp_path / "cwd" / "x.yaml").name == name


def test_new_extends_a_file_wherever_the_two_lie(command, mine, tmp_path):
    (tmp_path / "sub").mkdir()
    new = tmp_path / "sub" / "new.yaml"
    assert command("config", "new", "x", "--from", mine, "-o", new).code == 0
    assert 'extends: "../mine.yaml"' in new.read_text(encoding="utf-8")
    assert load_config(new).model.C == 0.5


def test_new_overwrites_nothing(command, mine):
    before = mine.read_bytes()
    done = command("config", "new", "x", "-o", mine)
    assert done.code == 2
    assert f"{mine} exists and is not overwritten" in done.err
    assert mine.read_bytes() == before


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["a b"], '"name" must be 1 to 100 letters (a-z, A-Z), digits, - and _'),
        (["../x"], '"name" must be 1 to 100 letters'),
        (["x", "--from", "defualt"], "the nearest is 'default'"),
        (["x", "-o", "no/such/x.yaml"], "No such file or directory"),
    ],
)
def test_new_writes_nothing_after_a_mistake(command, tmp_path, arguments, message):
    done = command("config", "new", *arguments)
    assert done.code == 2
    assert message in done.err
    assert list((tmp_path / "cwd").iterdir()) == []


def test_list_tells_what_each_shipped_config_is_for(command):
    lines = command("config", "list").out.splitlines()
    assert [line.split()[0] for line in lines] == shipped_configs()
    about = json.loads(command("config", "list", "--json").out)
    assert about["own-labels"] == "Your own labels, learned from a CSV."
    assert all(about.values())
