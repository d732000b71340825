from __future__ import annotations

import json
import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np
import pyarrow.parquet as pq
import pytest

from mlpkg.calibration import softmax
from mlpkg.config import config_hash, load_config
from mlpkg.data.corpus import corpus_folder
from mlpkg.data.gold import data_fingerprint, load_gold
from mlpkg.exceptions import SplitError
from mlpkg.labels import DEFAULT_SCHEME, LabelScheme
from mlpkg.models import SentenceClassifier
from mlpkg.models.store import load_model
from mlpkg.training import evaluate, train
from mlpkg.training.train import (
    fit_on_gold,
    out_of_fold,
    refuse_shared_articles,
)


@pytest.fixture
def classifier(tiny_encoder):
    return SentenceClassifier(encoder=tiny_encoder, folds=3)


def test_pages_are_learned_with_their_context(classifier, mail, mail_pages):
    fit_on_gold(classifier, mail_pages, mail)
    other = SentenceClassifier(encoder=classifier.encoder, folds=3).fit(
        [page.page for page in mail_pages], [list(page.labels) for page in mail_pages]
    )
    page = mail_pages[0].page
    assert np.array_equal(
        classifier.predict_pages([page])[0], other.predict_pages([page])[0]
    )


def test_rows_without_a_page_are_learned_as_strings(classifier, mail, mail_rows):
    fit_on_gold(classifier, mail_rows, mail)
    texts = [page.page.texts[0] for page in mail_rows]
    other = SentenceClassifier(encoder=classifier.encoder, folds=3).fit(
        texts, [page.labels[0] for page in mail_rows]
    )
    assert np.array_equal(
        classifier.predict_proba(texts[:3]), other.predict_proba(texts[:3])
    )


def test_the_classifier_takes_the_scheme_over(classifier, mail_pages):
    scheme = LabelScheme.from_names(["spam", "other", "ham"], furniture="ham")
    fit_on_gold(classifier, mail_pages, scheme)
    assert classifier.scheme_ == scheme
    assert classifier.classes_.tolist() == ["ham", "spam"]


@pytest.mark.parametrize("kind", ["pages", "rows", "both"])
def test_out_of_fold_judges_every_row_in_order(
    classifier, mail, mail_pages, mail_rows, kind
):
    pages = {
        "pages": mail_pages,
        "rows": mail_rows,
        "both": [*mail_rows[:8], *mail_pages, *mail_rows[-8:]],
    }[kind]
    fit_on_gold(classifier, pages, mail)
    judged = out_of_fold(classifier, pages, mail)
    probabilities = softmax(classifier.crossfit_logits_, classifier.temperature_)
    # The columns of the classifier are sorted: ham, spam.
    assert judged.probabilities == pytest.approx(probabilities[:, ::-1])
    assert judged.y_true == tuple(label for page in pages for label in page.labels)
    assert judged.articles == tuple(page.id for page in pages for _ in page.labels)


def _opened(pages, every=3):
    """Leave the label of every third span open."""
    return [
        replace(
            page,
            allowed=tuple(
                ("spam", "ham") if (i + place) % every == 0 else None
                for place in range(len(page.spans))
            ),
        )
        for i, page in enumerate(pages)
    ]


@pytest.mark.parametrize("kind", ["pages", "rows"])
def test_partial_labels_are_learned_as_masks_and_not_scored(
    classifier, mail, mail_pages, mail_rows, kind
):
    pages = _opened({"pages": mail_pages, "rows": mail_rows}[kind])
    fit_on_gold(classifier, pages, mail)
    judged = out_of_fold(classifier, pages, mail)
    assert judged.left_out == 20
    assert len(judged.y_true) == 40
    assert judged.y_true == tuple(
        page.labels[place] for page in pages for place in page.decided
    )
    everything = SentenceClassifier(encoder=classifier.encoder, folds=3)
    fit_on_gold(everything, {"pages": mail_pages, "rows": mail_rows}[kind], mail)
    text = [mail_rows[0].page.texts[0]]
    assert not np.array_equal(
        classifier.predict_proba(text), everything.predict_proba(text)
    )


def test_the_label_of_an_open_row_is_not_looked_at(classifier, mail, mail_pages):
    pages = _opened(mail_pages)
    other = [
        replace(
            page,
            labels=tuple(
                label if allowed is None else "spam"
                for label, allowed in zip(page.labels, page.allowed, strict=True)
            ),
        )
        for page in pages
    ]
    first, second = (
        SentenceClassifier(encoder=classifier.encoder, folds=3) for _ in range(2)
    )
    fit_on_gold(first, pages, mail)
    fit_on_gold(second, other, mail)
    page = mail_pages[0].page
    assert np.array_equal(
        first.predict_pages([page])[0], second.predict_pages([page])[0]
    )


@pytest.mark.parametrize("kind", ["pages", "rows"])
def test_weights_of_rows_are_those_of_the_fit(
    classifier, mail, mail_pages, mail_rows, kind
):
    pages = {"pages": mail_pages, "rows": mail_rows}[kind]
    weighted = [
        replace(page, weights=(0.0 if i < 10 and "spam" in page.labels else 2.0,))
        if len(page.spans) == 1
        else replace(page, weights=tuple(range(1, 7)))
        for i, page in enumerate(pages)
    ]
    fit_on_gold(classifier, weighted, mail)
    other = SentenceClassifier(encoder=classifier.encoder, folds=3)
    weights = [list(page.weights) for page in weighted]
    if kind == "pages":
        X, y = [page.page for page in pages], [list(page.labels) for page in pages]
    else:
        X, y = [page.page.texts[0] for page in pages], [p.labels[0] for p in pages]
        weights = [weight for (weight,) in weights]
    other.fit(X, y, sample_weight=weights)
    text = [mail_rows[0].page.texts[0]]
    assert np.array_equal(classifier.predict_proba(text), other.predict_proba(text))


def test_out_of_fold_is_not_what_the_final_head_says(classifier, mail, mail_pages):
    fit_on_gold(classifier, mail_pages, mail)
    seen = np.concatenate(classifier.predict_pages([p.page for p in mail_pages]))
    unseen = out_of_fold(classifier, mail_pages, mail).probabilities[:, ::-1]
    assert not np.allclose(np.log(seen), np.log(unseen), atol=0.1)


def test_out_of_fold_needs_folds(tiny_encoder, mail, mail_pages):
    classifier = SentenceClassifier(encoder=tiny_encoder, folds=0)
    fit_on_gold(classifier, mail_pages, mail)
    with pytest.raises(ValueError, match="need folds of at least 2"):
        out_of_fold(classifier, mail_pages, mail)


def test_more_folds_than_articles_are_refused(classifier, mail, mail_pages):
    with pytest.raises(SplitError, match="3 folds need at least 3 groups .* are 2"):
        fit_on_gold(classifier, mail_pages[:2], mail)


def test_different_articles_are_let_through(mail_pages, mail_rows):
    refuse_shared_articles(mail_pages[:5], mail_pages[5:])
    refuse_shared_articles(mail_rows[:5], mail_rows[5:])
    refuse_shared_articles(mail_pages, [])


def test_an_article_of_equal_text_under_another_id_is_refused(mail_pages):
    article = replace(mail_pages[0].page.article, id="copy")
    copy = replace(mail_pages[0], page=replace(mail_pages[0].page, article=article))
    with pytest.raises(SplitError, match=r"1 articles stand in .* by id \(copy\); "):
        refuse_shared_articles(mail_pages, [copy])


def test_an_article_divided_between_the_parts_is_refused(mail_pages):
    article = replace(mail_pages[0].page.article, text="The rest of it.")
    rest = replace(
        mail_pages[0], page=replace(mail_pages[0].page, article=article, segments=())
    )
    with pytest.raises(SplitError, match=r"by text or by id \(watch\)"):
        refuse_shared_articles(mail_pages, [rest])


def test_rows_of_two_files_of_one_name_are_different(tmp_path, mail):
    pages = []
    for text in ("Buy now!", "Thanks a lot."):
        path = tmp_path / "rows.csv"
        path.write_text(f"text,label\n{text},spam\n", encoding="utf-8")
        pages.append(load_gold(path, scheme=mail))
    assert pages[0][0].id == pages[1][0].id
    refuse_shared_articles(*pages)
    with pytest.raises(SplitError, match=r"\(rows\.csv:2\)"):
        refuse_shared_articles(pages[0], pages[0])


def test_many_shared_articles_are_counted_and_the_first_named(mail_pages):
    with pytest.raises(
        SplitError, match=r"10 .*\(watch, lamp, phone, ladder, kettle, …\)"
    ):
        refuse_shared_articles(mail_pages, mail_pages)


# From here on with the real encoder.

FAST = ("encoder.device=cpu", "evaluation.bootstrap=50")


@pytest.fixture(autouse=True)
def own_cache(tmp_path, monkeypatch):
    """An empty embedding cache a test: a repetition computes its vectors anew."""
    monkeypatch.setenv("MLPKG_CACHE", str(tmp_path / "cache"))


@pytest.fixture(scope="module")
def corpus_run(tmp_path_factory):
    """A run over the twelve smallest pages of the corpus, three folds."""
    folder = tmp_path_factory.mktemp("train")
    pages = sorted(corpus_folder().glob("*.page"), key=lambda path: path.stat().st_size)
    (folder / "pages").mkdir()
    for path in pages[:12]:
        shutil.copy(path, folder / "pages")
    config = folder / "small.yaml"
    config.write_text(
        "extends: default\nname: small\ndata: {train: pages, validation: null}\n"
        "training: {folds: 3}\n",
        encoding="utf-8",
    )
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("MLPKG_CACHE", str(folder / "cache"))
        return config, train(config, FAST, runs=folder / "runs")


def _json(path: Path):
    return json.loads(path.read_text(encoding="utf-8"))


@pytest.mark.e2e
def test_a_run_leaves_everything_that_a_repetition_needs(corpus_run):
    config, result = corpus_run
    gold = load_gold(config.parent / "pages")
    assert sorted(path.name for path in result.path.iterdir()) == [
        "config.yaml",
        "log.txt",
        "metrics.json",
        "model",
        "predictions.parquet",
        "run.json",
        "splits.json",
    ]
    assert _json(result.path / "splits.json") == {
        "train": [page.id for page in gold],
        "validation": [],
    }
    run = _json(result.path / "run.json")
    assert run["data_fingerprint"] == data_fingerprint(gold)
    assert run["n_pages"] == 12
    assert run["seed"] == 0
    assert set(run["timings_s"]) == {"load", "embed", "fit", "evaluate", "total"}
    log = (result.path / "log.txt").read_text(encoding="utf-8")
    assert "mlpkg.training.train fit: " in log


@pytest.mark.e2e
def test_metrics_and_predictions_of_a_run_agree(corpus_run):
    _, result = corpus_run
    metrics = _json(result.path / "metrics.json")
    assert metrics == {"out-of-fold": result.evaluations["out-of-fold"].to_json()}
    assert result.evaluations["out-of-fold"].value("macro_f1") > 0.4
    table = pq.read_table(result.path / "predictions.parquet").to_pylist()
    assert len(table) == metrics["out-of-fold"]["n_segments"]
    right = sum(row["gold"] == row["label"] for row in table)
    accuracy = result.evaluations["out-of-fold"].value("accuracy")
    assert right / len(table) == pytest.approx(accuracy)
    assert all(row["end"] - row["start"] == len(row["text"]) for row in table)


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
def test_training_a_runs_own_config_again_gives_the_same_metrics(corpus_run, tmp_path):
    _, result = corpus_run
    again = train(result.path / "config.yaml", runs=tmp_path / "runs")
    for name in ("metrics.json", "splits.json"):
        assert _json(again.path / name) == _json(result.path / name)


@pytest.mark.e2e
def test_validation_data_that_share_an_article_are_refused(corpus_run, tmp_path):
    config, _ = corpus_run
    page = sorted((config.parent / "pages").iterdir())[0]
    with pytest.raises(SplitError, match=rf"1 articles stand .*\({page.stem}\)"):
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
