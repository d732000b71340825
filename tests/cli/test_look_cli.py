import json

import pytest

from mlpkg.evaluation import evaluate_labels
from mlpkg.models import SentenceClassifier
from mlpkg.models.store import load_model, save_model

LABELS = ("claim", "opinion", "attribution", "boilerplate")


@pytest.fixture
def made(monkeypatch):
    """A made evaluation in place of each look: a test looks at no test part."""
    scored = []

    def evaluate(classifier, data):
        scored.append(data)
        return evaluate_labels(LABELS * 2, LABELS * 2, list("aaaabbbb"), LABELS, n=5)

    monkeypatch.setattr("mlpkg.training.look.evaluate", evaluate)
    return scored


@pytest.fixture
def model(tmp_path, tiny_encoder, monkeypatch):
    """A tiny model as a folder."""
    texts = ["The mill shut.", "A foolish plan!", "It is safe, she said.", "Share"] * 3
    classifier = SentenceClassifier(encoder=tiny_encoder, folds=0)
    classifier.fit(texts, LABELS * 3)
    facts = {"config_fingerprint": "c" * 64, "data_fingerprint": "d" * 64}
    save_model(classifier, tmp_path / "model", facts=facts)
    monkeypatch.setattr(
        "mlpkg.training.look.load_model",
        lambda name, **options: load_model(name, encoder=tiny_encoder, **options),
    )
    return tmp_path / "model"


def test_a_look_prints_the_scores_and_appends_a_line_a_part(
    command, made, model, tmp_path
):
    log = tmp_path / "looks.jsonl"
    done = command("look", model, "--why", "a release", "--log", log)
    assert (done.code, done.err) == (0, "")
    assert made == ["corpus:test", "corpus:other-hands"]
    assert done.out.startswith("test\n")
    assert "\nother-hands\n" in done.out
    assert done.out.count("macro-F1") == 2
    lines = [json.loads(line) for line in log.read_text().splitlines()]
    assert [line["part"] for line in lines] == ["test", "other-hands"]
    for line in lines:
        assert line["why"] == "a release"
        assert line["macro_f1"] == line["f1_claim"] == 1.0
        assert line["config_fingerprint"] == "c" * 64
        assert line["data_fingerprint"] == "d" * 64


def test_one_part_may_be_named_and_the_log_grows(command, made, model, tmp_path):
    log = tmp_path / "looks.jsonl"
    for why in ("first", "second"):
        line = ("look", model, "--part", "other-hands", "--why", why, "--log", log)
        assert command(*line).code == 0
    assert made == ["corpus:other-hands"] * 2
    whys = [json.loads(line)["why"] for line in log.read_text().splitlines()]
    assert whys == ["first", "second"]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("default",), "--why"),
        (("default", "--why", " "), "needs a reason"),
        (("default", "--why", "x", "--part", "validation"), "known: test, other-hands"),
        (("defualt", "--why", "x"), "did you mean 'default'?"),
    ],
)
def test_a_wrong_look_is_refused_and_leaves_no_line(
    command, made, tmp_path, arguments, message
):
    log = tmp_path / "looks.jsonl"
    done = command("look", *arguments, "--log", log)
    assert (done.code, done.out) == (2, "")
    assert message in done.err
    assert made == []
    assert not log.exists()


@pytest.mark.parametrize("part", ["test", "other-hands"])
@pytest.mark.parametrize(
    "arguments",
    [
        ("evaluate", "default", "corpus:{}"),
        ("train", "default", "--set", "data.validation=corpus:{}"),
        ("train", "default", "--set", "data.train=corpus:{}"),
    ],
)
def test_other_commands_leave_the_test_parts_alone(command, arguments, part):
    done = command(*(word.format(part) for word in arguments))
    assert (done.code, done.out) == (2, "")
    assert f"corpus:{part} is for the last look" in done.err
    assert "`mlpkg look`" in done.err
    assert "corpus:validation" in done.err
