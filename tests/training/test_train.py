from __future__ import annotations

import json
import re
import shutil
import sys
from datetime import datetime
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from mlpkg.config import config_hash, load_config
from mlpkg.data.corpus import corpus_folder
from mlpkg.data.gold import data_fingerprint, load_gold
from mlpkg.exceptions import DataError, SplitError
from mlpkg.labels import DEFAULT_SCHEME
from mlpkg.models import crossfit
from mlpkg.models.store import load_model
from mlpkg.tracking.store import list_runs
from mlpkg.tracking.stored_run import StoredRun
from mlpkg.training import evaluate, train

MAIL = (
    "extends: default\nname: mail\n"
    "data: {train: rows.csv, validation: null, labels: [spam, ham], furniture: null}\n"
    "training: {folds: 3}\nevaluation: {bootstrap: 5}\n"
)


def _json(path: Path):
    return json.loads(path.read_text(encoding="utf-8"))


def _outcome(run: Path):
    """What two trainings of one experiment must agree in, to the byte."""
    files = ("metrics.json", "audit.json", "splits.json", "model/head.safetensors")
    return [(run / name).read_bytes() for name in files]


@pytest.fixture
def mail_config(tmp_path, write_mail, tiny_encoder, monkeypatch):
    """A config beside made rows in ten pages; trains on the tiny encoder."""
    monkeypatch.setattr("mlpkg.config.objects.make_encoder", lambda _: tiny_encoder)
    write_mail(tmp_path / "rows.csv", articles=True)
    path = tmp_path / "mail.yaml"
    path.write_text(MAIL, encoding="utf-8")
    return path


@pytest.fixture
def fold_trainings(monkeypatch):
    """Count the trainings of folds; ``["at"]`` names the one that a user stops."""
    whole = crossfit._fold_logits
    seen = {"count": 0, "at": None}

    def counted(*arguments):
        if seen["count"] == seen["at"]:
            raise KeyboardInterrupt
        seen["count"] += 1
        return whole(*arguments)

    monkeypatch.setattr(crossfit, "_fold_logits", counted)
    return seen


def _stop(config, runs, fold_trainings, at):
    """Train until the training of a fold is stopped."""
    fold_trainings["at"] = at
    with pytest.raises(KeyboardInterrupt):
        train(config, runs=runs)
    fold_trainings.update(count=0, at=None)


def test_the_same_seed_gives_the_same_metrics_and_head(mail_config, tmp_path):
    first, second, other = (
        train(mail_config, [f"seed={seed}"], runs=tmp_path / f"runs{i}")
        for i, seed in enumerate((0, 0, 1))
    )
    assert _outcome(first.path) == _outcome(second.path)
    assert _outcome(first.path)[-1] != _outcome(other.path)[-1]


@pytest.mark.parametrize("finished", [1, 2])
def test_a_stopped_training_goes_on_where_it_was(
    mail_config, tmp_path, fold_trainings, finished
):
    undisturbed = train(mail_config, runs=tmp_path / "undisturbed")
    runs = tmp_path / "runs"
    fold_trainings["count"] = 0
    _stop(mail_config, runs, fold_trainings, at=finished)
    (unfinished,) = runs.iterdir()
    kept = sorted(path.name for path in (unfinished / "checkpoints").iterdir())
    assert kept == [f"fold-{fold}.safetensors" for fold in range(finished)]

    again = train(mail_config, runs=runs)
    assert fold_trainings["count"] == 3 - finished
    assert _outcome(again.path) == _outcome(undisturbed.path)
    assert list(runs.iterdir()) == [again.path]


def test_a_training_that_stops_before_its_first_fold_leaves_nothing(
    mail_config, tmp_path, fold_trainings
):
    _stop(mail_config, tmp_path / "runs", fold_trainings, at=0)
    assert list((tmp_path / "runs").iterdir()) == []
    with pytest.raises(SplitError, match="11 folds need at least 11 groups"):
        train(mail_config, ["training.folds=11"], runs=tmp_path / "runs")
    assert list((tmp_path / "runs").iterdir()) == []


@pytest.mark.parametrize("change", ["setting", "label", "order", "encoder", "code"])
def test_another_experiment_does_not_go_on_from_it(
    mail_config, tmp_path, fold_trainings, tiny_encoder, monkeypatch, change
):
    runs, rows = tmp_path / "runs", tmp_path / "rows.csv"
    _stop(mail_config, runs, fold_trainings, at=2)
    if change == "encoder":
        tiny_encoder.seed = 7
    if change == "code":
        module = sys.modules["mlpkg.training.train"]  # its name is the function's, too
        monkeypatch.setattr(module, "code_sha256", lambda *_: "mended")
    head, *lines = rows.read_text(encoding="utf-8").splitlines()
    if change == "order":  # of pages; the fingerprint of the data stays the same
        lines = [*lines[6:], *lines[:6]]
    elif change == "label":
        lines[0] = lines[0].replace(",spam,", ",ham,")
    rows.write_text("\n".join([head, *lines]) + "\n", encoding="utf-8")
    overrides = ["model.C=0.5"] if change == "setting" else []
    result = train(mail_config, overrides, runs=runs)
    assert fold_trainings["count"] == 3
    alone = train(mail_config, overrides, runs=tmp_path / "alone")
    assert _outcome(result.path) == _outcome(alone.path)


def test_of_two_at_once_the_second_keeps_no_checkpoints(
    mail_config, tmp_path, monkeypatch
):
    runs = tmp_path / "runs"
    whole, inner = crossfit._fold_logits, []

    def with_another(*arguments):
        if not inner:
            inner.append(None)
            inner[0] = train(mail_config, runs=runs).path
            (unfinished,) = runs.glob(".unfinished-*")
            assert [path.name for path in unfinished.iterdir()] == ["lock"]
        return whole(*arguments)

    monkeypatch.setattr(crossfit, "_fold_logits", with_another)
    outer = train(mail_config, runs=runs).path
    assert sorted(runs.iterdir()) == sorted([outer, *inner])
    assert _outcome(outer) == _outcome(inner[0])


def test_the_embedding_of_every_segment_is_reported(mail_config, tmp_path):
    reports = []
    train(mail_config, runs=tmp_path / "runs", report=lambda *r: reports.append(r))
    assert reports[-1] == ("embed", 60, 60)


def test_rows_without_an_article_among_others_are_refused_at_once(
    mail_config, tmp_path, tiny_encoder, monkeypatch
):
    monkeypatch.setattr(tiny_encoder, "encode", None)
    with (tmp_path / "rows.csv").open("a", encoding="utf-8") as stream:
        stream.write("Bring bread tonight.,ham,\n")
    with pytest.raises(DataError, match=r"1 of 61 .* no article \(rows.csv:62\), the"):
        train(mail_config, runs=tmp_path / "runs")
    assert list((tmp_path / "runs").iterdir()) == []


def test_the_remedy_for_such_rows_is_one(mail_config, tmp_path):
    with (tmp_path / "rows.csv").open("a", encoding="utf-8") as stream:
        stream.write("Bring bread tonight.,ham,\n")
    leaf = "data.columns.article=none"
    result = train(mail_config, [leaf], runs=tmp_path / "runs")
    assert result.evaluations["out-of-fold"].n_articles == 61


@pytest.mark.parametrize("keep", [True, False])
def test_the_words_of_predictions_are_kept_or_not(mail_config, tmp_path, keep):
    leaf = f"evaluation.keep_text={str(keep).lower()}"
    result = train(mail_config, [leaf], runs=tmp_path / "runs")
    texts = {row["text"] for row in StoredRun(result.path).predictions}
    assert len(texts) == 60 if keep else texts == {""}


@pytest.mark.parametrize("side", ["train", "validation"])
def test_a_test_part_is_no_data_of_a_training(mail_config, tmp_path, side):
    with pytest.raises(DataError, match="corpus:other-hands is for the last look"):
        train(mail_config, [f"data.{side}=corpus:other-hands"], runs=tmp_path / "runs")
    assert list((tmp_path / "runs").iterdir()) == []


# From here on with the real encoder.

FAST = ("encoder.device=cpu", "evaluation.bootstrap=50")


@pytest.fixture(autouse=True)
def own_cache(tmp_path, monkeypatch):
    """An empty embedding cache a test: a repetition computes its vectors anew."""
    monkeypatch.setenv("MLPKG_CACHE", str(tmp_path / "cache"))


@pytest.fixture(scope="module")
def corpus_run(tmp_path_factory):
    """A run over ten small pages of the corpus and four more for validation."""
    folder = tmp_path_factory.mktemp("train")
    pages = sorted(corpus_folder().glob("*.page"), key=lambda path: path.stat().st_size)
    for name, part in (("pages", pages[:10]), ("held-out", pages[10:14])):
        (folder / name).mkdir()
        for path in part:
            shutil.copy(path, folder / name)
    config = folder / "small.yaml"
    config.write_text(
        "extends: default\nname: small\ndata: {train: pages, validation: held-out}\n"
        "training: {folds: 3}\n",
        encoding="utf-8",
    )
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("MLPKG_CACHE", str(folder / "cache"))
        return config, train(config, FAST, runs=folder / "runs")


@pytest.fixture
def predictions(corpus_run):
    """The stored predictions of that run by part."""
    rows = pq.read_table(corpus_run[1].path / "predictions.parquet").to_pylist()
    parts = ("out-of-fold", "validation")
    return {part: [row for row in rows if row["part"] == part] for part in parts}


@pytest.mark.e2e
def test_a_run_leaves_all_its_files_and_nothing_beside_them(corpus_run):
    _, result = corpus_run
    assert sorted(path.name for path in result.path.iterdir()) == [
        "audit.json",
        "config.yaml",
        "log.txt",
        "metrics.json",
        "model",
        "predictions.parquet",
        "report.html",
        "run.json",
        "splits.json",
    ]
    assert sorted(path.name for path in (result.path / "model").iterdir()) == [
        "README.md",
        "canaries.json",
        "head.safetensors",
        "model.json",
    ]
    assert list(result.path.parent.iterdir()) == [result.path]
    (entry,) = list_runs(result.path.parent)
    assert (entry.status, entry.reason) == ("finished", "")


@pytest.mark.e2e
def test_run_json_tells_what_a_repetition_needs(corpus_run):
    config, result = corpus_run
    gold = load_gold(config.parent / "pages")
    run = _json(result.path / "run.json")
    original = load_config(config, FAST)
    assert run["id"] == result.path.name
    assert (run["status"], run["name"], run["seed"]) == ("finished", "small", 0)
    assert run["config_fingerprint"] == config_hash(original)
    assert run["data_fingerprint"] == data_fingerprint(gold)
    assert run["n_pages"] == 10
    assert run["n_segments"] == sum(len(page.labels) for page in gold)
    assert run["config"] == StoredRun(result.path).config
    assert run["licence"] is None
    assert set(run["metrics"]) == {"out-of-fold", "validation"}
    stages = {"load", "embed", "fit", "evaluate", "audit", "total"}
    assert set(run["timings_s"]) == stages
    assert {"command", "git", "versions", "machine", "codebook_version"} <= set(run)
    started = datetime.fromisoformat(run["started_utc"])
    assert f"{started:%Y-%m-%dT%H%M%S}" == result.path.name[:17]
    log = (result.path / "log.txt").read_text(encoding="utf-8")
    assert "mlpkg.training.train fit: " in log


@pytest.mark.e2e
def test_folds_of_the_split_and_of_the_predictions_agree(corpus_run, predictions):
    config, result = corpus_run
    splits = _json(result.path / "splits.json")
    assert splits["train"] == [page.id for page in load_gold(config.parent / "pages")]
    held_out = [page.id for page in load_gold(config.parent / "held-out")]
    assert splits["validation"] == held_out
    found = {(row["article_id"], row["fold"]) for row in predictions["out-of-fold"]}
    assert found == set(splits["folds"].items())
    assert set(splits["folds"].values()) == {0, 1, 2}
    found = {(row["article_id"], row["fold"]) for row in predictions["validation"]}
    assert found == {(name, -1) for name in held_out}


@pytest.mark.e2e
def test_metrics_and_predictions_of_a_run_agree(corpus_run, predictions):
    _, result = corpus_run
    metrics = _json(result.path / "metrics.json")
    assert metrics == {k: v.to_json() for k, v in result.evaluations.items()}
    assert list(metrics) == ["out-of-fold", "validation"]
    assert result.evaluations["out-of-fold"].value("macro_f1") > 0.4
    for part, rows in predictions.items():
        assert len(rows) == metrics[part]["n_segments"]
        right = sum(row["gold"] == row["label"] for row in rows)
        accuracy = result.evaluations[part].value("accuracy")
        assert right / len(rows) == pytest.approx(accuracy)
        assert all(row["end"] - row["start"] == len(row["text"]) for row in rows)
        assert all(row["outlet"] and row["genre"] and row["year"] for row in rows)
    assert StoredRun(result.path).labels == DEFAULT_SCHEME.names


@pytest.mark.e2e
def test_each_part_has_its_audit(corpus_run):
    _, result = corpus_run
    stored = _json(result.path / "audit.json")
    assert stored == {part: audit.to_json() for part, audit in result.audits.items()}
    assert list(stored) == ["out-of-fold", "validation"]
    for audit in stored.values():
        (row,) = (row for row in audit["rows"] if row["name"] == "shared articles")
        assert (row["status"], row["count"]) == ("ok", 0)
    assert StoredRun(result.path).audit_status in {"ok", "warn"}


@pytest.mark.e2e
def test_the_report_stands_alone_and_shows_the_scores(corpus_run):
    _, result = corpus_run
    page = (result.path / "report.html").read_text(encoding="utf-8")
    assert re.findall(r"""(?:src|href)\s*=\s*["'](?!#|data:)[^"']*""", page) == []
    assert re.findall(r"@import|url\((?!#|[\"']?data:)|<link|<script src", page) == []
    assert result.path.name in page
    for evaluation in _json(result.path / "metrics.json").values():
        (row,) = (row for row in evaluation["rows"] if row["metric"] == "macro_f1")
        assert f"{row['value']:.3f}" in page


@pytest.mark.e2e
def test_the_config_of_a_run_loads_back(corpus_run):
    config, result = corpus_run
    stored = load_config(result.path / "config.yaml")
    original = load_config(config, FAST)
    assert config_hash(stored) == config_hash(original)
    assert result.path.name.endswith(f"-small-{config_hash(original)[:8]}")
    assert Path(stored.data.train).resolve() == Path(original.data.train).resolve()


@pytest.mark.e2e
def test_the_model_of_a_run_loads_and_classifies(corpus_run):
    _, result = corpus_run
    model = load_model(result.path / "model", precision="float32", device="cpu")
    assert model.scheme_ == DEFAULT_SCHEME
    text = "Share this page\nThe mill closed in May, the owner said."
    found = [p.probabilities for p in model.classify(text)]
    fresh = [p.probabilities for p in result.classifier.classify(text)]
    assert len(found) == 2
    for ours, theirs in zip(found, fresh, strict=True):
        assert ours == pytest.approx(theirs, abs=1e-5)
    card = (result.path / "model" / "README.md").read_text(encoding="utf-8")
    assert "## Out-of-fold" in card


@pytest.mark.e2e
def test_training_a_runs_own_config_again_gives_the_same_run(corpus_run, tmp_path):
    _, result = corpus_run
    again = train(result.path / "config.yaml", runs=tmp_path / "runs")
    assert _outcome(again.path) == _outcome(result.path)


@pytest.mark.e2e
def test_validation_data_that_share_an_article_are_refused(corpus_run, tmp_path):
    config, _ = corpus_run
    page = sorted((config.parent / "pages").iterdir())[0]
    message = rf"1 held-out articles stand .*1 by id: {page.stem}\)"
    with pytest.raises(SplitError, match=message):
        train(config, (*FAST, f"data.validation={page}"), runs=tmp_path / "runs")
    assert list((tmp_path / "runs").iterdir()) == []


@pytest.mark.e2e
def test_rows_with_labels_of_ones_own_train_a_model(tmp_path, write_mail):
    write_mail(tmp_path / "mail.csv")
    held_out = tmp_path / "held_out.csv"
    held_out.write_text(
        "text,label\n"
        "Click here and get your new sofa for free today!,spam\n"
        "Did you find the keys that I left on the table?,ham\n",
        encoding="utf-8",
    )
    config = tmp_path / "mail.yaml"
    config.write_text(
        "extends: default\nname: mail\n"
        "data:\n  train: mail.csv\n  validation: held_out.csv\n"
        "  labels: [spam, ham]\n  furniture: null\n",
        encoding="utf-8",
    )
    result = train(config, FAST, runs=tmp_path / "runs")
    assert set(result.evaluations) == {"out-of-fold", "validation"}
    assert result.evaluations["out-of-fold"].value("accuracy") > 0.9

    model = load_model(result.path / "model", precision="float32", device="cpu")
    assert model.scheme_.names == ("spam", "ham")
    assert model.scheme_.furniture is None
    assert evaluate(model, held_out, n=50).confusion == ((1, 0), (0, 1))
    (prediction,) = model.classify("Win a free holiday now, click to claim it!")
    assert set(prediction.probabilities) == {"spam", "ham"}
    assert prediction.label == "spam"


@pytest.mark.e2e
def test_other_labels_and_partial_ones_train_a_model(tmp_path, write_mail):
    rows = write_mail(tmp_path / "rows.csv", articles=True)
    lines = rows.read_text(encoding="utf-8").splitlines()
    # Every ninth row is left open, a row has no label, the rest has other names.
    for number in range(1, len(lines)):
        line = lines[number].replace(",ham,", ",0,").replace(",spam,", ",1,")
        if number % 9 == 0:
            line = line.replace(",0,", ",unsure,").replace(",1,", ",unsure,")
        lines[number] = line
    lines[1] = lines[1].replace(",1,", ",,")
    rows.write_text("\n".join(lines) + "\n", encoding="utf-8")
    config = tmp_path / "mail.yaml"
    config.write_text(
        "extends: default\nname: mail\n"
        "data:\n  train: rows.csv\n  validation: null\n  labels: [spam, ham]\n"
        "  furniture: null\n  mapping: {0: ham, 1: spam}\n"
        "  allowed: {unsure: [spam, ham]}\n  unlabelled: skip\n"
        "training: {folds: 3}\n",
        encoding="utf-8",
    )
    result = train(config, FAST, runs=tmp_path / "runs")
    scores = result.evaluations["out-of-fold"]
    assert scores.n_segments == 60 - 7
    assert scores.notes[-1].startswith("7 rows are not scored")
    assert scores.value("accuracy") > 0.9
    table = pq.read_table(result.path / "predictions.parquet").to_pylist()
    assert len(table) == 53
    assert {row["gold"] for row in table} == {"spam", "ham"}
    texts = {line.rsplit(",", 2)[0].strip('"') for line in lines[1:]}
    assert {row["text"] for row in table} < texts
