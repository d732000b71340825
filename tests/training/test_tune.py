import json
import re
import shutil

import pytest

from mlpkg.config import Config, DataConfig, load_config
from mlpkg.data.corpus import corpus_folder
from mlpkg.data.gold import load_gold
from mlpkg.exceptions import DataError, SplitError
from mlpkg.tracking.stored_run import StoredRun
from mlpkg.training import tune as tuning
from mlpkg.training.tune import tune

SEARCH = ("model.C=0.001,0.1", "model.class_weight=null,balanced")


@pytest.fixture
def encodings(monkeypatch, tiny_encoder):
    """Put the tiny encoder in the place of all others; lists what it encoded."""
    calls = []

    class Counted:
        def __init__(self, config):
            self.max_length = config.encoder.max_length

        def encode(self, texts):
            calls.append((self.max_length, len(texts)))
            return tiny_encoder.encode([text[: self.max_length] for text in texts])

    monkeypatch.setattr(tuning, "make_encoder", Counted)
    return calls


@pytest.fixture
def config(tmp_path, write_mail, encodings):
    """Ten articles of made rows, every fourth label wrong, two inner folds."""
    path = write_mail(tmp_path / "mail.csv", articles=True)
    lines = path.read_text(encoding="utf-8").splitlines()
    for place in range(1, len(lines), 4):
        lines[place] = re.sub(",(spam|ham),", _other_label, lines[place])
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    data = DataConfig(
        train=str(path),
        validation=None,
        labels=("spam", "ham"),
        furniture=None,
    )
    settings = Config(name="mail", data=data).model_dump()
    settings["training"]["folds"] = 2
    settings["evaluation"]["bootstrap"] = 20
    return Config.model_validate(settings)


@pytest.fixture
def run(config, tmp_path):
    """Tune on the made rows: ``run(*search, outer=2)``."""

    def start(*search, **options):
        options = {"outer": 2, "runs": tmp_path / "runs", **options}
        return tune(options.pop("config", config), search or SEARCH, **options)

    return start


def _other_label(found):
    return ",ham," if found[1] == "spam" else ",spam,"


def _timeless(result):
    return [{**row, "seconds": 0} for row in result.frame()]


def _spied(monkeypatch, name, before):
    original = getattr(tuning, name)

    def spy(material, config, pages, others):
        before(config, pages, others)
        return original(material, config, pages, others)

    monkeypatch.setattr(tuning, name, spy)


def test_the_table_has_every_trial_of_every_stage_in_order(run):
    result = run(outer=3)
    frame = result.frame()
    assert [(row["outer"], row["trial"]) for row in frame] == [
        (outer, trial) for outer in (1, 2, 3, "all") for trial in (1, 2, 3, 4)
    ]
    assert [row["model.C"] for row in frame[:4]] == [0.001, 0.001, 0.1, 0.1]
    assert all(0 <= row["macro_f1"] <= 1 and row["deviation"] >= 0 for row in frame)
    assert result.failures == 0


def test_the_best_mean_wins_in_every_stage(run):
    result = run("model.C=1e-6,0.1")
    for stage, winner in zip((1, 2, "all"), (*result.chosen, result.best), strict=True):
        means = {
            r["trial"]: r["macro_f1"] for r in result.frame() if r["outer"] == stage
        }
        assert means[winner] == max(means.values()) > min(means.values())
    assert result.frame()[result.best - 1]["model.C"] == result.config.model.C


def test_of_equal_trials_the_first_wins(run):
    # The solver is done long before either limit.
    for order in ("300,301", "301,300"):
        result = run(f"training.max_iter={order}")
        assert (result.best, result.chosen) == (1, (1, 1))
        assert result.config.training.max_iter == int(order[:3])


def test_no_page_helps_to_choose_the_trial_that_judges_it(run, monkeypatch):
    ranked, judged = [], []
    _spied(monkeypatch, "cross_validated", lambda *call: ranked.append(call[1:]))
    _spied(monkeypatch, "calibrated", lambda *call: judged.append(call[1:]))
    result = run("model.C=0.1", outer=3)
    held_out = [page for _, away in judged for page in away]
    assert sorted(held_out) == list(range(10))
    for (pages, folds), (learned, away) in zip(ranked, judged, strict=False):
        assert pages == learned
        assert sorted((*pages, *away)) == list(range(10))
        assert set(folds) == {0, 1}
    assert ranked[-1][0] == tuple(range(10))
    assert result.nested.n_articles == 10
    assert result.nested.n_segments == 60


def test_any_number_of_jobs_gives_the_same_result(run, monkeypatch):
    monkeypatch.setattr("joblib.cpu_count", lambda: 2)
    search = ("model.C=log:0.001..1", "seed=1,2")
    one, two = (run(*search, trials=3, jobs=jobs) for jobs in (1, 2))
    assert _timeless(one) == _timeless(two)
    assert one.nested == two.nested
    assert (one.best, one.chosen) == (two.best, two.chosen)


def test_rows_without_a_page_are_tuned_on(run, config, tmp_path, write_mail):
    data = config.data.model_copy(
        update={"train": str(write_mail(tmp_path / "bare.csv"))}
    )
    result = run(config=config.model_copy(update={"data": data}))
    assert result.nested.n_articles == 60
    assert result.nested.value("macro_f1") > 0.6


def test_vectors_are_computed_once_for_each_setting_of_the_encoder(run, encodings):
    run()
    assert encodings == [(None, 60)]
    encodings.clear()
    result = run("model.C=0.01,0.1", "encoder.max_length=4,40")
    assert encodings == [(4, 60), (40, 60)]
    assert len(result.frame()) == 12


def test_the_run_folder_holds_all_of_it(run, config):
    result = run()
    assert sorted(path.name for path in result.path.iterdir()) == [
        "audit.json",
        "best.yaml",
        "config.yaml",
        "log.txt",
        "metrics.json",
        "run.json",
        "splits.json",
        "trials.jsonl",
        "tune.json",
    ]
    lines = (result.path / "trials.jsonl").read_text(encoding="utf-8").splitlines()
    assert [json.loads(line) for line in lines] == result.frame()
    stored = json.loads((result.path / "tune.json").read_text(encoding="utf-8"))
    assert stored == result.to_json()
    assert stored["best"]["trial"] == result.best
    kept = StoredRun(result.path)
    assert kept.run["kind"] == "tune"
    assert kept.metrics == {"nested": result.nested.to_json()}
    log = (result.path / "log.txt").read_text(encoding="utf-8")
    assert len(re.findall(r"\d+ of 12: trial \d .*: macro-F1 0\.\d{3} ± ", log)) == 12


def test_the_best_config_is_ready_for_training(run, config):
    result = run("model.C=0.02")
    best = load_config(result.path / "best.yaml")
    assert best.name == "mail-tuned"
    assert best.model.C == 0.02
    labels = load_gold(best.data.train, scheme=tuning.make_scheme(best))
    assert len(labels) == 10
    again = run("model.C=0.03", config=best.model_copy(update={"name": "a" * 100}))
    assert load_config(again.path / "best.yaml").name == "a" * 94 + "-tuned"
    again = run("model.C=0.03", config=best)
    assert load_config(again.path / "best.yaml").name == "mail-tuned"


def test_the_text_shows_trials_the_choice_and_the_nested_score(run):
    result = run("model.class_weight=null,balanced")
    table, caption, nested = result.to_text().split("\n\n", 2)
    lines = table.splitlines()
    assert lines[0].split("  ")[0] == "trial"
    assert "model.class_weight" in lines[0]
    assert sum(" * " in line for line in lines) == 1
    assert "null" in lines[1]
    assert "the best of 2 trials flatters itself" in caption
    assert nested == result.nested.to_text()


def test_a_trial_that_fails_is_told_and_the_others_go_on(run, monkeypatch, caplog):
    def fail(config, *_):
        if config.model.C == 0.5:
            raise RuntimeError("no such luck")

    _spied(monkeypatch, "cross_validated", fail)
    result = run("model.C=0.5,0.1")
    assert result.failures == 3
    assert result.best == 2
    assert result.frame()[0]["error"] == "RuntimeError: no such luck"
    assert result.frame()[0]["macro_f1"] is None
    assert re.search(r"^1 +0\.5 +failed", result.to_text(), re.MULTILINE)
    assert "trial 1 (model.C=0.5), outer fold 1 failed: RuntimeError" in caplog.text


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("cross_validated", "all 2 trials failed, the first with RuntimeError: broken"),
        ("calibrated", "outer fold 1: the trial that won could not be fitted .*broken"),
    ],
)
def test_without_a_score_there_is_no_run(run, monkeypatch, tmp_path, name, message):
    def fail(*_):
        raise RuntimeError("broken")

    _spied(monkeypatch, name, fail)
    with pytest.raises(DataError, match=message):
        run("model.C=0.5,0.1")
    assert list((tmp_path / "runs").iterdir()) == []


def test_an_interruption_leaves_nothing(run, monkeypatch, tmp_path):
    calls = []

    def interrupt(*_):
        calls.append(1)
        if len(calls) == 3:
            raise KeyboardInterrupt

    _spied(monkeypatch, "cross_validated", interrupt)
    with pytest.raises(KeyboardInterrupt):
        run()
    assert list((tmp_path / "runs").iterdir()) == []


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"outer": 1}, "folds must be a whole number of 2 or more, got 1"),
        ({"outer": 11}, "11 parts need at least 11 groups"),
        ({"inner": 7}, "7 parts need at least 7 groups"),
    ],
)
def test_folds_that_the_articles_do_not_allow_are_refused(run, options, message):
    with pytest.raises(SplitError, match=message):
        run(**options)


def test_too_few_articles_for_calibration_are_refused_at_once(run, config, monkeypatch):
    monkeypatch.setattr(tuning, "run_tasks", None)
    training = config.training.model_copy(update={"folds": 6})
    with pytest.raises(SplitError, match="folds is 6, but only 5 articles are left"):
        run(config=config.model_copy(update={"training": training}), inner=2)


def test_jobs_beyond_the_cores_are_not_taken(monkeypatch):
    monkeypatch.setattr("joblib.cpu_count", lambda: 2)
    assert [tuning._within_cores(jobs) for jobs in (1, 2, 8)] == [1, 2, 2]


def test_no_job_is_refused(run):
    with pytest.raises(ValueError, match="jobs must be at least 1, got 0"):
        run(jobs=0)


@pytest.mark.parametrize("part", ["test", "other-hands"])
def test_test_parts_are_refused(run, part, tmp_path):
    config = load_config("default", [f"data.train=corpus:{part}"])
    with pytest.raises(DataError, match="scored by `mlpkg look` alone"):
        run(config=config)


@pytest.mark.e2e
def test_tuning_works_with_the_real_encoder(tmp_path, monkeypatch):
    monkeypatch.setenv("MLPKG_CACHE", str(tmp_path / "cache"))
    pages = sorted(corpus_folder().glob("*.page"), key=lambda path: path.stat().st_size)
    (tmp_path / "pages").mkdir()
    for path in pages[:8]:
        shutil.copy(path, tmp_path / "pages")
    overrides = (
        f"data.train={tmp_path / 'pages'}",
        "data.validation=null",
        "training.folds=2",
        "evaluation.bootstrap=20",
    )
    search = ("model.C=0.0001,0.03", "model.vector_weight=0,0.2")
    result = tune("default", search, overrides, outer=2, runs=tmp_path / "runs")
    assert result.nested.n_articles == 8
    assert result.nested.value("macro_f1") > 0.3
