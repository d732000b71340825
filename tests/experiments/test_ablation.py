"""The ablation: its rows, what it fits again and what not, its table."""

from __future__ import annotations

import json

import numpy as np
import pytest

from mlpkg.exceptions import ConfigError
from mlpkg.labels import DEFAULT_SCHEME

LABELS = [*DEFAULT_SCHEME.names, "boilerplate", "claim"]
NETWORK = ["model.epochs=1", "model.width=8", "model.vector_width=8"]


@pytest.fixture
def table(part):
    """Read the rows that are committed."""
    script = part("ablation")
    return script.read_variants(script.HERE / "variants.yaml")


@pytest.fixture
def ablation(part):
    return part("ablation")


@pytest.fixture
def study(ablation, make_gold):
    """Four pages to learn from, two to be scored on."""
    pages = [make_gold(f"learned-{n}", LABELS) for n in range(4)]
    scored = [make_gold(f"scored-{n}", LABELS[::-1]) for n in range(2)]
    return ablation.Study(pages, {"validation": scored, ablation.BARE: scored})


@pytest.fixture
def rows(part, library_folder, tmp_path):
    """Small rows of every kind, on a tiny encoder, and the name of their base."""
    path = tmp_path / "rows.yaml"
    path.write_text(
        json.dumps(
            {
                "base": "tuned",
                "variants": {
                    "linear": {"config": "default", "seeds": 2},
                    "page": {"config": "page-head", "set": NETWORK, "seeds": 1},
                    "tuned": {
                        "config": "tuned",
                        "set": [*NETWORK, "model.rank=1"],
                        "seeds": 1,
                    },
                    "static": {
                        "config": "static",
                        "set": [*NETWORK, "model.dimension=4", "model.teacher=null"],
                        "seeds": 1,
                    },
                },
            }
        ),
        encoding="utf-8",
    )
    encoder = library_folder("bert", "mean_tokens").as_posix()
    settings = [f"encoder.name={encoder}", "encoder.cache=false", "encoder.device=cpu"]
    return part("variants").read_variants(path, settings)


def lines_of(folder):
    text = (folder / "ablation.jsonl").read_text(encoding="utf-8")
    return [json.loads(line) for line in text.splitlines()]


def test_every_committed_row_has_a_config_of_its_own_and_tuned_is_the_base(
    ablation, table
):
    base, variants = table
    assert base == "tuned"
    hashes = {ablation.config_hash(variant.config) for variant in variants}
    assert len(hashes) == len(variants)
    kinds = {variant.config.model.kind for variant in variants}
    assert kinds == {"linear", "page", "tuned", "static"}
    assert {v.seeds for v in variants if v.config.model.kind == "tuned"} == {3}
    assert {v.seeds for v in variants if v.config.model.kind != "tuned"} == {5}


def test_no_part_for_the_last_look_is_read(ablation):
    sources = [ablation.TRAIN, *map(str, ablation.DATA.values())]
    assert not [s for s in sources if "test" in s or "other-hands" in s]


def test_the_first_seed_of_every_row_comes_first(ablation, table):
    _, variants = table
    fits = list(ablation.planned(variants, None))
    names = [variant.name for variant in variants]
    assert [fit.variant.name for fit in fits[: len(names)]] == names
    assert [fit.seed for fit in fits] == sorted(fit.seed for fit in fits)
    assert len(fits) == sum(variant.seeds for variant in variants)
    assert len(list(ablation.planned(variants, 2))) == 2 * len(variants)


def test_wrong_tables_and_names_are_refused(part, tmp_path):
    variants = part("variants")
    path = tmp_path / "rows.yaml"
    path.write_text("base: b\nvariants: {a: {config: default}}", encoding="utf-8")
    with pytest.raises(ConfigError, match="no variant 'b'; known: a"):
        variants.read_variants(path)
    path.write_text("base: a\nvariants: {a: {configs: default}}", encoding="utf-8")
    with pytest.raises(ConfigError, match=r"(?s)rows\.yaml: .*configs"):
        variants.read_variants(path)
    path.write_text(
        "base: a\nvariants: {a: {config: default, set: [model.rank=4]}}",
        encoding="utf-8",
    )
    with pytest.raises(ConfigError, match=r"variant 'a': .*rank"):
        variants.read_variants(path)


def test_settings_for_some_rows_leave_the_others_alone(part, table):
    _, variants = table
    read, path = part("variants").read_variants, part("ablation").HERE / "variants.yaml"
    _, changed = read(path, ["model.epochs=1"], ["static", "static-64"])
    different = {b.name for a, b in zip(variants, changed, strict=True) if a != b}
    assert different == {"static", "static-64"}
    with pytest.raises(ConfigError, match="variant 'linear'.*epochs"):
        read(path, ["model.epochs=1"])
    with pytest.raises(ConfigError, match="no variant 'statik'.*mean 'static'"):
        read(path, [], ["statik"])


def test_every_kind_is_fitted_once_kept_without_text_and_put_into_the_table(
    ablation, study, rows, tmp_path, monkeypatch, capsys
):
    base, variants = rows
    study.run(variants, tmp_path, only=["linear"], seeds=1, threads=1)
    text = study.write_table(variants, base, tmp_path)
    assert "Not fitted yet: page, tuned, static." in text
    study.run(variants, tmp_path, threads=1)
    lines = lines_of(tmp_path)
    assert [(line["variant"], line["seed"]) for line in lines] == [
        ("linear", 0),
        ("page", 0),
        ("tuned", 0),
        ("static", 0),
        ("linear", 1),
    ]
    counts = lines[0]["scores"]["validation"]["counts"]
    assert {name: sum(own) for name, own in counts.items()} == {
        "scored-0": len(LABELS),
        "scored-1": len(LABELS),
    }
    stored = (tmp_path / "ablation.jsonl").read_text(encoding="utf-8")
    assert "bridge" not in stored
    assert "Subscribe" not in stored
    assert not list((tmp_path / ".unfinished").iterdir())
    text = study.write_table(variants, base, tmp_path)
    assert "Not fitted yet" not in text
    assert text.count("\n| tuned |") == 3  # two data sets, and what the rows are

    def unwanted(*_):
        raise AssertionError("fitted again")

    monkeypatch.setattr(ablation, "fit_on_gold", unwanted)
    study.run(variants, tmp_path, threads=1)
    assert lines_of(tmp_path) == lines
    fewer = ablation.Study(study.pages[:3], study.data)
    with pytest.raises(AssertionError, match="fitted again"):
        fewer.run(variants, tmp_path, only=["linear"], threads=1)
    capsys.readouterr()
    assert "Not fitted yet: linear, page" in fewer.write_table(variants, base, tmp_path)
    assert "5 lines are of other configs" in capsys.readouterr().err


def test_no_fit_is_begun_when_the_minutes_are_over(study, rows, tmp_path, capsys):
    base, variants = rows
    study.run(variants, tmp_path, only=["linear"], minutes=0)
    assert not (tmp_path / "ablation.jsonl").exists()
    assert "0 minutes are over: 2 fits left" in capsys.readouterr().err
    text = study.write_table(variants, base, tmp_path)
    assert "Not fitted yet: linear, page, tuned, static." in text


def test_what_another_machine_scored_is_kept(ablation, tmp_path):
    path = tmp_path / "ablation.jsonl"
    ablation._keep(path, {"key": "a", "scores": {"real pages": 1, "validation": 2}})
    ablation._keep(path, {"key": "b", "scores": {}})
    ablation._keep(path, {"key": "a", "scores": {"validation": 3}})
    assert lines_of(tmp_path) == [
        {"key": "a", "scores": {"real pages": 1, "validation": 3}},
        {"key": "b", "scores": {}},
    ]


@pytest.fixture
def line(part):
    """Make the line of a fit that takes some claims of each article for opinion."""

    def make(wrong, articles=12):
        counts = np.diag([4, 4, 4, 4])
        counts[0, :2] = 4 - wrong, wrong
        own = {f"article-{n}": counts.ravel().tolist() for n in range(articles)}
        return {"scores": {"validation": {"counts": own}}, "seconds": 1.0}

    return make


def test_seeds_are_averaged_and_rows_tested_against_the_base_by_article(part, line):
    table = part("ablation_table")
    good, bad = table.counts_of([line(0)], "validation"), line(2)
    both = table.counts_of([line(0), bad], "validation")
    # F1 of claim 2·2/(2+4), of opinion 2·4/(6+4).
    lower = (4 / 6 + 8 / 10 + 2) / 4
    assert table.mean_score(good) == 1
    assert table.mean_score(both) == pytest.approx((1 + lower) / 2)
    found = table.difference(good, both)
    assert found.value == pytest.approx((lower - 1) / 2)
    # All articles are alike, so resampling them moves nothing.
    assert found.low == pytest.approx(found.value)
    assert found.high == pytest.approx(found.value)
    assert found.p_value < 0.01
    assert table.difference(good, good).p_value == 1


def test_p_values_are_corrected_for_the_number_of_rows(part, line):
    table = part("ablation_table")
    pair = {"tuned": [line(0, 5)], "a": [line(1, 5)]}
    more = pair | {"b": [line(1, 5)], "c": [line(1, 5)]}
    alone, beside = (
        table.score_table(rows, "tuned", "validation", tested=True).split("\n")
        for rows in (pair, more)
    )
    assert alone[2].endswith("| – | – |")
    # Of the 32 ways to swap five equal articles two give as much.
    assert alone[3].endswith("| 0.062 |")
    assert beside[3].endswith("| 0.188 |")
    untested = table.score_table(pair, "tuned", "validation", tested=False)
    assert untested.split("\n")[0].endswith("| less tuned |")


def test_a_p_value_too_small_to_be_written_is_bounded(part):
    cell = part("ablation_table")._p_cell
    assert [cell(0.0004), cell(0.001), cell(None)] == ["<0.001", "0.001", "–"]


def test_without_the_base_row_nothing_is_set_against_it(part, line):
    table = part("ablation_table")
    text = table.score_table({"a": [line(1)]}, "tuned", "validation", tested=True)
    assert text.split("\n")[2].endswith("| – | – |")
